"""Limits on time that no handler swallows: a signal raises TooLong, which is no ordinary exception."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooLong(BaseException):
    """A piece of work took longer than it may."""


@contextmanager
def deadline(seconds: int) -> Iterator[None]:
    """Raise TooLong in the block when it has run for `seconds`; in the main thread, not nested."""

    def late(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
