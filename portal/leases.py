"""Who works on what. A lease ends by itself; its attempt number is the fencing token of every commit.

A worker that lost its lease (it was suspended, or cut off) finds at its next commit that the number is
no longer its own, and stops: `LeaseLost` derives from BaseException so that no handler swallows it.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Engine, exists, or_, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from portal.db import lock_writers
from portal.errors import PartDown
from portal.models import Cycle, Pause, Rag, Step, StepName, StepState, Unit, UnitState, now

log = logging.getLogger(__name__)

SECONDS = 20.0
BEAT_SECONDS = 4.0
PUBLISHING = "publishing"  # what can be paused
MERGING = (StepName.schema, StepName.merge_onto, StepName.merge_triples, StepName.staging)


class LeaseLost(BaseException):
    """Another worker holds this now: stop, commit nothing."""


class Cancelled(BaseException):
    """A person asked to stop this cycle."""


class Paused(BaseException):
    """The cycle's budget does not allow more: a person decides. `code` is one of portal.messages."""

    def __init__(self, code: str) -> None:
        self.code = code


class Interrupted(BaseException):
    """This worker is being shut down: give the work back in good order."""


def _until(seconds: float = SECONDS) -> object:
    return now() + timedelta(seconds=seconds)


def free() -> ColumnElement[bool]:
    """Condition: nobody holds the step."""
    return or_(col(Step.lease_until).is_(None), col(Step.lease_until) < now())


def claim_step(db: Session, step: Step, owner: str) -> int | None:
    """Take the step if nobody has it; the attempt number. Merging steps of one RAG run one at a time.

    Commits. A step whose last holder never gave it back counts a death.
    """
    lock_writers(db)
    cycle = db.get_one(Cycle, step.cycle_id)
    db.exec(select(Rag.id).where(Rag.id == cycle.rag_id).with_for_update()).one()
    conditions: list[ColumnElement[bool]] = [
        col(Step.id) == step.id,
        free(),
        col(Step.state).in_([StepState.waiting, StepState.running]),
    ]
    if step.name in MERGING:
        other, of = aliased(Step), aliased(Cycle)
        conditions.append(
            ~exists()
            .where(col(of.id) == other.cycle_id, col(of.rag_id) == cycle.rag_id)
            .where(col(other.cycle_id) != step.cycle_id, col(other.name).in_(MERGING))
            .where(col(other.lease_until) > now(), col(other.lease_owner) != "")
        )
    db.refresh(step)
    died = 1 if step.lease_owner else 0
    taken = db.execute(
        update(Step)
        .where(*conditions)
        .values(
            state=StepState.running,
            attempt=Step.attempt + 1,
            deaths=step.deaths + 1 if died else 0,
            lease_owner=owner,
            lease_until=_until(),
            started_at=step.started_at or now(),
            error="",
        )
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        db.rollback()
        return None
    db.commit()
    db.refresh(step)
    return step.attempt


@dataclass
class Lease:
    """A held step: `fence` inside every transaction, `check` between pieces of work."""

    engine: Engine
    step_id: int
    cycle_id: int
    attempt: int
    interrupted: Callable[[], bool] = lambda: False
    lost: bool = False
    cancelled: bool = False

    def fence(self, db: Session) -> None:
        """Raise LeaseLost unless this transaction's writes are ours to make."""
        ours = db.execute(
            update(Step)
            .where(
                col(Step.id) == self.step_id,
                col(Step.attempt) == self.attempt,
                col(Step.state) == StepState.running,
            )
            .values(lease_until=_until())
            .execution_options(synchronize_session=False)
        )
        if not ours.rowcount:  # type: ignore[attr-defined]
            db.rollback()
            self.lost = True
            raise LeaseLost

    def check(self) -> None:
        """Raise LeaseLost, Cancelled or Interrupted if it is time to stop."""
        if self.lost:
            raise LeaseLost
        if self.cancelled:
            raise Cancelled
        if self.interrupted():
            raise Interrupted

    def beat(self) -> None:
        """Extend the lease, and see whether someone asked to cancel."""
        with Session(self.engine) as db:
            try:
                self.fence(db)
            except LeaseLost:
                return
            self.cancelled = db.exec(select(Cycle.cancel_requested).where(Cycle.id == self.cycle_id)).one()
            db.commit()


def claim_units(db: Session, cycle_id: int, count: int) -> dict[int, int]:
    """Take up to `count` waiting units of the cycle: id -> attempt. Commits."""
    lock_writers(db)
    rows = db.exec(
        select(Unit.id, Unit.attempt)
        .where(
            Unit.cycle_id == cycle_id,
            Unit.state == UnitState.waiting,
            or_(col(Unit.lease_until).is_(None), col(Unit.lease_until) < now()),
        )
        .order_by(col(Unit.id))
        .limit(count)
        .with_for_update(skip_locked=True)
    ).all()
    for unit_id, attempt in rows:
        db.execute(
            update(Unit)
            .where(col(Unit.id) == unit_id)
            .values(attempt=attempt + 1, lease_until=_until())
            .execution_options(synchronize_session=False)
        )
    db.commit()
    return {unit_id: attempt + 1 for unit_id, attempt in rows if unit_id is not None}


def beat_units(db: Session, units: dict[int, int]) -> None:
    """Extend the leases of these units."""
    for unit_id, attempt in list(units.items()):
        db.execute(
            update(Unit)
            .where(
                col(Unit.id) == unit_id, col(Unit.attempt) == attempt, col(Unit.state) == UnitState.waiting
            )
            .values(lease_until=_until())
            .execution_options(synchronize_session=False)
        )


def claim_publishing(db: Session, cycle_id: int) -> bool:
    """Take the right to publish the cycle, for SECONDS, unless publishing is paused; commits."""
    taken = db.execute(
        update(Cycle)
        .where(
            col(Cycle.id) == cycle_id,
            or_(col(Cycle.lease_until).is_(None), col(Cycle.lease_until) < now()),
            ~exists().where(col(Pause.name) == PUBLISHING, col(Pause.until) > now()),
        )
        .values(lease_until=_until())
        .execution_options(synchronize_session=False)
    )
    db.commit()
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def keep_publishing(db: Session, cycle_id: int) -> None:
    db.execute(update(Cycle).where(col(Cycle.id) == cycle_id).values(lease_until=_until()))
    db.commit()


def end_publishing(db: Session, cycle_id: int) -> None:
    db.execute(update(Cycle).where(col(Cycle.id) == cycle_id).values(lease_until=None))
    db.commit()


@contextmanager
def beating(beat: Callable[[], None]) -> Iterator[None]:
    """Call `beat` every few seconds, from a thread, while the block runs."""
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(BEAT_SECONDS):
            began = time.monotonic()
            try:
                beat()
            except (OperationalError, PartDown) as e:
                log.warning("a lease could not be extended after %.1f s: %s", time.monotonic() - began, e)

    thread = threading.Thread(target=run, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=BEAT_SECONDS)
