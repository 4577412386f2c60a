"""Who gets in: pure ASGI middleware for HTTP and WebSocket, and the headers of every response.

Streamlit's own XSRF check does not cover its WebSocket, and its pages, media and uploads know no login.
So nothing behind this gate is reached without one, nor from another site.
"""

import base64
import hashlib
import re
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal import arrivals, logins
from portal.doors import TOKENED, data
from portal.doors.data import WELL_KNOWN
from portal.errors import PartDown
from portal.i18n import gettext as _
from portal.i18n import preferred, use
from portal.routes import cookies
from portal.settings import loopback
from portal.ui import sent
from portal.wiring import Parts

USER_HEADER = "X-Ferag-User"  # set here and only here; Streamlit ties its sessions to it
PUBLIC = ("/auth/", "/static/", "/healthz", "/readyz")  # /static: Streamlit's own program text
LOGGED_OUT = 4401  # WebSocket close code
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Gate:
    """Lets nobody through without a login, and no request of another site."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self.app, self.parts = app, parts
        self.either = (WELL_KNOWN, *(f"{prefix}ferag-" for prefix in data.prefixes(parts)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        scope["headers"] = [(k, v) for k, v in scope["headers"] if k != USER_HEADER.lower().encode()]
        http = scope["type"] == "http"
        if not self._known_host(asked) and not scope["path"].startswith(("/healthz", "/readyz")):
            await self._refuse(scope, receive, send, PlainTextResponse("unknown host", 400))
            return
        door = http and (scope["path"].startswith(TOKENED) or self._shows_a_token(asked))
        if not door and not (http and scope["method"] in _SAFE) and not self._same_origin(asked):
            await self._refuse(scope, receive, send, PlainTextResponse("cross-site request", 403))
            return
        if door or (http and scope["path"].startswith(PUBLIC)):
            await self.app(scope, receive, send)
            return
        token = asked.cookies.get(cookies.session_name(self.parts.settings), "")
        try:
            signed = await run_in_threadpool(partial(logins.who, self.parts, token, used=http))
        except PartDown:
            use(
                preferred(
                    "", asked.cookies.get(cookies.LANGUAGE, ""), asked.headers.get("accept-language", "")
                )
            )
            sentence = _("The database does not answer.")
            await self._refuse(scope, receive, send, PlainTextResponse(sentence, 503))
            return
        if signed is None:
            await self._refuse(scope, receive, send, _to_login(asked) if http else None)
            return
        arrivals.known(signed.actor.user_id)
        scope["headers"].append((USER_HEADER.lower().encode(), str(signed.actor.user_id).encode()))
        await self.app(scope, receive if http else self._watched(receive, send, token), send)

    def _shows_a_token(self, asked: HTTPConnection) -> bool:
        """Where a token does as well as a login: with one in its header, no cookie is looked at."""
        if not asked.scope["path"].startswith(self.either):
            return False
        return "authorization" in asked.headers or asked.scope["method"] == "OPTIONS"

    def _watched(self, receive: Receive, send: Send, token: str) -> Receive:
        """A WebSocket's messages, until the login ends; one more is let through, to draw why."""
        grace = 1

        async def watched() -> Message:
            nonlocal grace
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            try:
                used = sent.by_person(message.get("bytes") or b"")
                look = partial(logins.who, self.parts, token, used=used)
                good = await run_in_threadpool(look) is not None
            except PartDown:
                good = True  # the page says that the database is down
            if good:
                return message
            if grace:
                grace -= 1
                return message
            await send({"type": "websocket.close", "code": LOGGED_OUT})
            return {"type": "websocket.disconnect", "code": LOGGED_OUT}

        return watched

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, response: Response | None) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": LOGGED_OUT})
        elif response:
            await response(scope, receive, send)

    def _known_host(self, asked: HTTPConnection) -> bool:
        """On this machine only: a foreign name that resolves to it is somebody's trick."""
        settings = self.parts.settings
        if not loopback(settings.host):
            return True
        named = urlsplit(f"//{asked.headers.get('host', '')}").hostname or ""
        return loopback(named) or named == urlsplit(settings.public_url).hostname

    def _same_origin(self, asked: HTTPConnection) -> bool:
        origin = asked.headers.get("origin")
        if origin:
            own = urlsplit(self.parts.settings.public_url)
            at = urlsplit(origin)
            return at.netloc == asked.headers.get("host") or (at.scheme, at.netloc) == (
                own.scheme,
                own.netloc,
            )
        return asked.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


def _to_login(asked: HTTPConnection) -> Response:
    """Pages lead to the login and back; everything else is refused."""
    if asked.scope["method"] == "GET" and "text/html" in asked.headers.get("accept", ""):
        wanted = asked.url.path + (f"?{asked.url.query}" if asked.url.query else "")
        return RedirectResponse(f"/auth/login?next={quote(wanted, safe='')}", 303)
    return JSONResponse({"error": "not logged in"}, 401)


class Headers:
    """The security headers of every response; a Content Security Policy without any outside source."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": content_security_policy(),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if parts.settings.secure_cookies:
            self.headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith(("/static/", "/component/")):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, sending)


def content_security_policy() -> str:
    """What pages may load: ourselves. The inline scripts of Streamlit and the graph component go by hash."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' blob: 'wasm-unsafe-eval' {' '.join(_inline_scripts())}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "worker-src 'self' blob:",
            "connect-src 'self' data: blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


def _inline_scripts() -> list[str]:
    found: list[str] = []
    for package, folder in (("streamlit", "static"), ("streamlit_agraph", "frontend/build")):
        # not imported: a component that is loaded before Streamlit runs is not served
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        page = (Path(spec.origin).parent / folder / "index.html").read_text("utf-8")
        found += re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in found]
