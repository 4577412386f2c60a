"""What the portal's own forms share: reading one, answering it, letting somebody in."""

import re
import secrets
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal import logins
from portal.errors import Forbidden, Invalid, NotFound, PartDown, PortalError, Throttled
from portal.logins import Visitor
from portal.routes import cookies
from portal.routes.rendering import form_is_ours, speak
from portal.wiring import Parts

MOST_BYTES = 20_000  # of a form
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)


async def read(request: Request) -> FormData:
    """The form, if it is a small urlencoded one; else nothing of it."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    length = request.headers.get("content-length", "")
    if kind != "application/x-www-form-urlencoded" or not length.isdigit() or int(length) > MOST_BYTES:
        return FormData()
    return await request.form()


def text(form: FormData | None, name: str) -> str:
    value = form.get(name, "") if form else ""
    return value if isinstance(value, str) else ""


async def answer(
    request: Request,
    form: FormData,
    enter: Callable[[], Response],
    again: Callable[..., Response],
) -> Response:
    """What `enter` answers, or the form again with what was wrong."""

    def run() -> Response:
        speak(request)
        try:
            if not form_is_ours(request, text(form, "form")):
                raise Invalid("form", "form-expired")
            return enter()
        except PortalError as e:
            return again(request, e, form)

    return await run_in_threadpool(run)


def let_in(parts: Parts, request: Request, token: str, by: Visitor, after: str) -> Response:
    """A new session for whoever proved who they are; the one they came with ends."""
    logins.end(parts, session_token(parts, request))
    response = RedirectResponse(after, 303)
    cookies.set_session(response, parts.settings, token)
    cookies.set_browser(response, parts.settings, by.device)
    response.delete_cookie(cookies.FORM, path="/")
    return response


def session_token(parts: Parts, request: Request) -> str:
    return request.cookies.get(cookies.session_name(parts.settings), "")


def visitor(parts: Parts, request: Request) -> Visitor:
    """Where a request comes from; a browser without a cookie of its own gets one at its first login."""
    kept = request.cookies.get(cookies.browser_name(parts.settings), "")
    device = kept if _TOKEN.fullmatch(kept) else secrets.token_urlsafe(32)
    address = request.client.host if request.client else ""
    return Visitor(address, request.headers.get("user-agent", ""), device)


def wanted(form: FormData | None, request: Request) -> str:
    """Where to go afterwards."""
    return safe_next(text(form, "next") or request.query_params.get("next", "/"))


def safe_next(asked: str) -> str:
    """A path of our own, never another site's address."""
    plain = asked.strip()
    foreign = not plain.startswith("/") or plain.startswith(("//", "/auth/logout")) or "\\" in plain
    return "/" if foreign or not plain.isprintable() or len(plain) > 2000 else plain


def status(error: PortalError | None) -> int:
    if error is None:
        return 200
    kinds = ((Throttled, 429), (PartDown, 503), (NotFound, 404), (Forbidden, 403))
    return next((code for kind, code in kinds if isinstance(error, kind)), 400)
