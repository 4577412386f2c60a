"""What a language model's reading of a cycle is expected to take, has taken, and may take: in tokens."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from kg.extract.estimate import Estimate, Pace
from portal.errors import Invalid
from portal.models import Cycle, ModelCall

EXTRACT = "extract"  # the role whose calls a cycle's budget is for
LATELY = 200  # calls that tell a model's pace


_reading: ContextVar[int | None] = ContextVar("revision that is read", default=None)
_PAID = (col(ModelCall.role) == EXTRACT, col(ModelCall.cached).is_(False))
_SUMS = (
    func.count(),
    func.coalesce(func.sum(ModelCall.tokens_in + ModelCall.tokens_out), 0),
    func.coalesce(func.sum(ModelCall.cost), 0.0),
)


@dataclass(frozen=True, slots=True)
class Spent:
    calls: int = 0
    tokens: int = 0
    cost: float = 0.0


def spent(db: Session, cycle_id: int) -> Spent:
    """What was paid for this cycle; answers that were remembered cost nothing."""
    calls, tokens, cost = db.exec(select(*_SUMS).where(ModelCall.cycle_id == cycle_id, *_PAID)).one()
    return Spent(int(calls), int(tokens), float(cost))


def spent_on(db: Session, revisions: Collection[int]) -> dict[int, Spent]:
    """What was paid for reading each of these revisions; those that cost nothing are left out."""
    read = col(ModelCall.revision_id)
    found = db.execute(sql_select(read, *_SUMS).where(read.in_(revisions), *_PAID).group_by(read))
    return {revision: Spent(int(calls), int(tokens), float(cost)) for revision, calls, tokens, cost in found}


@contextmanager
def reading(revision_id: int) -> Iterator[None]:
    """Calls of a model in here are made for this revision."""
    before = _reading.set(revision_id)
    try:
        yield
    finally:
        _reading.reset(before)


def revision_read() -> int | None:
    return _reading.get()


def used_up(db: Session, cycle_id: int) -> bool:
    budget = db.exec(select(Cycle.budget).where(Cycle.id == cycle_id)).one()
    return bool(budget) and spent(db, cycle_id).tokens >= budget


def checked(db: Session, cycle: Cycle, budget: int) -> int:
    """A new budget in tokens, 0 for none. Raises Invalid if as much has been spent already."""
    assert cycle.id is not None
    if budget and budget <= (already := spent(db, cycle.id).tokens):
        raise Invalid("budget", "budget-small", spent=already)
    return max(0, budget)


def pace(db: Session, model: str) -> Pace | None:
    """What calls of this model took lately, on average; None if there were none."""
    latest = (
        select(ModelCall.tokens_out, ModelCall.milliseconds)
        .where(ModelCall.role == EXTRACT, ModelCall.model == model, ModelCall.error == "")
        .order_by(col(ModelCall.id).desc())
        .limit(LATELY)
    ).subquery()
    tokens, milliseconds = db.execute(
        select(func.avg(latest.c.tokens_out), func.avg(latest.c.milliseconds))
    ).one()
    return None if tokens is None else Pace(float(tokens), float(milliseconds) / 1000)


def foreseen(cycle: Cycle) -> Estimate | None:
    return Estimate(**cycle.estimate) if cycle.estimate else None


def foresee(cycle: Cycle, estimate: Estimate) -> None:
    cycle.estimate = asdict(estimate)
