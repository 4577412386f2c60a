"""RQ as a wake-up signal. What is to be done stands in SQL; a job only says "look at this id".

`enqueue` writes an outbox row in the transaction that makes the work necessary. The row is sent when
the session closes, or by a worker's sweeper if the queue was down then. A job that is lost, doubled or
late does no harm: leases (`portal.leases`) decide who works, the sweeper finds what nobody works on.
"""

import json
import logging
import os
import socket
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

import redis
from rq import Queue
from sqlalchemy import Engine, delete, update
from sqlmodel import Session, col, select

from portal.models import Outbox, now
from portal.tracing import carrier

log = logging.getLogger(__name__)

PIPELINE = "ferag"
QUICK = "ferag-quick"  # people wait for these: answers and publishing
QUEUES = (PIPELINE, QUICK)
CYCLE = "jobs.tasks.cycle"
EXTRACT = "jobs.tasks.extract"
PUBLISH = "jobs.tasks.publish"
INDEX = "jobs.tasks.index"
ANSWER = "jobs.tasks.answer"
PURGE = "jobs.tasks.purge"
KEPT = timedelta(days=1)  # sent outbox rows
ALIVE_SECONDS = 20  # a worker that has not been heard of for longer is gone
DRAINED_SECONDS = 30 * 24 * 3600
_PENDING = "ferag.enqueued"


def queue_of(task: str) -> str:
    return QUICK if task in (PUBLISH, ANSWER) else PIPELINE


def enqueue(db: Session, task: str, argument: object) -> None:
    """Ask for a job in this transaction: it is sent if, and only if, the transaction commits."""
    db.add(Outbox(task=task, argument=str(argument), carrier=carrier()))
    db.info[_PENDING] = True


def has_enqueued(db: Session) -> bool:
    return bool(db.info.pop(_PENDING, False))


def send_pending(engine: Engine, client: redis.Redis) -> int:
    """Send the outbox; how many jobs. A queue that is down leaves the rows for the next time."""
    sent = 0
    with Session(engine) as db:
        rows = db.exec(select(Outbox).where(col(Outbox.sent_at).is_(None)).order_by(col(Outbox.id))).all()
        if not rows:
            return 0
        try:
            waiting = queued(client)
            for row in rows:
                if (row.task, row.argument) not in waiting:
                    push(client, row.task, row.argument, row.carrier)
                    waiting.add((row.task, row.argument))
                    sent += 1
        except redis.RedisError as e:
            log.warning("the queue does not answer, %d jobs wait: %s", len(rows) - sent, e)
            return sent
        ids = [r.id for r in rows]
        db.execute(update(Outbox).where(col(Outbox.id).in_(ids)).values(sent_at=now()))
        db.execute(delete(Outbox).where(col(Outbox.sent_at) < now() - KEPT))
        db.commit()
    return sent


def push(
    client: redis.Redis, task: str, argument: str, along: Mapping[str, str] | None = None, queue: str = ""
) -> None:
    """One job now. Its id tells what it is about, so that `queued` need not load it.

    `along` is the trace of who asked for it, see `portal.tracing`; `queue` if not the task's own.
    """
    Queue(queue or queue_of(task), connection=client).enqueue_call(
        func=task,
        args=(argument,),
        job_id=f"{task.replace('.', '_')}-{argument}-{uuid.uuid4().hex[:8]}",
        timeout=-1,  # deadlines are the steps' own
        result_ttl=0,
        failure_ttl=24 * 3600,
        meta=dict(along or {}),
    )


def queued(client: redis.Redis) -> set[tuple[str, str]]:
    """(task, argument) of every job that waits for a worker."""
    found = set()
    for name in QUEUES:
        for job_id in Queue(name, connection=client).get_job_ids():
            task, argument, _ = job_id.rsplit("-", 2)
            found.add((task.replace("_", ".", 2), argument))
    return found


# ---- workers


@dataclass(frozen=True, slots=True)
class WorkerSign:
    """A worker's sign of life."""

    name: str
    queue: str
    host: str
    pid: int
    since: float  # epoch seconds
    doing: str = ""
    seen: float = 0.0  # epoch seconds of this sign
    drained: bool = False  # it was asked to take no more work


def sign(name: str, queue: str, since: float, doing: str) -> WorkerSign:
    return WorkerSign(name, queue, socket.gethostname(), os.getpid(), since, doing, time.time())


def still_here(client: redis.Redis, worker: WorkerSign) -> None:
    client.set(f"ferag:worker:{worker.name}", json.dumps(asdict(worker)), ex=ALIVE_SECONDS)


def gone(client: redis.Redis, name: str) -> None:
    client.delete(f"ferag:worker:{name}")


def workers(client: redis.Redis) -> tuple[WorkerSign, ...]:
    """The workers heard of lately, of all machines."""
    keys = sorted(client.scan_iter("ferag:worker:*", count=1000))
    values = client.mget(keys) if keys else []
    signs = [WorkerSign(**json.loads(v)) for v in values if v]
    asked = client.mget([_drain_key(w.name) for w in signs]) if signs else []
    return tuple(replace(w, drained=bool(d)) for w, d in zip(signs, asked, strict=True))


def set_drained(client: redis.Redis, name: str, drained: bool) -> None:
    """Ask a worker to give back what it has and take no more; or to work again."""
    if drained:
        client.set(_drain_key(name), 1, ex=DRAINED_SECONDS)
    else:
        client.delete(_drain_key(name))


def is_drained(client: redis.Redis, name: str) -> bool:
    return bool(client.exists(_drain_key(name)))


def _drain_key(name: str) -> str:
    return f"ferag:drained:{name}"


def lengths(client: redis.Redis) -> dict[str, int]:
    """How many jobs wait in each queue."""
    return {name: Queue(name, connection=client).count for name in QUEUES}


def wait_for_worker(client: redis.Redis, queue: str, seconds: float, still: Callable[[], bool]) -> bool:
    """Is there a worker of this queue within `seconds`? Gives up when `still` says no."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and still():
        if any(w.queue == queue for w in workers(client)):
            return True
        time.sleep(0.1)
    return False
