"""The five steps of a cycle, one after the other, each under a lease; what failed is told, not lost."""

import logging
import os
import socket
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta

import psutil
import redis
from sqlalchemy import update
from sqlmodel import col, select

from jobs import room
from jobs.context import context
from jobs.deadlines import TooLong, deadline
from jobs.steps import graphrag, merge_onto, merge_triples, schema, staging
from jobs.work import Work
from kg.errors import KgError, ModelDown, StoreDown, TooSlow
from portal import cycles, events
from portal.errors import PartDown, PortalError
from portal.leases import Cancelled, Interrupted, Lease, LeaseLost, Paused, beating, claim_step
from portal.models import Cycle, CycleState, Step, StepName, StepState, now
from portal.tracing import doing
from portal.wiring import Parts
from portal.work_queue import CYCLE, enqueue

log = logging.getLogger(__name__)

STEPS: Mapping[StepName, Callable[[Work], None]] = {
    StepName.graphrag: graphrag.run,
    StepName.schema: schema.run,
    StepName.merge_onto: merge_onto.run,
    StepName.merge_triples: merge_triples.run,
    StepName.staging: staging.run,
}
MAX_DEATHS = 5  # workers that one step may take down before it is given up
STEP_SECONDS = 3600
WAIT_SECONDS = 5.0  # before a part that was down is tried again
_AWAY = (StoreDown, ModelDown, TooSlow, PartDown, redis.ConnectionError, redis.TimeoutError)


def owner() -> str:
    """Who this process is, for leases: another process can tell whether it still lives."""
    process = psutil.Process()
    return f"{socket.gethostname()}:{os.getpid()}:{process.create_time():.0f}"


def run_cycle(parts: Parts, cycle_id: int, interrupted: Callable[[], bool]) -> None:
    """Run what is left of the cycle, or as much as this worker may; nothing if another one has it."""
    while True:
        work = _next(parts, cycle_id, interrupted)
        if work is None:
            return
        if _needs_room(work):
            _begin_anew(work)
            return
        if not _run_step(work):
            return


def _begin_anew(work: Work) -> None:
    log.info("this worker begins anew, to have room for a large cycle")
    _give_back(work, 0)
    context().begin_anew()


def _needs_room(work: Work) -> bool:
    """Every step leaves half a gigabyte of models and values behind; the next of a large cycle needs it."""
    return work.step is not StepName.graphrag and room.is_short(graphrag.counts(work)[1])


def _next(parts: Parts, cycle_id: int, interrupted: Callable[[], bool]) -> Work | None:
    """The next step, claimed; None if there is none to be had."""
    with parts.session() as db:
        cycle = db.get(Cycle, cycle_id)
        if cycle is None or cycle.state not in (CycleState.waiting, CycleState.running):
            return None
        step = db.exec(
            select(Step)
            .where(Step.cycle_id == cycle_id, Step.state != StepState.done)
            .order_by(col(Step.position))
        ).first()
        if step is None:
            return None
        attempt = claim_step(db, step, owner())
        if attempt is None:
            return None
        db.refresh(cycle)
        assert step.id is not None
        lease = Lease(parts.engine, step.id, cycle_id, attempt, interrupted)
        work = Work(parts, lease, cycle_id, cycle.rag_id, cycle.number, cycle.kind, step.name)
        if cycle.cancel_requested:
            _cancel(work)
            return None
        if step.deaths >= MAX_DEATHS:
            _fail(work, "worker-died")
            return None
    with work.session() as db:
        db.execute(
            update(Cycle)
            .where(col(Cycle.id) == cycle_id, col(Cycle.state) == CycleState.waiting)
            .values(state=CycleState.running)
        )
    work.tell("running")
    return work


def _run_step(work: Work) -> bool:
    """True if the step is done; else it was given back, has failed, or is another worker's."""
    with doing(f"step {work.step}", rag=work.rag_id, cycle=work.cycle_id, step=work.lease.step_id):
        log.info("%s begins", work.step)
        return _outcome(work)


