"""What a job needs beside its id: this process's parts, wired once by `jobs.worker`."""

import threading
from dataclasses import dataclass, field

from portal import settings, wiring
from portal.wiring import Parts


@dataclass
class Context:
    parts: Parts | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    drained: threading.Event = field(default_factory=threading.Event)  # takes no more work for now
    anew: threading.Event = field(default_factory=threading.Event)  # its process is to be started afresh
    doing: str = ""  # the job in hand, for the worker's sign of life

    def wanted_back(self) -> bool:
        """Is the work in hand to be given back?"""
        return self.stopping.is_set() or self.drained.is_set()

    def ask_to_stop(self) -> None:
        """From a signal: by a thread, for the interrupted one may itself be about to set or await the
        event, and holds its lock."""
        threading.Thread(target=self.stopping.set, daemon=True).start()

    def begin_anew(self) -> None:
        """End the work and start this worker afresh, with the memory that it has gathered given back."""
        self.anew.set()
        self.stopping.set()


_context = Context()


def context() -> Context:
    return _context


def parts() -> Parts:
    """The parts of this worker; wired from the settings if nobody did."""
    if _context.parts is None:
        _context.parts = wiring.wire(settings.read())
    return _context.parts
