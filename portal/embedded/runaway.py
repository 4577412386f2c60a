"""A graph store that works for nobody, or takes the machine's memory, is ended, to be started again.

Oxigraph's time limit does not end what collects rows before it gives any on: sorting, `DISTINCT`, `MINUS`
and `OPTIONAL` over a cross product go on for hours after the client has gone, and take gigabytes. Such work
holds a connection that its client has closed. Ending the process loses nothing: what was acknowledged is on
the disk.
"""

import threading
import time
from dataclasses import dataclass, field

import psutil

from portal.embedded.process import Child

LOOK_SECONDS = 1.0
GONE_SECONDS = 90.0  # after its client has gone; the store's own limit for queries is 60
SHARE = 0.5  # of the machine's memory


@dataclass
class Runaway:
    """Looks from a thread of its own; `most` is in bytes."""

    child: Child
    most: int = field(default_factory=lambda: int(psutil.virtual_memory().total * SHARE))
    gone_seconds: float = GONE_SECONDS
    look_seconds: float = LOOK_SECONDS
    _left: dict[tuple[int, int], float] = field(default_factory=dict)  # (pid, port of the client): since when
    _ran_away: int | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        threading.Thread(target=self._run, name=f"runaway {self.child.name}", daemon=True).start()

    def end(self) -> None:
        self._ended.set()

    @property
    def ran_away(self) -> bool:
        return self.child.running and self.child.pid == self._ran_away

    def _run(self) -> None:
        while not self._ended.wait(self.look_seconds):
            pid = self.child.pid
            if pid is None or not self.child.running:
                continue
            try:
                process = psutil.Process(pid)
                if process.memory_info().rss > self.most or self._works_for_nobody(process):
                    self._ran_away = pid
            except psutil.Error:
                continue  # it has just ended

    def _works_for_nobody(self, process: psutil.Process) -> bool:
        now = time.monotonic()
        gone = {
            (process.pid, c.raddr.port)
            for c in process.net_connections("tcp")
            if c.status == psutil.CONN_CLOSE_WAIT and c.raddr
        }
        self._left = {each: self._left.get(each, now) for each in gone}
        return any(now - since > self.gone_seconds for since in self._left.values())