def _outcome(work: Work) -> bool:
    try:
        with beating(work.lease.beat):
            _within_time(work)
            work.lease.check()
        _finish(work)
    except LeaseLost:
        log.warning("the lease of %s is another worker's now", work.step)
    except Cancelled:
        _cancel(work)
    except Paused as e:
        _pause(work, e.code)
    except TooLong:
        _fail(work, "step-too-long")
    except Interrupted:
        _give_back(work, 0)
    except room.Short:
        _begin_anew(work)
    except _AWAY as e:
        log.warning("%s waits: %s", work.step, e)
        _give_back(work, WAIT_SECONDS, _code(e))
    except (KgError, PortalError) as e:
        log.warning("%s failed: %s", work.step, e)
        _fail(work, _code(e))
    except Exception:
        number = uuid.uuid4().hex[:8]
        log.exception("%s failed, error %s", work.step, number)
        _fail(work, f"internal-error {number}")
    else:
        return True
    return False


def _within_time(work: Work) -> None:
    """The extraction sees to its text units' time itself; every other step has an hour."""
    if work.step is StepName.graphrag:
        STEPS[work.step](work)
        return
    with deadline(STEP_SECONDS):
        STEPS[work.step](work)


def _finish(work: Work) -> None:
    last = work.step is list(StepName)[-1]
    _close(work, StepState.done, CycleState.review if last else None)
    work.tell("review" if last else "done")


def _fail(work: Work, error: str) -> None:
    try:
        _close(work, StepState.failed, CycleState.failed, error[:2000])
    except LeaseLost:
        return
    work.tell("failed", error=error)


def _close(work: Work, state: StepState, cycle_state: CycleState | None, error: str = "") -> None:
    """The end of a step and, with `cycle_state`, of the cycle's work, in one fenced transaction."""
    with work.parts.session() as db:
        work.lease.fence(db)
        db.execute(
            update(Step)
            .where(col(Step.id) == work.lease.step_id)
            .values(
                state=state,
                error=error,
                detail="",
                lease_owner="",
                lease_until=None,
                deaths=0,
                finished_at=now(),
            )
        )
        if cycle_state is not None:
            db.execute(
                update(Cycle)
                .where(col(Cycle.id) == work.cycle_id)
                .values(state=cycle_state, error=error, finished_at=now())
            )
        db.commit()


def _cancel(work: Work) -> None:
    try:
        with work.parts.session() as db:
            work.lease.fence(db)
            cycles.set_cancelled(db, work.cycle(db))
            db.commit()
    except LeaseLost:
        return
    work.tell("cancelled")


def _pause(work: Work, why: str) -> None:
    """The step waits, with what it has done, until a person gives it a new budget."""
    try:
        with work.parts.session() as db:
            work.lease.fence(db)
            step, cycle = db.get_one(Step, work.lease.step_id), work.cycle(db)
            step.state, step.attempt, step.deaths = StepState.waiting, step.attempt + 1, 0
            step.lease_owner, step.lease_until = "", None
            cycle.state, cycle.error = CycleState.paused, why
            db.add(step)
            db.add(cycle)
            db.commit()
    except LeaseLost:
        return
    work.tell("paused", error=why)


def _give_back(work: Work, seconds: float, error: str = "") -> None:
    """Another worker, or this one later, takes the step on from here; `error` says what it waits for."""
    try:
        with work.parts.session() as db:
            work.lease.fence(db)
            step = db.get_one(Step, work.lease.step_id)
            step.lease_owner, step.deaths, step.error = "", 0, error[:2000]
            step.lease_until = now() + timedelta(seconds=seconds) if seconds else None
            db.add(step)
            if not seconds:
                enqueue(db, CYCLE, work.cycle_id)
            db.commit()
    except (LeaseLost, PartDown):
        return  # the lease ends by itself
    if error:
        events.publish(work.parts.redis, work.cycle_id, events.Progress("waiting", work.step, error=error))


def _code(error: Exception) -> str:
    """A code of `portal.messages`, or an English sentence of the library."""
    if isinstance(error, StoreDown | TooSlow):
        return "store-down"
    if isinstance(error, ModelDown):
        return "model-down"
    if isinstance(error, redis.RedisError):
        return "queue-down"
    if isinstance(error, PortalError):
        return error.code
    return str(error)
