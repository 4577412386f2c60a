"""Calls that wait for a place when the work is stopped, or the endpoint has refused one, are not made."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kg.errors import ModelRefused


class Halted(BaseException):
    """This call is not made: whoever waits for it has stopped."""


@dataclass(frozen=True)
class Halt:
    """Shared by the threads that read one cycle in one process."""

    _halted: threading.Event = field(default_factory=threading.Event)

    def now(self) -> None:
        self._halted.set()

    def over(self) -> None:
        """Calls are made again."""
        self._halted.clear()

    @contextmanager
    def around(self) -> Iterator[None]:
        """Around each call, when it has its place."""
        if self._halted.is_set():
            raise Halted
        try:
            yield
        except ModelRefused as refused:
            # a request that does not fit (400) may be this one's alone; a wrong key is everybody's
            if getattr(refused.__cause__, "status_code", 400) != 400:
                self.now()
            raise
