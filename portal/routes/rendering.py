"""The portal's own small pages: templates in both languages, no JavaScript, one form each."""

import hmac
import secrets
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from portal import i18n
from portal.errors import PortalError
from portal.routes import cookies
from portal.wiring import Parts


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("portal", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return made


def speak(request: Request) -> str:
    """Use the visitor's language: asked for in the address, else the cookie's, else the browser's."""
    asked = request.query_params.get("lang", "")
    cookie = request.cookies.get(cookies.LANGUAGE, "")
    i18n.use(i18n.preferred(asked, cookie, request.headers.get("accept-language", "")))
    return asked if asked in i18n.LANGUAGES else ""


def page(
    parts: Parts,
    request: Request,
    template: str,
    *,
    status: int = 200,
    error: PortalError | None = None,
    **values: object,
) -> HTMLResponse:
    """A template as a response, with a fresh form token where it has none yet."""
    chosen = speak(request)
    form = request.cookies.get(cookies.FORM) or secrets.token_urlsafe(24)
    text = (
        _templates()
        .get_template(template)
        .render(
            language=i18n.language(),
            languages=i18n.LANGUAGES,
            form=form,
            error=sentence(error) if error else "",
            wrong=getattr(error, "field", ""),
            **values,
        )
    )
    headers = {}
    if getattr(error, "retry_after", 0):
        headers["Retry-After"] = str(error.retry_after)  # type: ignore[union-attr]
    response = HTMLResponse(text, status, headers)
    cookies.set_form(response, parts.settings, form)
    if chosen:
        cookies.set_language(response, parts.settings, chosen)
    return response


def sentence(error: PortalError) -> str:
    return i18n.gettext(error.message).format(**error.words)


def form_is_ours(request: Request, given: str) -> bool:
    """Was the form drawn by us for this browser? (Double submit, beside the check of the origin.)"""
    kept = request.cookies.get(cookies.FORM, "")
    return bool(kept) and hmac.compare_digest(kept.encode(), given.encode())
