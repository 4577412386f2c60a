"""A web page by its address, taken in as a document: only from the sites that the settings allow.

The address is somebody's wish, and so is every redirect: the name is resolved once, what it resolves to must
be public, and the connection goes to that very address. A name that resolves differently a moment later
changes nothing.
"""

import ipaddress
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

import httpx

from portal import access, uploads
from portal.access import Action, Actor
from portal.errors import Invalid
from portal.incoming import Upload
from portal.uploads import Receipt
from portal.wiring import Parts

REDIRECTS, SECONDS = 5, 30.0
Permitted = Callable[[str], bool]  # an IP address
_KINDS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a request goes: the name that it is for, and the one IP address that was looked at."""

    url: httpx.URL
    host: str
    ip: str


def public(ip: str) -> bool:
    """Is it an address of the open internet?

    >>> [public(ip) for ip in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "8.8.8.8")]
    [False, False, False, False, True]
    """
    found = ipaddress.ip_address(ip)
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return (mapped or found).is_global and not found.is_multicast


def allowed(host: str, sites: str) -> bool:
    """Is a host among the sites of the settings: its name, or `*.` and what it ends with?

    >>> [allowed(h, "example.org, *.gov.example") for h in ("example.org", "a.gov.example", "b.example.org")]
    [True, True, False]
    """
    named = (s.strip().lower() for s in sites.split(","))
    return any(host == s or (s.startswith("*.") and host.endswith(s[1:])) for s in named if s)


def add(parts: Parts, actor: Actor, rag_id: int, address: str, permitted: Permitted = public) -> Receipt:
    """The page as a document of a new cycle, by the rules of every upload.

    Raises Invalid where it may not be taken, is not what was hoped for, or its server is away.
    """
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.upload)
    return uploads.upload(parts, actor, rag_id, [_fetched(parts, address.strip(), permitted)])


def _fetched(parts: Parts, address: str, permitted: Permitted) -> Upload:
    until = time.monotonic() + SECONDS
    most = parts.settings.max_upload_mb * 2**20
    for _hop in range(REDIRECTS + 1):
        place = _place(address, parts.settings.web_sites, permitted)
        try:
            with _asked(place) as answer:
                if answer.is_redirect:
                    address = urljoin(address, answer.headers.get("location", ""))
                    continue
                if answer.status_code != 200:
                    raise Invalid("address", "web-status", host=place.host, status=answer.status_code)
                content = _read(answer, most, until, place.host)
                kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
                return Upload(_name(address, kind), content, place.host)
        except httpx.HTTPError as e:
            raise Invalid("address", "web-away", host=place.host) from e
    raise Invalid("address", "web-redirects")


def _place(address: str, sites: str, permitted: Permitted) -> _Place:
    if not sites.strip():
        raise Invalid("address", "web-off")
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError) as e:
        raise Invalid("address", "web-address") from e
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise Invalid("address", "web-address")
    if not allowed(host, sites):
        raise Invalid("address", "web-site", host=host, sites=sites)
    try:
        found = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
    except OSError as e:
        raise Invalid("address", "web-away", host=host) from e
    ips = [str(sockaddr[0]).partition("%")[0] for *_rest, sockaddr in found]
    if not ips or not all(permitted(ip) for ip in ips):
        raise Invalid("address", "web-private", host=host)
    return _Place(httpx.URL(address), host, ips[0])


class _asked:
    """The answer to a request to exactly this place; closed with the block."""

    def __init__(self, place: _Place) -> None:
        self.client = httpx.Client(timeout=10.0, trust_env=False, follow_redirects=False)
        port = place.url.port
        self.request = self.client.build_request(
            "GET",
            place.url.copy_with(host=place.ip, fragment=None),
            headers={
                "host": place.host if port is None else f"{place.host}:{port}",
                "accept": "text/html, application/xhtml+xml, application/pdf, text/plain;q=0.9, */*;q=0.5",
                "user-agent": "ferag",
            },
            extensions={"sni_hostname": place.host},
        )

    def __enter__(self) -> httpx.Response:
        try:
            self.answer = self.client.send(self.request, stream=True)
        except httpx.HTTPError:
            self.client.close()
            raise
        return self.answer

    def __exit__(self, *_: object) -> None:
        self.answer.close()
        self.client.close()


def _read(answer: httpx.Response, most: int, until: float, host: str) -> bytes:
    """At most a piece more than may be uploaded, which the upload then refuses."""
    read = bytearray()
    for piece in answer.iter_bytes():
        read += piece
        if len(read) > most:
            break
        if time.monotonic() > until:
            raise Invalid("address", "web-slow", host=host, seconds=round(SECONDS))
    return bytes(read)


def _name(address: str, kind: str) -> str:
    """The last name of its path, with an ending that says its kind; the upload looks at the content anyway.

    >>> _name("https://a.example/docs/pump%20manual?x=1", "text/html")
    'pump manual.html'
    """
    path = unquote(urlsplit(address).path)
    name = re.sub(r"[/\\]+", "/", path).rstrip("/").rpartition("/")[2][:120] or "index"
    ending = _KINDS.get(kind, "")
    return name if name.lower().endswith((ending, ".htm")) else name + ending
