"""A worker that dies of SIGKILL at every moment of every step it comes by, each moment once.

`python tests/faults/dying_worker.py FOLDER [worker's arguments]`: FOLDER remembers which deaths were died.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs import pipeline, worker
from kg import versions as graph_versions
from portal import versions

MOMENTS = ("before", "during", "after")
PUBLISH_MOMENTS = (
    "before",
    "indexed",
    "stored",
    "after",
)  # "indexed": the index is written, the graph is not
DURING_SECONDS = 0.15


def die_once(folder: Path, name: str) -> None:
    note = folder / name
    if not note.exists():
        note.touch()
        os.sync()
        os.kill(os.getpid(), signal.SIGKILL)


def deadly(folder: Path, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def step(*arguments: Any) -> Any:
        die_once(folder, f"{name}-before")
        if not (folder / f"{name}-during").exists():
            threading.Timer(DURING_SECONDS, die_once, (folder, f"{name}-during")).start()
        done = real(*arguments)
        die_once(folder, f"{name}-during")  # it was faster than the timer
        die_once(folder, f"{name}-after")
        return done

    return step


def publishing(folder: Path, real: Callable[..., Any]) -> Callable[..., Any]:
    """`versions.finish` that dies where one of its parts is done and the next is not begun."""
    store = graph_versions.publish

    def publish(*arguments: Any, **named: Any) -> None:
        die_once(folder, "publish-indexed")
        store(*arguments, **named)
        die_once(folder, "publish-stored")

    def finish(*arguments: Any) -> Any:
        die_once(folder, "publish-before")
        done = real(*arguments)
        die_once(folder, "publish-after")
        return done

    graph_versions.publish = publish
    return finish


if __name__ == "__main__":
    where = Path(sys.argv[1])
    pipeline.STEPS = {n: deadly(where, n, f) for n, f in pipeline.STEPS.items()}
    versions.finish = publishing(where, versions.finish)
    sys.exit(worker.main(sys.argv[2:]))
