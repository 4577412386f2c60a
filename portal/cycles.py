"""Cycles: one upload, removal or correction on its way to approval, and how far it has come."""

from pathlib import Path

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from portal import access, audit, budgets, events, table_folders
from portal.access import Action, Actor
from portal.cycle_views import CycleView, view, views
from portal.errors import Conflict, Invalid, NotFound
from portal.models import (
    OPEN_STATES,
    Cycle,
    CycleKind,
    CycleState,
    Rag,
    Revision,
    Step,
    StepName,
    StepState,
    Unit,
    UnitState,
    now,
)
from portal.wiring import Parts
from portal.work_queue import CYCLE, enqueue

UNIT_TABLES = ("text_units.parquet", "create_final_text_units.parquet")
__all__ = [
    "CycleView",
    "cancel",
    "create",
    "find",
    "get",
    "import_tables",
    "next_number",
    "read_again",
    "recent",
    "restart_from",
    "retry",
    "run_on",
    "stop",
    "unfinished",
]


def next_number(db: Session, rag_id: int) -> int:
    """A number that no other cycle of the RAG has or gets."""
    db.execute(update(Rag).where(col(Rag.id) == rag_id).values(cycles=Rag.cycles + 1))
    return db.exec(select(Rag.cycles).where(Rag.id == rag_id)).one()


def create(db: Session, rag_id: int, kind: CycleKind, title: str, user_id: int) -> Cycle:
    """A cycle with its five steps, and the job that runs them; commit to make it so."""
    cycle = Cycle(
        rag_id=rag_id,
        number=next_number(db, rag_id),
        kind=kind,
        title=title[:200],
        budget=db.get_one(Rag, rag_id).cycle_tokens,
        created_by=user_id,
    )
    db.add(cycle)
    db.flush()
    assert cycle.id is not None
    for position, name in enumerate(StepName):
        db.add(Step(cycle_id=cycle.id, name=name, position=position))
    enqueue(db, CYCLE, cycle.id)
    return cycle


def restart_from(db: Session, cycle: Cycle, name: StepName) -> None:
    """Run this step and those after it again; whoever works on them now loses the lease."""
    position = list(StepName).index(name)
    db.execute(
        update(Step)
        .where(col(Step.cycle_id) == cycle.id, col(Step.position) >= position)
        .values(
            state=StepState.waiting,
            attempt=Step.attempt + 1,
            deaths=0,
            done=0,
            total=0,
            detail="",
            error="",
            lease_owner="",
            lease_until=None,
            started_at=None,
            finished_at=None,
        )
    )
    cycle.state, cycle.error, cycle.cancel_requested = CycleState.waiting, "", False
    cycle.finished_at = None
    db.add(cycle)
    enqueue(db, CYCLE, cycle.id)


def import_tables(parts: Parts, actor: Actor, rag_id: int, source: Path) -> int:
    """A cycle from an output folder of MS GraphRAG, or a zip of one; its number. Invalid if it is none."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.upload)
    assert actor.user_id is not None
    with table_folders.opened(source) as local:
        present = sorted(local.rglob("*.parquet")) if local.is_dir() else []
        if not any(p.name in UNIT_TABLES for p in present):
            raise Invalid("folder", "not-tables", name=source.name or str(source), why=f"no {UNIT_TABLES[0]}")
        with parts.session() as db:
            cycle = create(db, rag_id, CycleKind.tables, source.resolve().name, actor.user_id)
            for path in present:
                name = path.relative_to(local).as_posix()
                with path.open("rb") as stream:
                    parts.files.put(f"{folder(rag_id, cycle.number)}/input/{name}", stream)
            audit.record(db, actor, "cycle.import", rag_id=rag_id, subject=f"cycle {cycle.number}")
            db.commit()
            return cycle.number


def folder(rag_id: int, number: int) -> str:
    """Where a cycle's artifacts are in the file store."""
    return f"rags/{rag_id}/cycles/{number:05d}"


def find(db: Session, rag_id: int, number: int) -> Cycle:
    cycle = db.exec(select(Cycle).where(Cycle.rag_id == rag_id, Cycle.number == number)).first()
    if cycle is None:
        raise NotFound("cycle", str(number))
    return cycle


def get(parts: Parts, actor: Actor, rag_id: int, number: int) -> CycleView:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        return view(db, find(db, rag_id, number))


def recent(parts: Parts, actor: Actor, rag_id: int, limit: int = 20) -> list[CycleView]:
    """The latest cycles, newest first."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        found = db.exec(
            select(Cycle).where(Cycle.rag_id == rag_id).order_by(col(Cycle.number).desc()).limit(limit)
        ).all()
        return views(db, found)


def unfinished(parts: Parts, actor: Actor, rag_id: int) -> int:
    """How many cycles still wait for a worker or a person."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        return db.exec(
            select(func.count()).where(col(Cycle.rag_id) == rag_id, col(Cycle.state).in_(OPEN_STATES))
        ).one()


