"""What a language model's reading of a cycle is expected to take, has taken, and may take: in tokens."""

from dataclasses import asdict, dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from kg.extract.estimate import Estimate, Pace
from portal.errors import Invalid
from portal.models import Cycle, ModelCall

EXTRACT = "extract"  # the role whose calls a cycle's budget is for
LATELY = 200  # calls that tell a model's pace


@dataclass(frozen=True, slots=True)
class Spent:
    calls: int
    tokens: int
    cost: float


def spent(db: Session, cycle_id: int) -> Spent:
    """What was paid for this cycle; answers that were remembered cost nothing."""
    calls, tokens, cost = db.exec(
        select(
            func.count(),
            func.coalesce(func.sum(ModelCall.tokens_in + ModelCall.tokens_out), 0),
            func.coalesce(func.sum(ModelCall.cost), 0.0),
        ).where(ModelCall.cycle_id == cycle_id, ModelCall.role == EXTRACT, col(ModelCall.cached).is_(False))
    ).one()
    return Spent(int(calls), int(tokens), float(cost))


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
