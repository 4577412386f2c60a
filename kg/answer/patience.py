"""Waiting for a model that says nothing yet: whoever looks on can stop the answer meanwhile."""

import contextvars
import queue
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Ended:
    error: BaseException | None = None


def piece_by_piece(pieces: Callable[[], Generator[str]]) -> Generator[str | Beat]:
    """What is written, with a `Beat` for each half second in which nothing is.

    Writing that nobody waits for any more is closed at its next piece, or ends at its own time limit.
    """
    made: queue.SimpleQueue[str | _Ended] = queue.SimpleQueue()
    left = threading.Event()
    bound = contextvars.copy_context()

    def work() -> None:
        try:
            with closing(pieces()) as source:
                for piece in source:
                    made.put(piece)
                    if left.is_set():
                        return
        except BaseException as e:  # noqa: BLE001 - raised again where it is waited for
            made.put(_Ended(e))
        else:
            made.put(_Ended())

    threading.Thread(target=bound.run, args=(work,), daemon=True, name="patience").start()
    try:
        while True:
            try:
                piece = made.get(timeout=BEAT_SECONDS)
            except queue.Empty:
                yield Beat()
                continue
            if not isinstance(piece, _Ended):
                yield piece
            elif piece.error is not None:
                raise piece.error
            else:
                return
    finally:
        left.set()
