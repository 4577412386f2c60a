"""A revision's text units and what was read in them, as the pipeline stored them."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from sqlmodel import Session, col, select

from kg import values
from kg.model import Extraction, TextUnit
from portal.cycles import folder
from portal.models import Cycle, Revision, Unit
from portal.wiring import Parts


def units_key(rag_id: int, cycle_number: int, revision_key: str) -> str:
    return f"{folder(rag_id, cycle_number)}/units/{revision_key}.json"


@lru_cache(maxsize=8)
def units_of(parts: Parts, rag_id: int, cycle_number: int, revision_key: str) -> tuple[TextUnit, ...]:
    """A document's text units, in order; kept for the next unit of the same document."""
    data = parts.files.get(units_key(rag_id, cycle_number, revision_key))
    found: tuple[TextUnit, ...] = values.loads(tuple[TextUnit, ...], data)
    return found


def read_units(
    parts: Parts, db: Session, revision_ids: Iterable[int]
) -> Iterator[tuple[TextUnit, Extraction | None]]:
    """The text units of these revisions, each with what was read in it (None if it was put aside)."""
    for revision_id in revision_ids:
        revision, number = db.exec(
            select(Revision, Cycle.number)
            .join(Cycle, col(Revision.cycle_id) == Cycle.id)
            .where(Revision.id == revision_id)
        ).one()
        if not revision.units:
            continue
        units = units_of(parts, revision.rag_id, number, revision.key)
        rows = db.exec(
            select(Unit.number, Unit.extraction)
            .where(Unit.revision_id == revision_id)
            .order_by(col(Unit.number))
        ).all()
        for position, extraction in rows:
            read = values.from_json(Extraction, extraction) if extraction is not None else None
            yield units[position], read
