"""Web pages by their address, from a real server on this machine, which the test alone permits."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portal import document_list, web_pages
from portal.errors import Forbidden, Invalid, NotFound
from portal.wiring import Parts
from tests.people import Team, make_team

PAGE = (
    "<html><head><title>Pumps</title></head><body><h1>Pumps</h1><p>The pump moves water.</p>"
    "<script>alert(1)</script></body></html>"
)


class Site(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        match self.path:
            case "/pumps":
                self._send(200, PAGE.encode(), {"content-type": "text/html; charset=utf-8"})
            case "/moved":
                self._send(302, b"", {"location": "/pumps"})
            case "/inside":
                self._send(302, b"", {"location": f"http://127.0.0.1:{self.server.server_address[1]}/pumps"})
            case "/elsewhere":
                self._send(302, b"", {"location": "https://evil.example/pumps"})
            case "/round":
                self._send(302, b"", {"location": "/round"})
            case "/large":
                self._send(200, b"x" * (2 * 2**20), {"content-type": "text/plain"})
            case "/host":
                self._send(200, f"Asked for {self.headers['host']}".encode(), {"content-type": "text/plain"})
            case _:
                self._send(404, b"", {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def team(parts: Parts) -> Iterator[Team]:
    made = make_team(parts)
    yield made
    parts.store.destroy(made.dataset)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def allowing(parts: Parts, sites: str) -> Parts:
    settings = parts.settings.model_copy(update={"web_sites": sites, "max_upload_mb": 1})
    return replace(parts, settings=settings)


def this_machine(ip: str) -> bool:
    return ip in ("127.0.0.1", "::1")


def test_a_page_becomes_a_document(team: Team, port: int) -> None:
    parts = allowing(team.parts, "localhost")
    took = web_pages.add(parts, team.editor, team.rag_id, f"http://localhost:{port}/moved", this_machine)
    assert (took.accepted, took.refused) == (("localhost/pumps.html",), ())
    again = web_pages.add(parts, team.editor, team.rag_id, f"http://localhost:{port}/pumps", this_machine)
    assert [r.code for r in again.refused] == ["already-there"]
    asked = web_pages.add(parts, team.editor, team.rag_id, f"http://localhost:{port}/host", this_machine)
    assert asked.accepted == ("localhost/host.txt",)
    (kept,) = [
        d for d in document_list.everything(parts, team.viewer, team.rag_id) if d.name.endswith("host.txt")
    ]
    with parts.files.open(f"rags/{team.rag_id}/documents/{kept.revision}/original") as stream:
        assert stream.read() == f"Asked for localhost:{port}".encode()


@pytest.mark.parametrize(
    ("sites", "address", "code"),
    [
        ("", "http://localhost:{port}/pumps", "web-off"),
        ("localhost", "http://127.0.0.1:{port}/pumps", "web-site"),
        ("localhost", "http://localhost:{port}/inside", "web-site"),
        ("localhost", "http://localhost:{port}/elsewhere", "web-site"),
        ("localhost", "http://localhost:{port}/round", "web-redirects"),
        ("localhost", "http://localhost:{port}/none", "web-status"),
        ("localhost", "http://localhost:1/", "web-away"),
        ("*.invalid", "https://a.invalid/", "web-away"),
        ("localhost", "file:///etc/passwd", "web-address"),
        ("localhost", "http://me:secret@localhost:{port}/pumps", "web-address"),
        ("localhost", "http://[::1", "web-address"),
        ("localhost", "pumps", "web-address"),
    ],
)
def test_what_is_not_taken_says_why(team: Team, port: int, sites: str, address: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        web_pages.add(
            allowing(team.parts, sites), team.editor, team.rag_id, address.format(port=port), this_machine
        )
    assert refused.value.code == code


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "[::1]", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"]
)
def test_a_private_address_is_refused_however_it_is_written(team: Team, port: int, host: str) -> None:
    name = host.strip("[]")
    with pytest.raises(Invalid) as refused:
        web_pages.add(allowing(team.parts, name), team.editor, team.rag_id, f"http://{host}:{port}/pumps")
    assert refused.value.code == "web-private"


def test_a_large_page_is_a_large_file(team: Team, port: int) -> None:
    took = web_pages.add(
        allowing(team.parts, "localhost"),
        team.editor,
        team.rag_id,
        f"http://localhost:{port}/large",
        this_machine,
    )
    assert [r.code for r in took.refused] == ["too-large"]


def test_only_who_may_upload(team: Team, port: int) -> None:
    parts = allowing(team.parts, "localhost")
    with pytest.raises(Forbidden):
        web_pages.add(parts, team.viewer, team.rag_id, f"http://localhost:{port}/pumps", this_machine)
    with pytest.raises(NotFound):
        web_pages.add(parts, team.stranger, team.rag_id, f"http://localhost:{port}/pumps", this_machine)
