"""Whether an embedded part still answers: one that hangs, though it has not ended, is started again.

Asked from a thread of its own, so that a part that takes its time holds nobody up. Questions without an
answer are counted, not seconds: after a pause of the whole machine nobody is blamed.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from portal.embedded.process import Child

LOOK_SECONDS = 5.0
MISSES = 12  # questions in a row without an answer: about a minute, a busy part answers sooner
STARTING = 5  # times as many are waited for until its first answer


@dataclass
class Watch:
    """`answers` asks the part, for a second at most."""

    child: Child
    answers: Callable[[], bool]
    misses: int = MISSES
    look_seconds: float = LOOK_SECONDS
    _missed: int = 0
    _answered: bool = False
    _pid: int | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        threading.Thread(target=self._run, name=f"watch {self.child.name}", daemon=True).start()

    def end(self) -> None:
        self._ended.set()

    @property
    def hangs(self) -> bool:
        """Does it run without answering? One that has ended, or was just started, does not hang."""
        allowed = self.misses if self._answered else self.misses * STARTING
        return self.child.running and self.child.pid == self._pid and self._missed >= allowed

    def _run(self) -> None:
        while not self._ended.is_set():
            if self.child.pid != self._pid:
                self._pid, self._missed, self._answered = self.child.pid, 0, False
            if self.answers():
                self._missed, self._answered = 0, True
            else:
                self._missed += 1
            self._ended.wait(self.look_seconds)
