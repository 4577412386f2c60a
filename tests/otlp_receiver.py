"""A receiver of OpenTelemetry over HTTP on loopback: it keeps the spans that it is sent."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Received:
    process: str  # service.name
    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, str]


@dataclass(frozen=True)
class Receiver:
    url: str
    spans: list[Received]
    raw: list[bytes]


@contextmanager
def receiver() -> Iterator[Receiver]:
    spans: list[Received] = []
    raw: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            assert self.path == "/v1/traces"
            raw.append(body)
            spans.extend(_spans(body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Receiver(f"http://127.0.0.1:{server.server_port}", spans, raw)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _spans(body: bytes) -> Iterator[Received]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        of = {a.key: a.value.string_value for a in resource.resource.attributes}
        for scope in resource.scope_spans:
            for s in scope.spans:
                told = {a.key: a.value.string_value or str(a.value.int_value) for a in s.attributes}
                ids = s.trace_id.hex(), s.span_id.hex(), s.parent_span_id.hex()
                yield Received(of["service.name"], s.name, *ids, told)
