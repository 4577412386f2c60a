"""A child process that ends with its parent, writes a log file, and can be started again."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOG_BYTES = 10 * 2**20  # a larger log is put aside when its process starts
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass
class Child:
    """`name` is for people; start and stop it from the main thread only (see `_die_with_parent`)."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._process.poll() if self._process else None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=os.environ | self.environment,
                start_new_session=True,  # Ctrl-C reaches the parent only, which ends its children in order
                preexec_fn=_die_with_parent(os.getpid()),  # noqa: PLW1509
            )

    def ask_to_end(self) -> None:
        if self.running and self._process:
            self._process.terminate()

    def kill(self) -> None:
        """For one that hangs: it hears nothing else."""
        if self.running and self._process:
            self._process.kill()

    def wait(self, seconds: float) -> None:
        """Until it has ended; it is killed when that takes longer."""
        if self._process is None:
            return
        try:
            self._process.wait(timeout=max(seconds, 0.05))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def last_words(self, characters: int = 600) -> str:
        """The end of its log."""
        try:
            with self.log.open("rb") as stream:
                stream.seek(max(0, self.log.stat().st_size - characters))
                return stream.read().decode(errors="replace").strip()
        except FileNotFoundError:
            return ""


def _die_with_parent(parent: int) -> Callable[[], None] | None:
    """What a child does first: ask the kernel to end it when the thread that started it is gone.

    Linux only. Elsewhere workers look after their parent themselves, and servers outlive a killed one.
    """
    if _LIBC is None:
        return None

    libc = _LIBC

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask
