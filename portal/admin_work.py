"""Work as an administrator sees it: queues, workers, steps; and what can be done about it."""

from dataclasses import dataclass
from datetime import datetime

import redis
from sqlmodel import col, select

from portal import access, audit, cycles, work_queue
from portal.access import Actor
from portal.errors import NotFound, PartDown
from portal.leases import SECONDS as LEASE_SECONDS
from portal.models import Cycle, CycleState, Step, StepName, StepState, now
from portal.wiring import Parts
from portal.work_queue import WorkerSign


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step that runs or failed."""

    rag_id: int
    cycle: int
    name: StepName
    state: StepState
    done: int
    total: int
    owner: str  # the worker: host:pid:began; "" if nobody has it
    beat: float | None  # seconds since its worker extended the lease; None if nobody has it
    attempt: int
    error: str
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueLine:
    name: str
    waiting: int
    workers: int


def queues(parts: Parts, actor: Actor) -> tuple[QueueLine, ...]:
    """How many jobs wait in each queue, and who works on it."""
    access.check_admin(actor)
    try:
        signs = work_queue.workers(parts.redis)
        lengths = work_queue.lengths(parts.redis)
    except redis.RedisError as e:
        raise PartDown("queue", str(e)) from e
    return tuple(QueueLine(n, many, sum(w.queue == n for w in signs)) for n, many in lengths.items())


def workers(parts: Parts, actor: Actor) -> tuple[WorkerSign, ...]:
    access.check_admin(actor)
    try:
        return work_queue.workers(parts.redis)
    except redis.RedisError as e:
        raise PartDown("queue", str(e)) from e


def drain(parts: Parts, actor: Actor, name: str, drained: bool) -> None:
    """Let a worker give back what it has and take nothing more; or let it work again."""
    access.check_admin(actor)
    try:
        if not any(w.name == name for w in work_queue.workers(parts.redis)):
            raise NotFound("worker", name)
        work_queue.set_drained(parts.redis, name, drained)
    except redis.RedisError as e:
        raise PartDown("queue", str(e)) from e
    with parts.session() as db:
        audit.record(db, actor, "worker.drain" if drained else "worker.resume", subject=name)
        db.commit()


def steps(parts: Parts, actor: Actor, limit: int = 50) -> tuple[StepLine, ...]:
    """Steps that run or failed, of cycles that are not given up; the latest first."""
    access.check_admin(actor)
    with parts.session() as db:
        found = db.exec(
            select(Step, Cycle)
            .join(Cycle, col(Step.cycle_id) == Cycle.id)
            .where(col(Step.state).in_([StepState.running, StepState.failed]))
            .where(col(Cycle.state).in_([CycleState.running, CycleState.failed, CycleState.waiting]))
            .order_by(col(Step.id).desc())
            .limit(limit)
        ).all()
    return tuple(_line(step, cycle) for step, cycle in found)


def retry(parts: Parts, actor: Actor, rag_id: int, number: int) -> None:
    """Run a cycle on from the step that failed; its contents are not looked at."""
    access.check_admin(actor)
    cycles.run_on(parts, actor, rag_id, number)


def cancel(parts: Parts, actor: Actor, rag_id: int, number: int) -> None:
    access.check_admin(actor)
    cycles.stop(parts, actor, rag_id, number)


def _line(step: Step, cycle: Cycle) -> StepLine:
    beat = None
    if step.lease_until is not None and step.lease_owner:
        beat = max(0.0, LEASE_SECONDS - (step.lease_until - now()).total_seconds())
    return StepLine(
        rag_id=cycle.rag_id,
        cycle=cycle.number,
        name=step.name,
        state=step.state,
        done=step.done,
        total=step.total,
        owner=step.lease_owner,
        beat=beat,
        attempt=step.attempt,
        error=step.error,
        finished_at=step.finished_at,
    )
