"""The cookies of the portal: who is logged in, in which browser, which language, which form."""

from starlette.responses import Response

from portal.settings import Settings

LANGUAGE = "ferag_language"
FORM = "ferag_form"
_SESSION = "ferag_session"
_TICKET = "ferag_sso"  # of a browser that is at the single sign-on
_BROWSER = "ferag_browser"  # outlives a login; throttling knows the browsers of an account by it
_YEAR = 365 * 24 * 3600


def session_name(settings: Settings) -> str:
    return _name(settings, _SESSION)


def browser_name(settings: Settings) -> str:
    return _name(settings, _BROWSER)


def ticket_name(settings: Settings) -> str:
    return _name(settings, _TICKET)


def _name(settings: Settings, name: str) -> str:
    """With TLS the name itself keeps other hosts and paths from setting it."""
    return f"__Host-{name}" if settings.secure_cookies else name


def set_session(response: Response, settings: Settings, token: str) -> None:
    _set(response, settings, session_name(settings), token, settings.session_days * 24 * 3600)


def clear_session(response: Response, settings: Settings) -> None:
    _clear(response, settings, session_name(settings))


def set_browser(response: Response, settings: Settings, token: str) -> None:
    _set(response, settings, browser_name(settings), token, _YEAR)


def set_ticket(response: Response, settings: Settings, ticket: str) -> None:
    """Lax: the way back is a request of another site."""
    _set(response, settings, ticket_name(settings), ticket, 600)


def clear_ticket(response: Response, settings: Settings) -> None:
    _clear(response, settings, ticket_name(settings))


def set_language(response: Response, settings: Settings, language: str) -> None:
    _set(response, settings, LANGUAGE, language, _YEAR)


def set_form(response: Response, settings: Settings, value: str) -> None:
    _set(response, settings, FORM, value, 3600 * 12, samesite="strict")


def _set(
    response: Response, settings: Settings, name: str, value: str, seconds: int, samesite: str = "lax"
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite=samesite,  # type: ignore[arg-type]
    )


def _clear(response: Response, settings: Settings, name: str) -> None:
    response.delete_cookie(name, path="/", secure=settings.secure_cookies, httponly=True, samesite="lax")
