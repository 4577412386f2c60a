"""Atom feeds at `/feeds/SECRET.atom`: the address alone lets a feed reader in, and is all that it opens."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kg.errors import KgError
from portal import feeds, notices
from portal.access import Actor
from portal.errors import Closed, PartDown, PortalError, Unknown
from portal.i18n import language
from portal.routes.rendering import sentence, speak
from portal.wiring import Parts

MEDIA = "application/atom+xml"


def routes(parts: Parts) -> list[Route]:
    door = Feeds(parts)
    return [Route("/feeds/{secret}.atom", door.by_address)]


@dataclass(frozen=True)
class Feeds:
    parts: Parts

    async def by_address(self, request: Request) -> Response:
        def run() -> Response:
            speak(request)
            secret = request.path_params["secret"]
            try:
                actor, rag_id = feeds.whose(self.parts, secret)
                if notices.closed_for(self.parts, actor):
                    raise Closed
                return answer(
                    self.parts,
                    actor,
                    rag_id,
                    f"{self.parts.settings.address}/feeds/{secret}.atom",
                    request.headers.get("if-none-match", ""),
                )
            except (PartDown, Closed) as e:
                return PlainTextResponse(sentence(e) + "\n", 503, {"Retry-After": "60"})
            except PortalError:  # unknown, revoked, its maker no member any more: all the same to a stranger
                return PlainTextResponse(sentence(Unknown("token-unknown")) + "\n", 404)
            except KgError:
                return PlainTextResponse("", 503, {"Retry-After": "60"})

        return await run_in_threadpool(run)


def answer(parts: Parts, actor: Actor, rag_id: int, itself: str, known: str = "") -> Response:
    """The feed, or 304 for a reader that has it already."""
    tag = f'"{feeds.stamp(parts, actor, rag_id)}-{language()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Language"}
    if known == tag:
        return Response(status_code=304, headers=headers)
    return Response(feeds.changes(parts, actor, rag_id, itself), media_type=MEDIA, headers=headers)
