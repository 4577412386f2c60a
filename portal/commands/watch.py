"""`ferag watch`: a folder whose new and changed files become cycles, until it is ended."""

import queue
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from portal import documents
from portal.commands.common import Caller, enter, tell
from portal.commands.documents import files_of, opened
from portal.commands.waiting import workers_running
from portal.errors import NotFound
from portal.wiring import Parts

QUIET_SECONDS = 2.0  # without a change, before the files are taken: copies are not atomic
END = ""  # noted when it is to end


class _Noted(FileSystemEventHandler):
    def __init__(self) -> None:
        self.seen: queue.SimpleQueue[str] = queue.SimpleQueue()

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in {"created", "modified", "moved", "closed"} and not event.is_directory:
            self.seen.put(str(event.src_path))


def watch(parts: Parts, caller: Caller, name: str, folder: Path) -> int:
    """What is there already comes first. A file that is known by its content is passed over in silence."""
    if not folder.is_dir():
        raise NotFound("file", str(folder))
    noted, observer = _Noted(), Observer()
    observer.schedule(noted, str(folder), recursive=True)
    observer.start()
    tell(caller, {"watching": str(folder)}, f"Watching {folder}; Ctrl-C ends it.")
    try:
        with workers_running(parts) as look, _told_to_end(noted):
            _take(parts, caller, name, folder)
            while True:
                look()
                if _changed(noted):
                    _take(parts, caller, name, folder)
    except KeyboardInterrupt:
        return 0
    finally:
        observer.stop()
        observer.join()


@contextmanager
def _told_to_end(noted: _Noted) -> Iterator[None]:
    """Ctrl-C ends it after the files that are being taken, a second one at once.

    Python raises KeyboardInterrupt wherever it is, also where an exception is dropped.
    """

    def note(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, before[number])
        noted.seen.put(END)

    before = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _changed(noted: _Noted) -> bool:
    """Whether something has, within a second; if so, only when nothing does any more.

    Raises KeyboardInterrupt if it is to end.
    """
    seconds, changed = 1.0, False
    while True:
        try:
            if noted.seen.get(timeout=seconds) == END:
                raise KeyboardInterrupt
        except queue.Empty:
            return changed
        seconds, changed = QUIET_SECONDS, True


def _take(parts: Parts, caller: Caller, name: str, folder: Path) -> None:
    """All that is new, as one cycle."""
    files = list(files_of([folder]))
    if not files:
        return
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    receipt = documents.upload(parts, actor, rag.id, opened(files))
    refused = [r for r in receipt.refused if r.code not in {"already-there", "twice"}]
    if receipt.cycle is None and not refused:
        return
    value: dict[str, object] = {
        "rag": rag.name,
        "cycle": receipt.cycle,
        "accepted": list(receipt.accepted),
        "refused": [{"document": r.name, "code": r.code, "why": r.why} for r in refused],
    }
    lines = [f"Cycle {receipt.cycle} of {rag.name}: {', '.join(receipt.accepted)}"] if receipt.cycle else []
    tell(caller, value, "\n".join([*lines, *(r.why for r in refused)]))
