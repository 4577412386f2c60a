"""The version that is on its way, and a return to an older one that did not come about."""

from dataclasses import dataclass

from sqlalchemy import and_, or_
from sqlmodel import col, select

from portal import access
from portal.access import Action, Actor
from portal.models import Cycle, CycleKind, CycleState
from portal.wiring import Parts


@dataclass(frozen=True, slots=True)
class Publication:
    """`rolled_back_to` of a return to an older version; `failed`: it will not come about."""

    cycle: int
    rolled_back_to: int | None
    failed: bool


def latest(parts: Parts, actor: Actor, rag_id: int) -> Publication | None:
    """What is being published now; else a return that failed, if nothing was approved since."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        approved = select(Cycle.number).where(Cycle.rag_id == rag_id, Cycle.state == CycleState.approved)
        last = db.exec(approved.order_by(col(Cycle.number).desc()).limit(1)).first() or 0
        returned = and_(
            col(Cycle.kind) == CycleKind.rollback,
            col(Cycle.state) == CycleState.failed,
            col(Cycle.number) > last,
        )
        found = db.exec(
            select(Cycle)
            .where(Cycle.rag_id == rag_id, or_(col(Cycle.state) == CycleState.publishing, returned))
            .order_by(col(Cycle.state) == CycleState.failed, col(Cycle.number).desc())
            .limit(1)
        ).first()
        if found is None:
            return None
        return Publication(found.number, found.rolled_back_to, found.state is CycleState.failed)
