"""Doors for programs: an access token instead of a login, and answers that any web page may read.

A browser never sends a token by itself, as it sends a cookie, so pages of other sites may call these
doors: what they show is what they were given.
"""

import base64
import binascii

from starlette.requests import Request

from portal import tokens
from portal.access import Actor
from portal.wiring import Parts

OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Ferag-Cut, WWW-Authenticate, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = OPEN | {
    "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept, Mcp-Session-Id, "
    "Mcp-Protocol-Version, Last-Event-ID",
    "Access-Control-Max-Age": "3600",
}


def who(parts: Parts, request: Request) -> Actor:
    """Who asks, by a Bearer header, or by Basic with the token as the password. Raises Unknown."""
    address = request.client.host if request.client else ""
    return tokens.who(parts, _bearer(request.headers.get("authorization", "")), address)


def _bearer(header: str) -> str:
    """Basic is all that some SPARQL clients know; the user's name does not matter."""
    kind, _, text = header.strip().partition(" ")
    if kind.lower() != "basic":
        return header
    try:
        _user, _, token = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return ""
    return f"Bearer {token}"
