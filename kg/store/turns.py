"""One writer after the other, for a store that does not see to it itself.

Oxigraph (0.5) runs updates side by side, each on its own snapshot, and commits them all: of two
that both found version 3 both publish version 4. It serves one machine only, so a lock of the
operating system gives the turns. A killed writer's lock is free at once, but its request may still
be running in the store: so each leaves a note of its flight, taken away when it has landed, and who
finds one waits until it has landed or must have failed.
"""

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from kg.errors import StoreAway, StoreDown, StoreError
from kg.vocab import digest

LONGEST_WAIT = 600.0  # seconds for the turn
AT_LEAST, QUADS_PER_SECOND = 5.0, 2_000  # how long a flight may take; ten times what it usually does


@dataclass(frozen=True, slots=True)
class Flight:
    """A publication under way: `until` is a time of day in seconds."""

    version: int
    token: str
    until: float


def flight(version: int, token: str, quads: int) -> Flight:
    return Flight(version, token, time.time() + AT_LEAST + quads / QUADS_PER_SECOND)


@contextlib.contextmanager
def turn(
    place: str, mine: Flight, landed: Callable[[Flight], bool], folder: Path | None = None
) -> Iterator[None]:
    """Hold the turn at this place (a store's port and a dataset).

    All publishers must use the same folder: one of their installation, or by default the user's own
    among the temporary ones. `landed` tells whether a publication is there. StoreDown if the turn
    does not come. A body that ends in StoreDown leaves its note, for its request may still be
    running; StoreAway does not.
    """
    folder = folder or Path(tempfile.gettempdir()) / f"ferag-turns-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():  # somebody else made it, to have us write where he likes
        raise StoreError(f"{folder} belongs to another user")
    note = folder / f"{digest(place, length=24)}.flight"
    try:
        with FileLock(note.with_suffix(".lock"), timeout=LONGEST_WAIT, poll_interval=0.02):
            _wait(note, mine, landed)
            note.write_text(json.dumps(asdict(mine)))
            try:
                yield
            except StoreAway:
                note.unlink()
                raise
            except StoreDown:
                raise
            except BaseException:
                note.unlink()
                raise
            else:
                note.unlink()
    except Timeout:
        raise StoreDown("others are publishing; the turn did not come") from None


def _wait(note: Path, mine: Flight, landed: Callable[[Flight], bool]) -> None:
    """Until the flight that somebody left behind is over."""
    if not note.exists():
        return
    try:
        other = Flight(**json.loads(note.read_text()))
    except (ValueError, TypeError):
        # cut off while it was written, so its request was not sent yet
        return
    # a clock that was set back must not make us wait for ever
    until = min(other.until, time.time() + LONGEST_WAIT)
    while time.time() < until and not landed(other):
        time.sleep(0.1)
