"""`ferag up`: everything that is not configured by URL, the workers and the web application, kept running."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import IO

import httpx

from portal import db, wiring, work_queue
from portal.embedded import addresses, servers
from portal.embedded.answering import Watch
from portal.embedded.process import Child
from portal.embedded.runaway import Runaway
from portal.embedded.running import (
    PATIENCE,
    already_up,
    end_in_order,
    prepare_folder,
    start_parts,
    try_lock,
)
from portal.errors import CannotStart
from portal.settings import Settings

LOOK_SECONDS = 0.25
CALM_SECONDS = 60.0  # a child that ran this long starts again at once
SLOWEST = 15.0
WEB = "the web application"


@dataclass
class Kept:
    """A child that is started again, each time later, while it keeps ending."""

    child: Child
    began: float = field(default_factory=time.monotonic)
    pause: float = 0.2
    again_at: float | None = None
    watch: Watch | None = None
    runaway: Runaway | None = None

    def look(self, say: Callable[[str], None]) -> None:
        if self.watch and self.watch.hangs:
            say(f"{self.child.name} does not answer any more. It is ended. Its log: {self.child.log}")
            self.child.kill()
            self.child.wait(5)
        if self.runaway and self.runaway.ran_away:
            say(f"{self.child.name} worked on for nobody, or took too much memory. It is ended.")
            self.child.kill()
            self.child.wait(5)
        if self.child.running:
            return
        now = time.monotonic()
        if self.again_at is None:
            if now - self.began > CALM_SECONDS:
                self.pause = 0.2
            self.again_at = now + self.pause
            ending = _ending(self.child.exit_code)
            say(f"{self.child.name} has ended ({ending}). It is started again. Its log: {self.child.log}")
            self.pause = min(self.pause * 2, SLOWEST)
        elif now >= self.again_at:
            self.child.start()
            self.began, self.again_at = now, None


class Stop:
    """Ctrl-C, SIGTERM or a closed terminal."""

    def __init__(self) -> None:
        self.asked = False
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, self._ask)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True


def up(settings: Settings, say: Callable[[str], None]) -> None:
    """Run until told to stop. Raises CannotStart with the reason."""
    stop = Stop()
    prepare_folder(settings)
    held = _lock(settings, say)
    with held:
        _port_is_free(settings)
        first = not (settings.data_dir / "ferag.sqlite").exists()
        if first:
            say(f"First start: your data will be kept in {settings.data_dir}")
        say("Starting Ferag Portal: " + ", ".join(_what(settings)) + ".")
        parts, found = start_parts(settings, say)
        kept = [Kept(p, watch=_watched(settings, p, found), runaway=_bounded(p)) for p in parts]
        try:
            _migrate(settings, found)
            found = addresses.mine(found.redis_url, found.store_url, settings.address)
            addresses.write(settings.data_dir, found)
            web = _web(settings)
            apps = [*_workers(settings), web]
            for child in apps:
                child.start()
                kept.append(Kept(child, watch=_watched(settings, child, found) if child is web else None))
            _until_open(settings, kept, stop, say)
            while not stop.asked:
                for each in kept:
                    each.look(say)
                time.sleep(LOOK_SECONDS)
            say("Ending. Your data is kept.")
        finally:
            for each in kept:
                if each.watch:
                    each.watch.end()
                if each.runaway:
                    each.runaway.end()
            addresses.remove(settings.data_dir)
            running = {id(p) for p in parts}
            end_in_order([k.child for k in kept if id(k.child) not in running], 8.0)
            end_in_order(parts)


def _watched(settings: Settings, child: Child, found: addresses.Addresses) -> Watch:
    """Looks whether a server answers; workers have leases instead."""
    asked = {servers.QUEUE: found.redis_url, servers.STORE: found.store_url, WEB: _health(settings)}
    answers = servers.redis_answers if child.name == servers.QUEUE else servers.http_answers
    watch = Watch(child, partial(answers, asked[child.name]))
    watch.begin()
    return watch


def _bounded(child: Child) -> Runaway | None:
    """Only the graph store runs what strangers write."""
    if child.name != servers.STORE:
        return None
    runaway = Runaway(child)
    runaway.begin()
    return runaway


def _health(settings: Settings) -> str:
    return f"http://{_local(settings.host)}:{settings.port}/healthz"


def _what(settings: Settings) -> list[str]:
    """What is about to start, in words."""
    embedded = {"queue": "the queue", "store": "the graph store"}
    workers = f"{settings.workers} + 1 workers" if settings.workers else "no worker"
    return [*(embedded[e] for e in settings.embedded), workers, "the web application"]


def worker(settings: Settings, queue: str, number: int = 1) -> Child:
    """A worker of this queue as a child of this process."""
    command = [sys.executable, "-m", "jobs.worker", "--queue", queue, "--parent", str(os.getpid())]
    log = settings.data_dir / "logs" / f"{queue}-{number}.log"
    what = "a worker" if queue == work_queue.PIPELINE else "the worker for answers"
    return Child(what, command, log)


def _workers(settings: Settings) -> list[Child]:
    if not settings.workers:
        return []
    many = [worker(settings, work_queue.PIPELINE, n + 1) for n in range(settings.workers)]
    return [*many, worker(settings, work_queue.QUICK)]


def _web(settings: Settings) -> Child:
    command = [
        *(sys.executable, "-m", "uvicorn", "--factory", "portal.asgi:make_app"),
        *("--ws", "websockets-sansio", "--ws-max-size", str(64 * 2**20)),
        *("--host", settings.host, "--port", str(settings.port)),
        *("--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "3"),
    ]
    return Child(WEB, command, settings.data_dir / "logs" / "web.log")


def _until_open(settings: Settings, kept: list[Kept], stop: Stop, say: Callable[[str], None]) -> None:
    """Say the address when it truly answers."""
    local = _health(settings)
    while not stop.asked:
        for each in kept:
            each.look(say)
        try:
            if httpx.get(local, timeout=2).status_code == 200:
                say(f"Ferag Portal is open at {settings.address}   (Ctrl-C ends it)")
                return
        except httpx.TransportError:
            time.sleep(LOOK_SECONDS)


def _local(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104  # compared with, not bound to
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _lock(settings: Settings, say: Callable[[str], None]) -> IO[str]:
    until, told = time.monotonic() + PATIENCE, False
    while (held := try_lock(settings.data_dir)) is None:
        found = addresses.read(settings.data_dir)
        if (found and found.web_url) or time.monotonic() > until:
            raise already_up(settings)
        if not told:
            say("Another ferag command uses the data; waiting for it to finish.")
            told = True
        time.sleep(0.2)
    return held


def _port_is_free(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as e:
            raise CannotStart("port-taken", port=settings.port) from e


def _migrate(settings: Settings, found: addresses.Addresses) -> None:
    parts = wiring.wire(settings, found)
    db.upgrade(parts.engine)
    parts.close()


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"
