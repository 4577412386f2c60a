"""Who runs the embedded parts: `ferag up`, or the first command that needs them, for as long as any does.

`lock` is held by whoever runs them. Commands that use them hold `in-use` together; who started them
waits for the others before it ends them.
"""

import contextlib
import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from portal import db, wiring
from portal.embedded import addresses, servers
from portal.embedded.addresses import Addresses
from portal.embedded.process import Child
from portal.errors import CannotStart
from portal.settings import Settings
from portal.wiring import Parts

log = logging.getLogger(__name__)
PATIENCE = 60.0  # seconds for another command that starts or ends the parts


@contextmanager
def running(settings: Settings) -> Iterator[Parts]:
    """The installation's parts, wired; the embedded ones started if nobody runs them, and ended after."""
    prepare_folder(settings)
    with ExitStack() as stack:
        found = stack.enter_context(_joined_or_started(settings)) if settings.embedded else None
        parts = wiring.wire(settings, found)
        stack.callback(parts.close)
        db.upgrade(parts.engine)
        yield parts


@contextmanager
def _joined_or_started(settings: Settings) -> Iterator[Addresses]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with _shared(settings.data_dir / "in-use"):
            found = addresses.read(settings.data_dir)
            if found:
                yield found
                return
        held = try_lock(settings.data_dir)
        if held is not None:
            with held, _started(settings) as found:
                yield found
            return
        time.sleep(0.1)
    raise already_up(settings)


@contextmanager
def _started(settings: Settings) -> Iterator[Addresses]:
    children, found = start_parts(settings, log.warning)
    addresses.write(settings.data_dir, found)
    try:
        yield found
    finally:
        addresses.remove(settings.data_dir)  # nobody joins any more
        with _exclusive(settings.data_dir / "in-use"):
            end_in_order(children)


def start_parts(settings: Settings, say: Callable[[str], None]) -> tuple[list[Child], Addresses]:
    """Start what the settings leave to us; each answers when this returns."""
    children: list[Child] = []
    queue = store = ""
    try:
        if "queue" in settings.embedded:
            child, queue = servers.start_queue(settings.data_dir)
            children.append(child)
        if "store" in settings.embedded:
            child, store = servers.start_store(settings.data_dir, say)
            children.append(child)
    except CannotStart:
        end_in_order(children)
        raise
    return children, addresses.mine(queue, store)


def end_in_order(children: list[Child], seconds: float = 10.0) -> None:
    for child in children:
        child.ask_to_end()
    until = time.monotonic() + seconds
    for child in children:
        child.wait(until - time.monotonic())


def prepare_folder(settings: Settings) -> None:
    """The data folder, ours alone; CannotStart if it cannot be written to."""
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as e:
        raise CannotStart("folder-unwritable", folder=folder, why=e.strerror or e) from e


def try_lock(data_dir: Path) -> IO[str] | None:
    """The right to run the parts on this data; None if another process has it."""
    stream = (data_dir / "lock").open("a")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        return None
    return stream


def already_up(settings: Settings) -> CannotStart:
    found = addresses.read(settings.data_dir)
    return CannotStart("already-up", folder=settings.data_dir, pid=found.pid if found else "?")


@contextmanager
def _shared(path: Path) -> Iterator[None]:
    with path.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_SH)
        yield


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(path.open("a"))
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
