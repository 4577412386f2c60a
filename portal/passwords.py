"""Passwords: what is accepted, how it is kept (Argon2id), and how many are computed at once."""

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from portal.errors import Invalid, Throttled

SHORTEST = 8  # OWASP ASVS 5.0, 6.2.1
LONGEST = 128
# what somebody who knows this portal tries first; docs/security.md, ASVS 6.1.2
CONTEXT = (
    "ferag", "portal", "knowledge", "admin", "administrator", "password", "пароль", "портал", "фераг",
    "знания", "знаний", "админ", "администратор",
)  # fmt: skip
PATIENCE = 10.0  # seconds to wait for one of the two places

# OWASP's floor for Argon2id; 46 MiB each, so that two at once stay below 100
_hasher = argon2.PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
_places = threading.BoundedSemaphore(2)


def hashed(password: str) -> str:
    with _place():
        return _hasher.hash(_composed(password))


def fits(kept: str | None, password: str) -> bool:
    """Is this the password? Takes as long when there is none to compare with."""
    with _place():
        try:
            return _hasher.verify(kept or _nobodys(), _composed(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Was it computed with other parameters than today's?"""
    return _hasher.check_needs_rehash(kept)


def check_new(password: str, email: str) -> None:
    """Raises Invalid if people should not rely on this password."""
    if len(password) < SHORTEST:
        raise Invalid("password", "password-short", shortest=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("password", "password-long", longest=LONGEST)
    plain = _composed(password).casefold()
    if plain in _common() or plain == email or len(set(plain)) < 3 or _only_from_here(plain, email):
        raise Invalid("password", "password-common")


def new_password() -> str:
    """One to hand to somebody: 100 bits."""
    return secrets.token_urlsafe(13)


def _only_from_here(password: str, email: str) -> bool:
    """Is it nothing but words that belong here or to this person, with digits and signs around them?"""
    name, _at, host = email.partition("@")
    rest = "".join(c for c in password if c.isalpha())
    for word in sorted({*CONTEXT, *_words(name), *_words(host)}, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest) < 3


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[^\w]|_|\d", text) if len(word) >= 3]


def _composed(password: str) -> str:
    """The same characters however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)


@cache
def _common() -> frozenset[str]:
    lines = files("portal").joinpath("common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(lines[1:])


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_hex(16))


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE):
        raise Throttled(retry_after=round(PATIENCE))
    try:
        yield
    finally:
        _places.release()
