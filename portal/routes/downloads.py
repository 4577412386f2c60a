"""What can be taken away: originals of documents, the graph in any form, artifacts of a cycle."""

import contextlib
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import IO
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from kg.errors import KgError
from portal import admin_record, artifacts, chats, documents, exports, logins, notices
from portal.access import Actor
from portal.admin_record import Wanted
from portal.errors import Closed, Forbidden, Invalid, NotFound, PortalError
from portal.routes import cookies
from portal.routes.rendering import sentence, speak
from portal.wiring import Parts

PIECE = 2**16


def routes(parts: Parts) -> list[Route]:
    files = Downloads(parts)
    return [
        Route("/download/record.{form}", files.record),
        Route("/download/{rag:int}/document/{revision}", files.document),
        Route("/download/{rag:int}/graph.{form}", files.graph),
        Route("/download/{rag:int}/cycle/{cycle:int}/{name}", files.artifact),
        Route("/download/{rag:int}/chat/{chat:int}.{form}", files.chat),
    ]


@dataclass(frozen=True)
class Downloads:
    parts: Parts

    async def document(self, request: Request) -> Response:
        def get(actor: Actor) -> Response:
            name, _kind, stream = documents.original(
                self.parts, actor, request.path_params["rag"], request.path_params["revision"]
            )
            return attachment(name, "application/octet-stream", stream)

        return await self._answer(request, get)

    async def graph(self, request: Request) -> Response:
        form = request.path_params["form"]

        def get(actor: Actor) -> Response:
            known = exports.BY_ENDING.get(form)
            if known is None:
                raise NotFound("format", form)
            version = request.query_params.get("version", "")
            rag_id = request.path_params["rag"]
            at = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
            made = exports.written(self.parts, actor, rag_id, known.name, at)
            return attachment(f"knowledge-base-{rag_id}.{form}", known.media_type, made.file)

        return await self._answer(request, get)

    async def artifact(self, request: Request) -> Response:
        path = request.path_params

        def get(actor: Actor) -> Response:
            stream = artifacts.stream(self.parts, actor, path["rag"], path["cycle"], path["name"])
            return attachment(path["name"], "application/octet-stream", stream)

        return await self._answer(request, get)

    async def chat(self, request: Request) -> Response:
        path = request.path_params

        def get(actor: Actor) -> Response:
            if path["form"] not in ("md", "json"):
                raise NotFound("format", path["form"])
            text = chats.export(self.parts, actor, path["rag"], path["chat"], path["form"])
            kind = "application/json" if path["form"] == "json" else "text/markdown; charset=utf-8"
            name = f"conversation-{path['chat']}.{path['form']}"
            return attachment(name, kind, BytesIO(text.encode()))

        return await self._answer(request, get)

    async def record(self, request: Request) -> Response:
        """The audit record, for administrators."""
        form, asked = request.path_params["form"], request.query_params

        def get(actor: Actor) -> Response:
            rag = asked.get("rag", "")
            wanted = Wanted(
                action=asked.get("action", ""),
                who=asked.get("who", ""),
                rag_id=int(rag) if rag.isascii() and rag.isdigit() and len(rag) < 10 else None,
                since=_day(asked.get("since", "")),
                until=_day(asked.get("until", ""), later=1),
            )
            pieces = admin_record.export(self.parts, actor, form, wanted)
            kind = "text/csv; charset=utf-8" if form == "csv" else "application/x-ndjson"
            return attachment(f"record.{form}", kind, (p.encode() for p in pieces))

        return await self._answer(request, get)

    async def _answer(self, request: Request, get: Callable[[Actor], Response]) -> Response:
        """The file, or a plain sentence with the status that fits. Access is the services' to check."""

        def run() -> Response:
            speak(request)
            token = request.cookies.get(cookies.session_name(self.parts.settings), "")
            signed = logins.who(self.parts, token)
            if signed is None:
                return PlainTextResponse("", 401)
            if notices.closed_for(self.parts, signed.actor):
                return PlainTextResponse(sentence(Closed()), 503)
            try:
                return get(signed.actor)
            except PortalError as e:
                return PlainTextResponse(sentence(e), _status(e))
            except KgError:
                return PlainTextResponse("", 503)

        return await run_in_threadpool(run)


def _day(text: str, later: int = 0) -> datetime | None:
    """The beginning of a day, `later` days on; None if the text is no date."""
    with contextlib.suppress(ValueError):
        return datetime.combine(date.fromisoformat(text), time.min, UTC) + timedelta(days=later)
    return None


def attachment(name: str, kind: str, stream: IO[bytes] | Generator[bytes, None, None]) -> Response:
    """A file to save, never to show: what people upload is not run in our origin."""
    plain = re.sub(r'[^ -~]|["\\]', "_", name)
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    pieces = stream if isinstance(stream, Generator) else _pieces(stream)
    return StreamingResponse(pieces, media_type=kind, headers=headers)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    with stream:
        while piece := stream.read(PIECE):
            yield piece


def _status(error: PortalError) -> int:
    for kind, status in ((NotFound, 404), (Forbidden, 403), (Invalid, 400)):
        if isinstance(error, kind):
            return status
    return 503
