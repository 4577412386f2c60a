"""A cycle as people see it: its steps with done, total, elapsed and expected time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import func
from sqlmodel import Session, col, select

from kg.extract.estimate import Estimate
from portal import budgets
from portal.budgets import Spent
from portal.models import (
    Change,
    Cycle,
    CycleKind,
    CycleState,
    Document,
    Revision,
    Step,
    StepName,
    StepState,
    Unit,
    UnitState,
    User,
    now,
)


@dataclass(frozen=True, slots=True)
class StepView:
    name: StepName
    state: StepState
    done: int
    total: int
    detail: str
    error: str
    elapsed: float | None  # seconds; None before it begins
    expected: float | None  # seconds still to go, from what such steps took lately; None if unknown


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A file of a cycle and what came of it."""

    name: str
    revision: str  # its key
    units: int
    error: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CycleView:
    id: int  # events come on Redis channel task:{id}
    number: int
    kind: CycleKind
    state: CycleState
    title: str
    who: str
    created_at: datetime
    finished_at: datetime | None
    error: str
    base_version: int | None
    version: int | None
    cancel_requested: bool
    budget: int  # tokens; 0: no limit
    estimate: Estimate | None  # of a language model's reading, before its first call
    spent: Spent | None  # None where no model was asked
    aside: int  # passages that could not be read
    documents: tuple[DocumentView, ...]
    steps: tuple[StepView, ...]
    changes: int
    undecided: int

    @property
    def step(self) -> StepView | None:
        """The step that runs, waits or failed; None when all are done."""
        return next((s for s in self.steps if s.state is not StepState.done), None)


def view(db: Session, cycle: Cycle) -> CycleView:
    return views(db, [cycle])[0]


def views(db: Session, cycles: Sequence[Cycle]) -> list[CycleView]:
    """In a number of queries that does not depend on how many cycles there are."""
    ids = [c.id for c in cycles]
    steps: dict[int, list[Step]] = defaultdict(list)
    for step in db.exec(select(Step).where(col(Step.cycle_id).in_(ids)).order_by(col(Step.position))):
        steps[step.cycle_id].append(step)
    documents: dict[int, list[DocumentView]] = defaultdict(list)
    for name, revision in db.exec(
        select(Document.name, Revision)
        .join(Revision, col(Revision.document_id) == Document.id)
        .where(col(Revision.cycle_id).in_(ids))
        .order_by(col(Revision.id))
    ):
        documents[revision.cycle_id].append(
            DocumentView(name, revision.key, revision.units, revision.error, tuple(revision.notes))
        )
    for name, cycle_id in db.exec(
        select(Document.name, Cycle.id)
        .join(Cycle, col(Cycle.removes) == Document.id)
        .where(col(Cycle.id).in_(ids))
    ):
        assert cycle_id is not None
        documents[cycle_id].append(DocumentView(name, "", 0, "", ()))
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for cycle_id, decision, n in db.exec(
        select(Change.cycle_id, Change.decision, func.count())
        .where(col(Change.cycle_id).in_(ids))
        .group_by(col(Change.cycle_id), col(Change.decision))
    ):
        counts[cycle_id][decision] = n
    aside = dict(
        db.exec(
            select(Unit.cycle_id, func.count())
            .where(col(Unit.cycle_id).in_(ids), Unit.state == UnitState.quarantined)
            .group_by(col(Unit.cycle_id))
        ).all()
    )
    people = {
        u.id: u.name or u.email
        for u in db.exec(select(User).where(col(User.id).in_({c.created_by for c in cycles})))
    }
    pace = _pace(db) if any(c.state in (CycleState.waiting, CycleState.running) for c in cycles) else {}
    return [
        CycleView(
            id=c.id or 0,
            number=c.number,
            kind=c.kind,
            state=c.state,
            title=c.title,
            who=people.get(c.created_by, ""),
            created_at=c.created_at,
            finished_at=c.finished_at,
            error=c.error,
            base_version=c.base_version,
            version=c.version,
            cancel_requested=c.cancel_requested,
            budget=c.budget,
            estimate=budgets.foreseen(c),
            spent=budgets.spent(db, c.id or 0) if c.estimate else None,
            aside=aside.get(c.id or 0, 0),
            documents=tuple(documents[c.id or 0]),
            steps=tuple(_step(s, pace) for s in steps[c.id or 0]),
            changes=sum(counts[c.id or 0].values()),
            undecided=counts[c.id or 0].get("undecided", 0),
        )
        for c in cycles
    ]


def _step(step: Step, pace: Mapping[StepName, float]) -> StepView:
    elapsed = None
    if step.started_at:
        elapsed = ((step.finished_at or now()) - step.started_at).total_seconds()
    return StepView(
        name=step.name,
        state=step.state,
        done=step.done,
        total=step.total,
        detail=step.detail,
        error=step.error,
        elapsed=elapsed,
        expected=_expected(step, elapsed, pace.get(step.name)),
    )


def _expected(step: Step, elapsed: float | None, pace: float | None) -> float | None:
    """From its own pace since it counts to this total, once it has one, else from that of earlier cycles."""
    if step.state is not StepState.running or elapsed is None or not step.total:
        return None
    counted = step.done - step.counted_from
    if counted >= 3 and step.counted_at:
        return (now() - step.counted_at).total_seconds() / counted * (step.total - step.done)
    return max(0.0, pace * step.total - elapsed) if pace else None


def _pace(db: Session) -> dict[StepName, float]:
    """Seconds per piece of work of each step: the median of the latest that ended well."""
    found: dict[StepName, list[float]] = defaultdict(list)
    latest = select(Step).where(Step.state == StepState.done, Step.total > 0)
    for step in db.exec(latest.order_by(col(Step.id).desc()).limit(100)):
        if step.started_at and step.finished_at:
            found[step.name].append((step.finished_at - step.started_at).total_seconds() / step.total)
    return {name: median(seconds) for name, seconds in found.items()}
