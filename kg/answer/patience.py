"""Waiting for a call that says nothing until it ends: whoever looks on can stop the answer meanwhile."""

import contextvars
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import TypeVar

from kg.answer.model import Beat

T = TypeVar("T")
BEAT_SECONDS = 0.5


class OutOfTime(Exception):
    """The call is not waited for any longer."""


def patiently(call: Callable[[], T], until: float | None = None) -> Generator[Beat, None, T]:
    """The call's result or error, with a `Beat` every half second; OutOfTime at `until` (monotonic seconds).

    A call that is not waited for ends by itself: it holds a time limit of its own.
    """
    made: Future[T] = Future()
    bound = contextvars.copy_context()  # its log lines and spans belong to this answer

    def work() -> None:
        try:
            made.set_result(bound.run(call))
        except BaseException as e:  # noqa: BLE001 - raised again where it is waited for
            made.set_exception(e)

    threading.Thread(target=work, daemon=True, name="patience").start()
    while True:
        try:
            return made.result(BEAT_SECONDS)
        except TimeoutError:
            if made.done():  # the call's own
                raise
        if until is not None and time.monotonic() > until:
            raise OutOfTime
        yield Beat()
