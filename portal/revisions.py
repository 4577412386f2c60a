"""Which documents the approved version holds, as it stands beside the graph."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from portal import indexing, models
from portal.models import Cycle, Document, Revision


def make_current(db: Session, cycle: Cycle, base: int) -> None:
    """Mark the revisions that the new version was read from."""
    ids = indexing.revisions_after(db, cycle, base)
    was = set(db.exec(select(Revision.id).where(Revision.rag_id == cycle.rag_id, col(Revision.current))))
    moved = [{"id": i, "current": i in ids} for i in was ^ ids]
    if moved:
        db.execute(update(Revision), moved)
    held = select(Revision.document_id).where(Revision.rag_id == cycle.rag_id, col(Revision.current))
    back = (col(Document.rag_id) == cycle.rag_id, col(Document.id).in_(held))
    db.execute(update(Document).where(*back).values(removed_at=None))  # by a rollback, or a later upload
    db.execute(
        update(Document)
        .where(col(Document.id) == cycle.removes, col(Document.id).not_in(held))
        .values(removed_at=models.now())
    )
