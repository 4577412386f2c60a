"""The cookies of the portal: who is logged in, which language, which form."""

from starlette.responses import Response

from portal.settings import Settings

LANGUAGE = "ferag_language"
FORM = "ferag_form"
_SESSION = "ferag_session"
_YEAR = 365 * 24 * 3600


def session_name(settings: Settings) -> str:
    """With TLS the name itself keeps other hosts and paths from setting it."""
    return f"__Host-{_SESSION}" if settings.secure_cookies else _SESSION


def set_session(response: Response, settings: Settings, token: str) -> None:
    _set(response, settings, session_name(settings), token, settings.session_days * 24 * 3600)


def clear_session(response: Response, settings: Settings) -> None:
    response.delete_cookie(
        session_name(settings), path="/", secure=settings.secure_cookies, httponly=True, samesite="lax"
    )


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
