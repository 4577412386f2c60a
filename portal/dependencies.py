"""Which changes hang together: the closure over `ChangeLink`, computed in the database."""

from collections.abc import Sequence

from sqlalchemy import Table, and_, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from kg.model import Decision
from portal.models import Change, ChangeLink

Reached = tuple[str, str, str]  # change id, sentence, decision
PIECE = 400  # ids of one statement
ACCEPTED = (Decision.accepted, Decision.edited)


def needed_by(db: Session, cycle_id: int, ids: Sequence[str]) -> list[Reached]:
    """All changes that depend on these, directly or not; without these themselves."""
    return _closure(db, cycle_id, ids, start="needs", step="change_id")


def needs_of(db: Session, cycle_id: int, ids: Sequence[str]) -> list[Reached]:
    """All changes that these depend on, directly or not; without these themselves."""
    return _closure(db, cycle_id, ids, start="change_id", step="needs")


def left_out(db: Session, cycle_id: int) -> int:
    """How many accepted changes need, directly or not, one that is not accepted."""
    link, need = col(ChangeLink.needs), aliased(Change)
    missing = and_(col(need.cycle_id) == cycle_id, col(need.decision).not_in(ACCEPTED))
    accepted = and_(
        col(Change.cycle_id) == cycle_id,
        col(Change.change_id) == ChangeLink.change_id,
        col(Change.decision).in_(ACCEPTED),
    )
    reached = (
        select(col(ChangeLink.change_id).label("id"))
        .join(need, and_(missing, col(need.change_id) == link))
        .join(Change, accepted)
        .where(ChangeLink.cycle_id == cycle_id)
        .cte("left_out", recursive=True)
    )
    reached = reached.union(
        select(ChangeLink.change_id)
        .join(Change, accepted)
        .where(ChangeLink.cycle_id == cycle_id, link == reached.c.id)
    )
    return db.exec(select(func.count()).select_from(reached)).one()


def _closure(db: Session, cycle_id: int, ids: Sequence[str], *, start: str, step: str) -> list[Reached]:
    link: Table = ChangeLink.__table__  # type: ignore[attr-defined]
    found: dict[str, Reached] = {}
    for i in range(0, len(ids), PIECE):
        reached = (
            select(link.c[step].label("id"))
            .where(link.c.cycle_id == cycle_id, link.c[start].in_(ids[i : i + PIECE]))
            .cte("reached", recursive=True)
        )
        reached = reached.union(
            select(link.c[step]).where(link.c.cycle_id == cycle_id, link.c[start] == reached.c.id)
        )
        rows = db.exec(
            select(Change.change_id, Change.sentence, Change.decision)
            .where(Change.cycle_id == cycle_id, col(Change.change_id).in_(select(reached.c.id)))
            .order_by(col(Change.position))
        )
        found.update((row[0], row) for row in rows)
    for known in ids:
        found.pop(known, None)
    return list(found.values())
