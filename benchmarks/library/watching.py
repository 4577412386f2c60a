"""While a library is taken in: how much memory each process has, and how long a page takes to answer."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

EVERY = 1.0  # seconds between two looks


@dataclass
class Peaks:
    """MiB at most of each process below one, commands too, while each thing was being done."""

    of: psutil.Process
    doing: Callable[[], str]
    found: dict[tuple[str, str], float] = field(default_factory=dict)
    before: str = ""

    def look(self) -> None:
        doing = self.doing()
        if doing != self.before and self.before:
            print(
                f"{self.before}: a worker had {self.found.get(('worker', self.before), 0):.0f} MiB at most",
                flush=True,
            )
        self.before = doing
        for process in self.of.children(recursive=True):
            try:
                at, size = (_name(process), doing), process.memory_info().rss / 2**20
            except psutil.Error:
                continue  # it has ended
            self.found[at] = max(size, self.found.get(at, 0.0))

    def lines(self) -> list[str]:
        """The largest processes first, each with its steps."""
        most: dict[str, float] = {}
        for (name, _), size in self.found.items():
            most[name] = max(size, most.get(name, 0.0))
        order = sorted(self.found, key=lambda at: (-most[at[0]], -self.found[at]))
        return [f"{name:<24}{step or 'no step':<16}{self.found[name, step]:6.0f} MiB" for name, step in order]


def _name(process: psutil.Process) -> str:
    words = [w.rpartition("/")[2] for w in process.cmdline()]
    for known in (
        "oxigraph",
        "valkey-server",
        "portal.asgi:make_app",
        "ferag-quick",
        "kg.text.formats.sandbox",
    ):
        if known in words:
            return known
    if "jobs.worker" in words:
        return "worker"
    return f"ferag {words[words.index('portal.cli') + 1]}" if "portal.cli" in words else process.name()


@dataclass
class Pace:
    """Milliseconds of what somebody waits for in the browser."""

    rerun: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)  # an answer without Streamlit

    def lines(self) -> list[str]:
        return [
            f"{name}: {len(ms)} times; ms: p50 {statistics.median(ms):.0f}, p95 {_p95(ms):.0f}, {max(ms):.0f}"
            for name, ms in (("rerun of the documents page", self.rerun), ("HTTP answer", self.plain))
            if ms
        ]


def _p95(ms: list[float]) -> float:
    return sorted(ms)[int(0.95 * (len(ms) - 1))]


@contextmanager
def watched(look: Callable[[], None]) -> Iterator[None]:
    """Call it every second in a thread of its own."""
    end = threading.Event()

    def loop() -> None:
        while not end.wait(EVERY):
            look()

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


class Visitor:
    """Somebody who has a page open, and uses it every second."""

    def __init__(self, address: str, cookie: str, page: str, query: str) -> None:
        self.address, self.cookie, self.page, self.query = address, cookie, page, query
        self.pace = Pace()
        self.socket: ClientConnection | None = None

    def look(self) -> None:
        self.pace.plain.append(_timed(self._plain))
        if self.socket is None:
            self.socket = connect(
                self.address.replace("http", "ws") + "/_stcore/stream",
                subprotocols=["streamlit"],  # type: ignore[list-item]
                origin=self.address,  # type: ignore[arg-type]
                additional_headers={"Cookie": self.cookie},
                max_size=None,
            )
            self._rerun()  # the first one loads modules
        self.pace.rerun.append(_timed(self._rerun))

    def close(self) -> None:
        if self.socket:
            self.socket.close()

    def _plain(self) -> None:
        parts = urlsplit(self.address)
        link = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        link.request("GET", "/healthz")
        link.getresponse().read()
        link.close()

    def _rerun(self) -> None:
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.page
        assert self.socket
        self.socket.send(message.SerializeToString())
        while True:
            data = self.socket.recv(timeout=60)
            assert isinstance(data, bytes)
            told = ForwardMsg.FromString(data)
            ended = told.WhichOneof("type") == "script_finished"
            if ended and told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return


def _timed(does: Callable[[], None]) -> float:
    began = time.perf_counter()
    does()
    return 1000 * (time.perf_counter() - began)
