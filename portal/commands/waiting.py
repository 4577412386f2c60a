"""Workers for a command that waits: those that run, else one of its own for as long as it waits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import redis

from portal import work_queue
from portal.embedded.process import Child
from portal.embedded.running import end_in_order
from portal.embedded.supervisor import worker
from portal.errors import CannotStart, PartDown
from portal.wiring import Parts

START_SECONDS = 120.0
RESTARTS = 5


@contextmanager
def workers_running(parts: Parts, queue: str = work_queue.PIPELINE) -> Iterator[Callable[[], None]]:
    """There is a worker of this queue while the block runs; call what it gives now and then."""
    try:
        here = any(w.queue == queue for w in work_queue.workers(parts.redis))
    except redis.RedisError as e:
        raise PartDown("queue", str(e)) from e
    if here:
        yield lambda: None
        return
    child = worker(parts.settings, queue)
    child.start()
    try:
        if not work_queue.wait_for_worker(parts.redis, queue, START_SECONDS, lambda: child.running):
            raise CannotStart("part-failed", part=child.name, why=child.last_words())
        work_queue.send_pending(parts.engine, parts.redis)
        yield _kept_running(child)
    finally:
        end_in_order([child])


def _kept_running(child: Child) -> Callable[[], None]:
    """Start the child again when it has ended, a few times."""
    left = RESTARTS

    def look() -> None:
        nonlocal left
        if child.running:
            return
        left -= 1
        if not left:
            raise CannotStart("part-failed", part=child.name, why=child.last_words())
        child.start()

    return look
