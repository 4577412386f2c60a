"""A deleted knowledge base that nobody brought back in time is taken away for good: its index, its graphs,
its files and every row that is about it.

Its own row stays, with neither name nor words, so that its number never becomes another's; so do the record
of who did what, and what its models cost, without what they answered. Each deed may be done again: whoever
died in the middle is followed by another.
"""

import logging

import sqlalchemy
from sqlalchemy import ColumnElement, Table, delete, or_, update
from sqlmodel import Session, SQLModel, col, select

from portal import leases, rags, upkeep
from portal.models import ModelCall, Rag, now
from portal.wiring import Parts

log = logging.getLogger(__name__)

KEPT = (Rag.__tablename__, ModelCall.__tablename__)


def due(db: Session) -> list[int]:
    """Those that cannot be brought back any more and are still there."""
    late = col(Rag.deleted_at) < now() - rags.KEPT
    found = db.exec(select(Rag.id).where(late, col(Rag.purged_at).is_(None)))
    return [i for i in found if i is not None]


def run(parts: Parts, rag_id: int) -> bool:
    """Take one away; False if it is not due, or another process is at it."""
    with parts.session() as db:
        if rag_id not in due(db) or not upkeep.claim(db, rag_id):
            return False
    with leases.beating(lambda: upkeep.keep(parts, rag_id)):
        dataset = parts.dataset(rag_id)
        parts.index.destroy(dataset)
        parts.store.destroy(dataset)
        parts.files.delete(f"rags/{rag_id}")
        with parts.session() as db:
            _rows(db, rag_id)
            db.commit()
    log.info("knowledge base %s was deleted long enough ago: nothing is left of it", rag_id)
    return True


def _rows(db: Session, rag_id: int) -> None:
    mine = _mine(rag_id)
    db.execute(
        update(ModelCall)
        .where(col(ModelCall.rag_id) == rag_id)
        .values(cycle_id=None, revision_id=None, answer="")
    )
    for table in reversed(mine):
        if table.name not in KEPT:
            db.execute(delete(table).where(mine[table]))
    empty = {"name": "", "description": "", "guidance": "", "licence": "", "banned": []}
    db.execute(update(Rag).where(col(Rag.id) == rag_id).values(purged_at=now(), **empty))


def _mine(rag_id: int) -> dict[Table, ColumnElement[bool]]:
    """Which rows of which table are about it, those that others point at first."""
    tables = SQLModel.metadata.sorted_tables
    found = {t: t.c.id == rag_id for t in tables if t.name == Rag.__tablename__}
    for table in tables:
        ways = [
            key.parent.in_(sqlalchemy.select(key.column).where(found[key.column.table]))
            for key in table.foreign_keys
            if key.column.table in found and key.column.table is not table
        ]
        if ways:
            found[table] = or_(*ways)
    return found
