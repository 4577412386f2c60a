"""The interface's languages: gettext catalogs read from their .po files, one language per thread or task."""

import gettext as standard
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel import Locale, UnknownLocaleError
from babel.messages import mofile, pofile

LANGUAGES = {"en": "English", "ru": "Русский"}
DEFAULT = "en"
_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


def N_(text: str) -> str:
    """Marks a text that is translated where it is shown."""
    return text


def use(language: str) -> None:
    """From now on, in this thread or task, speak this language."""
    _language.set(language if language in LANGUAGES else DEFAULT)


def language() -> str:
    return _language.get()


def gettext(text: str) -> str:
    """The text in the language in use. Never for "": gettext answers that with its header."""
    return _catalog(language()).gettext(text) if text else ""


def ngettext(one: str, many: str, n: int) -> str:
    """The form that goes with `n`."""
    return _catalog(language()).ngettext(one, many, n)


def preferred(chosen: str = "", cookie: str = "", accepted: str = "") -> str:
    """What somebody chose, else what they chose before logging in, else what their browser asks for."""
    for asked in (chosen, cookie):
        if asked in LANGUAGES:
            return asked
    for part in accepted.split(","):
        tag = part.partition(";")[0].strip().replace("-", "_")
        try:
            known = Locale.parse(tag).language if tag else ""
        except (ValueError, UnknownLocaleError):
            continue
        if known in LANGUAGES:
            return known
    return DEFAULT


@cache
def _catalog(language: str) -> standard.NullTranslations:
    """Compiled in memory: a clean clone and an installed wheel need no build step."""
    path = files("portal").joinpath("locales", language, "LC_MESSAGES", "messages.po")
    compiled = BytesIO()
    with path.open("rb") as source:
        mofile.write_mo(compiled, pofile.read_po(source, locale=language))
    compiled.seek(0)
    return standard.GNUTranslations(compiled)
