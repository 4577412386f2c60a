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
from portal import versions

MOMENTS = ("before", "during", "after")
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


if __name__ == "__main__":
    where = Path(sys.argv[1])
    pipeline.STEPS = {n: deadly(where, n, f) for n, f in pipeline.STEPS.items()}
    versions.finish = deadly(where, "publish", versions.finish)
    sys.exit(worker.main(sys.argv[2:]))
