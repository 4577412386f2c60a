"""The way in: who asks is known, and how much they may send is bounded, before anything is read."""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal import arrivals, tokens
from portal.doors import problems
from portal.errors import Closed, PartDown, Unknown
from portal.wiring import Parts

MOST_JSON = 2**20  # bytes
FILES_AT_ONCE = 4  # times the largest file: what one upload may hold


class Entry:
    """Puts the token's `Actor` into `request.state.actor`; ends a body that is too large."""

    def __init__(self, app: ASGIApp, parts: Parts, public: frozenset[str]) -> None:
        self.app, self.parts, self.public = app, parts, public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self.public:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        header = request.headers.get("authorization", "")
        address = request.client.host if request.client else ""
        try:
            actor = await run_in_threadpool(tokens.who, self.parts, header, address)
        except (Unknown, Closed, PartDown) as e:
            await problems.response(request, e)(scope, receive, send)
            return
        arrivals.known(actor.user_id)
        most = self._most(request.headers)
        if _announced(request.headers) > most:
            await problems.response(request, too_large(most))(scope, receive, send)
            return
        scope["state"] = {**scope.get("state", {}), "actor": actor}
        await self.app(scope, _bounded(receive, most), send)

    def _most(self, headers: Headers) -> int:
        if headers.get("content-type", "").startswith("multipart/form-data"):
            return self.parts.settings.max_upload_mb * FILES_AT_ONCE * 2**20
        return MOST_JSON


def too_large(most: int) -> HTTPException:
    return HTTPException(413, f"The body is larger than {most:,} bytes.")


def _announced(headers: Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 19 else 0


def _bounded(receive: Receive, most: int) -> Receive:
    """A body that does not say its length is counted as it comes."""
    so_far = 0

    async def bounded() -> Message:
        nonlocal so_far
        message = await receive()
        so_far += len(message.get("body", b""))
        if so_far > most:
            raise too_large(most)
        return message

    return bounded
