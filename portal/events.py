"""Progress on Redis channel `task:{cycle id}` as it happens: a hint to look at the rows, not the record."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import redis

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    status: str
    step: str
    done: int = 0
    total: int = 0
    error: str = ""


def channel(task_id: int) -> str:
    return f"task:{task_id}"


def publish(client: redis.Redis, task_id: int, progress: Progress) -> None:
    """Tell who listens; a queue that is down loses the hint, nothing else."""
    try:
        client.publish(channel(task_id), json.dumps(asdict(progress)))
    except redis.RedisError as e:
        log.debug("progress of task %s is not published: %s", task_id, e)


@contextmanager
def listen(client: redis.Redis, task_id: int) -> Iterator[Iterator[Progress | None]]:
    """Progress as it comes; None about once a second, so that the listener can look at the rows."""
    pubsub = client.pubsub(ignore_subscribe_messages=True)
    pubsub.subscribe(channel(task_id))

    def messages() -> Iterator[Progress | None]:
        while True:
            message = pubsub.get_message(timeout=1.0)
            yield Progress(**json.loads(message["data"])) if message else None

    try:
        yield messages()
    finally:
        pubsub.close()
