"""What newer revisions of approved documents change: in a cycle that brings them."""

from dataclasses import dataclass

from sqlalchemy import func, literal
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from kg.model import Kind
from portal.models import Change, Cycle, Document, Revision, Touched, Unit

CHANGED = (Kind.changed_value, Kind.type_change)


@dataclass(frozen=True, slots=True)
class Replacement:
    """`documents` by name that have a newer revision in the cycle; `told_anew` of what is approved: the new
    revision says it too, in other words or at another place; `poorer`: it only loses this source."""

    documents: tuple[str, ...]
    told_anew: int
    poorer: int


def of(db: Session, cycle: Cycle) -> Replacement | None:
    """None if the cycle replaces nothing that is approved."""
    older = aliased(Revision)
    names = db.exec(
        select(Document.name)
        .join(Revision, col(Revision.document_id) == Document.id)
        .join(older, col(older.document_id) == Document.id)
        .where(Revision.cycle_id == cycle.id, Revision.units > 0, older.cycle_id != cycle.id, older.current)
        .order_by(Document.name)
    ).all()
    if not names:
        return None
    changed = (Change.cycle_id == cycle.id, col(Change.kind).in_(CHANGED))
    many = db.exec(select(func.count()).select_from(Change).where(*changed)).one()
    here = select(literal("unit:").concat(Unit.unit_id)).where(Unit.cycle_id == cycle.id)
    anew = db.exec(
        select(func.count(func.distinct(Change.change_id)))
        .join(
            Touched, (col(Touched.cycle_id) == Change.cycle_id) & (col(Touched.change_id) == Change.change_id)
        )
        .where(*changed, col(Touched.what).in_(here))
    ).one()
    return Replacement(tuple(names), anew, many - anew)
