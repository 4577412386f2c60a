"""Passages that could not be read, each with its reason: put aside, so that the others go on."""

from dataclasses import dataclass

from sqlmodel import col, select

from portal import access
from portal.access import Action, Actor
from portal.cycles import find
from portal.models import Document, Revision, Unit, UnitState
from portal.text_units import units_of
from portal.wiring import Parts

MOST = 100  # that are listed
EXCERPT = 200  # characters


@dataclass(frozen=True, slots=True)
class Aside:
    document: str
    revision: str  # its key
    number: int  # of the passage in its document, from 1
    page: int | None
    excerpt: str
    why: str


def listing(parts: Parts, actor: Actor, rag_id: int, number: int) -> tuple[Aside, ...]:
    """The first of them, in the order of the documents."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        rows = db.exec(
            select(Unit, Revision.key, Document.name)
            .join(Revision, col(Unit.revision_id) == Revision.id)
            .join(Document, col(Revision.document_id) == Document.id)
            .where(Unit.cycle_id == find(db, rag_id, number).id, Unit.state == UnitState.quarantined)
            .order_by(col(Unit.revision_id), col(Unit.number))
            .limit(MOST)
        ).all()
    found = []
    for unit, key, name in rows:
        text = units_of(parts, rag_id, number, key)[unit.number]
        words = " ".join(text.text.split())
        excerpt = words if len(words) <= EXCERPT else words[:EXCERPT].rstrip() + "…"
        found.append(Aside(name, key, unit.number + 1, text.page, excerpt, unit.problem))
    return tuple(found)
