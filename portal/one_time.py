"""Tokens of links that work once: 256 random bits in the address, only their SHA-256 in the table."""

import hashlib
import secrets


def fresh() -> tuple[str, str]:
    """A new token and what is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, digest(token)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
