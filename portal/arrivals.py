"""Each request gets an id: in its answer's header, on its log lines, in its span and its jobs."""

import logging
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from opentelemetry import context, propagate
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.tracing import span
from portal.tracing import REQUEST

log = logging.getLogger(__name__)

HEADER = "X-Request-Id"
_GOOD = re.compile(r"[A-Za-z0-9._-]{8,64}")
_MANY = ("/static/", "/_stcore/", "/component/", "/media/", "/healthz", "/readyz")  # said at level debug


class Arrivals:
    """Outermost middleware. A proxy's own id is taken over if it is one; so is its trace."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        number = _id(headers.get(HEADER, ""))
        structlog.contextvars.clear_contextvars()  # a connection's next request has the same context
        structlog.contextvars.bind_contextvars(**{REQUEST: number})
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        method = scope["method"]
        token = context.attach(propagate.extract(headers))
        try:
            with span(f"{method} request", {"http.request.method": method, "ferag.request": number}) as made:
                try:
                    await self.app(scope, receive, sending)
                finally:
                    route = _route(scope)
                    made.update_name(f"{method} {route}")
                    made.set_attributes({"http.route": route, "http.response.status_code": status})
                    milliseconds = round((time.perf_counter() - began) * 1000)
                    told = {"method": method, "route": route, "status": status, "ms": milliseconds}
                    level = logging.DEBUG if scope["path"].startswith(_MANY) else logging.INFO
                    log.log(level, "request", extra=told)
        finally:
            context.detach(token)


@contextmanager
def run_of_page(what: str) -> Iterator[None]:
    """A run of a page, or a click on one: no request of HTTP, so it gets an id of its own."""
    with _numbered(), span(what, {"ferag.request": current()}):
        yield


@contextmanager
def run_of_fragment() -> Iterator[None]:
    """A part of a page: it runs along with its page, under that one's id, and again by itself every second or
    so: under an id of its own then, and without a span.
    """
    if current():
        yield
        return
    with _numbered():
        yield


@contextmanager
def _numbered() -> Iterator[None]:
    """Under a new id, with nothing left of it after: the thread goes on to run for somebody else."""
    before = structlog.contextvars.get_contextvars()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**{REQUEST: _id("")})
    try:
        yield
    finally:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(**before)


def known(user_id: int | None) -> None:
    """Who it is that asks, from here on."""
    structlog.contextvars.bind_contextvars(actor=user_id)


def current() -> str:
    """The id of the request in hand; empty where there is none."""
    return str(structlog.contextvars.get_contextvars().get(REQUEST, ""))


def _id(given: str) -> str:
    return given if _GOOD.fullmatch(given) else uuid.uuid4().hex


def _route(scope: Scope) -> str:
    """The path with its parameters' names instead of their values: links carry secrets in their path."""
    parts: list[str] = scope["path"].split("/")
    template = getattr(scope.get("route"), "path", "")
    if template:  # FastAPI's, without what stands before its routers
        return "/".join(parts[: len(parts) - template.count("/")]) + str(template)
    names = {str(value): f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    return (
        "/".join(names.get(part, part) if part else "" for part in parts) if "endpoint" in scope else "none"
    )