def cancel(parts: Parts, actor: Actor, rag_id: int, number: int) -> None:
    """Stop the work on a cycle; at once if nobody works on it, else at the next text unit."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.upload)
    stop(parts, actor, rag_id, number)


def stop(parts: Parts, by: Actor, rag_id: int, number: int) -> None:
    """The same for a caller that has checked who may."""
    with parts.session() as db:
        cycle = find(db, rag_id, number)
        asked = db.execute(
            update(Cycle)
            .where(
                col(Cycle.id) == cycle.id,
                col(Cycle.state).in_([CycleState.waiting, CycleState.running, CycleState.paused]),
            )
            .values(cancel_requested=True)
        )
        if not asked.rowcount:  # type: ignore[attr-defined]
            raise Conflict("cycle-finished", number=number, state=cycle.state)
        held = db.exec(
            select(Step.id).where(
                Step.cycle_id == cycle.id, Step.lease_owner != "", col(Step.lease_until) > now()
            )
        ).first()
        if held is None:
            set_cancelled(db, cycle)
        audit.record(db, by, "cycle.cancel", rag_id=rag_id, subject=f"cycle {number}")
        db.commit()
    assert cycle.id is not None
    events.publish(parts.redis, cycle.id, events.Progress("cancelling" if held else "cancelled", ""))


def set_cancelled(db: Session, cycle: Cycle) -> None:
    """The cycle and what is left of its steps; its claimed units are given up."""
    db.execute(
        update(Step)
        .where(col(Step.cycle_id) == cycle.id, col(Step.state).in_([StepState.waiting, StepState.running]))
        .values(state=StepState.cancelled, attempt=Step.attempt + 1, lease_owner="", lease_until=None)
    )
    cycle.state, cycle.finished_at = CycleState.cancelled, now()
    db.add(cycle)


def retry(parts: Parts, actor: Actor, rag_id: int, number: int, budget: int | None = None) -> None:
    """Run a failed, cancelled or paused cycle on from where it stopped; what was read is not read again.

    `budget` are the tokens that the whole cycle may use now, 0 for no limit; one that its budget paused needs
    it, one that a quota paused does not.
    """
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.upload)
    run_on(parts, actor, rag_id, number, budget)


def run_on(parts: Parts, by: Actor, rag_id: int, number: int, budget: int | None = None) -> None:
    """The same for a caller that has checked who may."""
    with parts.session() as db:
        cycle = find(db, rag_id, number)
        if cycle.state not in (CycleState.failed, CycleState.cancelled, CycleState.paused):
            raise Conflict("cycle-not-failed", number=number, state=cycle.state)
        if cycle.kind is CycleKind.rollback:
            raise Conflict("cycle-not-failed", number=number, state=cycle.state)
        if budget is not None:
            cycle.budget = budgets.checked(db, cycle, budget)
        elif cycle.state is CycleState.paused and cycle.error != "quota-used":
            raise Invalid("budget", "budget-needed", number=number)
        stopped = db.exec(
            select(Step)
            .where(Step.cycle_id == cycle.id, Step.state != StepState.done)
            .order_by(col(Step.position))
        ).first()
        name = stopped.name if stopped else StepName.staging
        if name is StepName.graphrag:
            _try_again(db, cycle)
        restart_from(db, cycle, name)
        audit.record(db, by, "cycle.retry", rag_id=rag_id, subject=f"cycle {number}", budget=cycle.budget)
        db.commit()


def read_again(parts: Parts, actor: Actor, rag_id: int, number: int) -> None:
    """Another try for the passages that were put aside; the change set is made anew from all of them."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.upload)
        cycle = find(db, rag_id, number)
        if cycle.state is not CycleState.review:
            raise Conflict("not-in-review", number=number, state=cycle.state)
        _try_again(db, cycle)
        restart_from(db, cycle, StepName.graphrag)
        audit.record(db, actor, "cycle.read_again", rag_id=rag_id, subject=f"cycle {number}")
        db.commit()


def _try_again(db: Session, cycle: Cycle) -> None:
    """What could not be read or extracted gets another chance; what was stays."""
    db.execute(update(Revision).where(col(Revision.cycle_id) == cycle.id).values(error=""))
    db.execute(
        update(Unit)
        .where(col(Unit.cycle_id) == cycle.id, col(Unit.state) != UnitState.done)
        .values(state=UnitState.waiting, attempt=0, lease_until=None, problem="")
    )
