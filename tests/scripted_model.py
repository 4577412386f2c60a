"""An OpenAI-compatible server whose answers a test writes: good, slow, cut off, malformed, refusing, 429.

It speaks the wire protocol over a real socket, streaming included; only the words are the test's.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Say:
    """One answer: its words, or an error status; `seconds` before it; cut off after `cut` characters."""

    text: str = ""
    status: int = 200
    seconds: float = 0.0
    cut: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None  # instead of a completion
    pause: float = 0.0  # between streamed words
    counted: bool = True  # with its tokens


Script = Callable[[dict[str, Any]], Say]


@dataclass
class ScriptedModel:
    """A running server: `url` ends with /v1; `asked` holds every request body in order."""

    url: str
    asked: list[dict[str, Any]]
    busiest: list[int]  # [the most requests that were in flight at once]
    now: list[int]  # [the requests that are in flight]


@contextmanager
def scripted(script: Script | list[Say], listing: Say | None = None) -> Iterator[ScriptedModel]:
    """A server that answers by `script`, or with one answer after the other; `listing` is its models."""
    asked: list[dict[str, Any]] = []
    now, busiest = [0], [0]

    def ended() -> None:
        with lock:
            now[0] -= 1

    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else head and body of an answer are 40 ms apart

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            listed = json.dumps({"object": "list", "data": [{"id": "scripted"}]}).encode()
            say = listing or Say(raw=listed)
            time.sleep(say.seconds)
            with suppress(BrokenPipeError, ConnectionResetError):
                self._send(say.status, say.raw or say.text.encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with lock:
                asked.append(body)
                number = len(asked) - 1
                now[0] += 1
                busiest[0] = max(busiest[0], now[0])
            stream, over = bool(body.get("stream")), False
            try:
                say = script(body) if callable(script) else script[min(number, len(script) - 1)]
                time.sleep(say.seconds)
                if over := not stream:  # who has the answer may ask again before this thread goes on
                    ended()
                self._answer(say, stream)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client has left: that is its right
            finally:
                if not over:
                    ended()

        def _answer(self, say: Say, stream: bool) -> None:
            if say.raw is not None:
                self._send(say.status, say.raw, say.headers)
            elif say.status != 200:
                error = {"error": {"message": say.text or "refused", "type": "scripted", "code": None}}
                self._send(say.status, json.dumps(error).encode(), say.headers)
            elif stream:
                self._stream(say)
            else:
                whole = _completion(say.text[: say.cut])
                if not say.counted:
                    del whole["usage"]
                self._send(200, json.dumps(whole).encode())

        def _send(self, status: int, body: bytes, headers: Mapping[str, str] = {}) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def _stream(self, say: Say) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            words = [w + " " for w in say.text.split(" ")]
            words[-1] = words[-1][:-1]
            for i, word in enumerate(words):
                if say.cut is not None and len(" ".join(words[:i])) >= say.cut:
                    self.close_connection = True
                    return
                self._event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": word}}]})
                time.sleep(say.pause)
            self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            self._event({"choices": [], "usage": _usage(say.text)})
            self.wfile.write(b"data: [DONE]\n\n")
            self.close_connection = True

        def _event(self, part: dict[str, Any]) -> None:
            chunk = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "scripted", **part}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield ScriptedModel(f"http://127.0.0.1:{server.server_port}/v1", asked, busiest, now)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _usage(text: str) -> dict[str, int]:
    n = len(text.split())
    return {"prompt_tokens": 10, "completion_tokens": n, "total_tokens": 10 + n}


def _completion(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": _usage(text),
    }
