"""A document of a knowledge base: its upload, its text, its original, its removal; see `document_list`."""

from typing import IO

from sqlmodel import Session, col, select

from kg import model, values
from portal import access, audit, cycles
from portal.access import Action, Actor
from portal.errors import Conflict, NotFound
from portal.incoming import Refused, Upload
from portal.models import OPEN_STATES, Cycle, CycleKind, Document, Revision, now
from portal.uploads import Receipt, original_key, read_again, upload
from portal.wiring import Parts

__all__ = [
    "Receipt",
    "Refused",
    "Upload",
    "original",
    "read_again",
    "remove",
    "text",
    "text_key",
    "upload",
]


def text_key(rag_id: int, revision_key: str) -> str:
    """Where the text that offsets count in is kept, as it was read."""
    return f"rags/{rag_id}/documents/{revision_key}/text.json"


def text(parts: Parts, actor: Actor, rag_id: int, revision_key: str) -> model.Document:
    """A revision's text. NotFound if it was never read."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        _revision(db, rag_id, revision_key)
    try:
        return values.loads(model.Document, parts.files.get(text_key(rag_id, revision_key)))
    except FileNotFoundError:
        raise NotFound("document", revision_key) from None


def original(parts: Parts, actor: Actor, rag_id: int, revision_key: str) -> tuple[str, str, IO[bytes]]:
    """Name, media type and content as it was uploaded."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        revision = _revision(db, rag_id, revision_key)
        name = db.get_one(Document, revision.document_id).name
    try:
        stream = parts.files.open(original_key(rag_id, revision_key))
    except FileNotFoundError:
        raise NotFound("document", name) from None
    return name, revision.media_type or "application/octet-stream", stream


def remove(parts: Parts, actor: Actor, rag_id: int, document_id: int) -> int | None:
    """Propose that the document and what only it says leave the graph; the number of that cycle.

    What no version was made of needs nobody's approval: it is off the list at once (None). Conflict if it is
    being removed already, or if a cycle that is still being decided would bring it.
    """
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.upload)
        document = db.exec(
            select(Document).where(Document.id == document_id, Document.rag_id == rag_id).with_for_update()
        ).first()
        if document is None:
            raise NotFound("document", str(document_id))
        proposed = select(Cycle.id).where(Cycle.removes == document_id, col(Cycle.state).in_(OPEN_STATES))
        if document.removed_at or db.exec(proposed.limit(1)).first() is not None:
            raise Conflict("document-removed", name=document.name)
        audit.record(db, actor, "document.remove", rag_id=rag_id, subject=document.name)
        if not _approved(db, document_id):
            _not_on_its_way(db, document)
            document.removed_at = now()
            db.add(document)
            db.commit()
            return None
        assert actor.user_id is not None
        cycle = cycles.create(db, rag_id, CycleKind.removal, document.name, actor.user_id)
        cycle.removes = document.id
        db.add(cycle)
        db.commit()
        return cycle.number


def _approved(db: Session, document_id: int) -> bool:
    """Whether the approved version was made of one of its revisions."""
    held = select(Revision.id).where(Revision.document_id == document_id, col(Revision.current)).limit(1)
    return db.exec(held).first() is not None


def _not_on_its_way(db: Session, document: Document) -> None:
    bringing = db.exec(
        select(Cycle.number)
        .join(Revision, col(Revision.cycle_id) == Cycle.id)
        .where(Revision.document_id == document.id, col(Cycle.state).in_(OPEN_STATES))
        .limit(1)
    ).first()
    if bringing is not None:
        raise Conflict("document-in-cycle", name=document.name, number=bringing)


def _revision(db: Session, rag_id: int, key: str) -> Revision:
    found = db.exec(select(Revision).where(Revision.rag_id == rag_id, Revision.key == key)).first()
    if found is None:
        raise NotFound("document", key)
    return found
