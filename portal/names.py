"""Names and e-mail addresses of people, as they are kept and compared."""

import re
import unicodedata

from portal.errors import Invalid

_EMAIL = re.compile(r"[^@\s<>\"'\\,;:()\[\]]{1,64}@[^@\s<>\"'\\,;:()\[\]]{1,189}")


def clean_email(email: str) -> str:
    """The address as it is kept and compared; Invalid if it is none."""
    plain = as_typed(email)
    if not _EMAIL.fullmatch(plain):
        raise Invalid("email", "email-bad")
    return plain


def as_typed(email: str) -> str:
    """An address for comparing, whether it is one or not; bounded."""
    return unicodedata.normalize("NFKC", email).strip().lower()[:254]


def clean_name(name: str) -> str:
    """On one line, without control and direction characters."""
    kept = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    return " ".join(kept.split())[:120]
