"""What nobody works on is found and asked for again: by every worker, every few seconds, one at a time."""

import logging
import socket

import psutil
import redis
from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from portal import purging, upkeep
from portal.leases import free
from portal.models import ChatMessage, Cycle, CycleState, MessageState, Step, StepState, now
from portal.wiring import Parts
from portal.work_queue import ANSWER, CYCLE, INDEX, PUBLISH, PURGE, push, queued, send_pending

log = logging.getLogger(__name__)

SECONDS = 5


def sweep(parts: Parts) -> int:
    """Send what the outbox holds and re-enqueue what should run; how many jobs. Once per SECONDS."""
    if not parts.redis.set("ferag:sweeping", 1, nx=True, ex=SECONDS - 1):
        return 0
    sent = send_pending(parts.engine, parts.redis)
    with parts.session() as db:
        _free_the_dead(db)
        wanted = {*_cycles(db), *_publishing(db), *_answers(db), *_indexes(parts, db), *_purges(db)}
        wanted -= queued(parts.redis)
    for task, argument in sorted(wanted):
        log.info("nobody works on %s %s: enqueued again", task, argument)
        push(parts.redis, task, argument)
    return sent + len(wanted)


def _free_the_dead(db: Session) -> None:
    """Leases of processes of this machine that are gone need not be waited for."""
    here = socket.gethostname()
    held = db.exec(
        select(Step.id, Step.lease_owner, Step.attempt).where(
            Step.state == StepState.running,
            col(Step.lease_owner).startswith(f"{here}:", autoescape=True),
            col(Step.lease_until) > now(),
        )
    ).all()
    for step_id, owner, attempt in held:
        if not _lives(owner):
            log.warning("the worker %s died with step %s", owner, step_id)
            db.execute(
                update(Step)
                .where(col(Step.id) == step_id, col(Step.attempt) == attempt)
                .values(lease_until=now())
            )
    db.commit()


def _lives(owner: str) -> bool:
    _, pid, began = owner.rsplit(":", 2)
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(began)) < 2
    except psutil.Error:
        return False


def _cycles(db: Session) -> list[tuple[str, str]]:
    """Cycles to be run whose next step nobody holds."""
    held = select(Step.cycle_id).where(Step.state == StepState.running, ~free())
    found = db.exec(
        select(Cycle.id).where(
            col(Cycle.state).in_([CycleState.waiting, CycleState.running]), col(Cycle.id).not_in(held)
        )
    )
    return [(CYCLE, str(i)) for i in found]


def _publishing(db: Session) -> list[tuple[str, str]]:
    found = db.exec(
        select(Cycle.id).where(
            Cycle.state == CycleState.publishing,
            or_(col(Cycle.lease_until).is_(None), col(Cycle.lease_until) < now()),
        )
    )
    return [(PUBLISH, str(i)) for i in found]


def _answers(db: Session) -> list[tuple[str, str]]:
    found = db.exec(
        select(ChatMessage.id).where(
            col(ChatMessage.state).in_([MessageState.waiting, MessageState.writing]),
            or_(col(ChatMessage.lease_until).is_(None), col(ChatMessage.lease_until) < now()),
        )
    )
    return [(ANSWER, str(i)) for i in found]


def _indexes(parts: Parts, db: Session) -> list[tuple[str, str]]:
    return [(INDEX, str(i)) for i in upkeep.due(db, parts.embedder_name)]


def _purges(db: Session) -> list[tuple[str, str]]:
    return [(PURGE, str(i)) for i in purging.due(db)]


def sweep_quietly(parts: Parts) -> None:
    """A sweep that a part's absence only postpones."""
    try:
        sweep(parts)
    except redis.RedisError as e:
        log.debug("the queue does not answer: %s", e)
