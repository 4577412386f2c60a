"""Whether anybody works: pages say so instead of waiting for ever."""

import redis

from portal import work_queue
from portal.errors import PartDown
from portal.wiring import Parts


def check(parts: Parts) -> None:
    """Raises PartDown if the queue does not answer or no worker was heard of lately."""
    try:
        found = work_queue.workers(parts.redis)
    except redis.RedisError as e:
        raise PartDown("queue", str(e)) from e
    if not any(w.queue == work_queue.PIPELINE for w in found):
        raise PartDown("worker")
