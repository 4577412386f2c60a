"""Taking files in: each is stored before its row (`portal.incoming`), or refused, or known already.

One call is one cycle. A queue or a graph store that is down does not matter here: the files are kept,
and the work starts when a worker finds it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from kg.vocab import digest
from portal import access, audit, cycles, incoming, rates
from portal.access import Action, Actor
from portal.errors import Conflict, Invalid, NotFound
from portal.incoming import Refused, Stored, Upload
from portal.models import OPEN_STATES, Cycle, CycleKind, CycleState, Document, Rag, Revision
from portal.wiring import Parts


@dataclass(frozen=True, slots=True)
class Receipt:
    cycle: int | None  # its number; None if nothing was accepted
    accepted: tuple[str, ...]
    refused: tuple[Refused, ...]


def original_key(rag_id: int, revision_key: str) -> str:
    return f"rags/{rag_id}/documents/{revision_key}/original"


def upload(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    files: Iterable[Upload],
    title: str = "",
    budget: int | None = None,
) -> Receipt:
    """Store the files, each before the next is asked for, and begin a cycle with those that are new.

    A file of a known name with other content is a new revision of that document. `budget` are the tokens
    that a model may use for the cycle (0: no limit), instead of the knowledge base's.
    """
    with parts.session() as db:
        role = access.check(db, actor, rag_id, Action.upload)
    rates.limit(parts, actor, rates.UPLOADS, role, rag_id)
    taken = [t for file in files for t in incoming.store(parts, rag_id, file)]
    stored = [t for t in taken if isinstance(t, Stored)]
    refused = [t for t in taken if isinstance(t, Refused)]
    if not stored and not refused:
        raise Invalid("files", "nothing-to-upload")
    with parts.session() as db:
        assert actor.user_id is not None
        db.exec(select(Rag.id).where(Rag.id == rag_id).with_for_update()).one()
        fresh = list(_fresh(db, rag_id, stored, refused))
        cycle = None
        if fresh:
            cycle = cycles.create(db, rag_id, CycleKind.upload, title or _title(fresh), actor.user_id)
            cycle.budget = cycle.budget if budget is None else max(0, budget)
            for file_ in fresh:
                key = _add_revision(db, cycle, actor.user_id, file_)
                parts.files.move(file_.key, original_key(rag_id, key))
            audit.record(
                db, actor, "document.upload", rag_id=rag_id, subject=f"cycle {cycle.number}", files=len(fresh)
            )
        db.commit()
    for file_ in stored:
        if file_ not in fresh:
            parts.files.delete(file_.key)
    return Receipt(cycle.number if cycle else None, tuple(f.name for f in fresh), tuple(refused))


def read_again(parts: Parts, actor: Actor, rag_id: int, document_id: int) -> int:
    """The document's latest content as its next revision, in a cycle of its own; the cycle's number."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.upload)
        found = db.exec(
            select(Document, Revision)
            .join(Revision, col(Revision.document_id) == Document.id)
            .where(Document.id == document_id, Document.rag_id == rag_id, col(Document.removed_at).is_(None))
            .order_by(col(Revision.number).desc())
        ).first()
        if found is None or actor.user_id is None:
            raise NotFound("document", str(document_id))
        document, last = found
        cycle = cycles.create(db, rag_id, CycleKind.upload, document.name, actor.user_id)
        key = _add_revision(db, cycle, actor.user_id, Stored(document.name, "", last.sha256, last.size))
        with parts.files.open(original_key(rag_id, last.key)) as stream:
            parts.files.put(original_key(rag_id, key), stream)
        audit.record(db, actor, "document.read_again", rag_id=rag_id, subject=document.name)
        db.commit()
        return cycle.number


def follow_up(parts: Parts, actor: Actor, rag_id: int, number: int) -> int:
    """What was left undecided in an approved cycle, in a cycle of its own: its documents are read again, at
    no cost of a model, and compared with what is approved now. The new cycle's number.

    Conflict if the cycle is not approved, or a document of it has been replaced or removed since.
    """
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.upload)
        old = cycles.find(db, rag_id, number)
        found = db.exec(
            select(Document.name, Revision)
            .join(Revision, col(Revision.document_id) == Document.id)
            .where(Revision.cycle_id == old.id, Revision.units > 0, col(Document.removed_at).is_(None))
            .order_by(col(Revision.id))
        ).all()
        if old.state is not CycleState.approved or not found or not all(r.current for _, r in found):
            raise Conflict("nothing-to-follow", number=number)
        assert actor.user_id is not None
        cycle = cycles.create(db, rag_id, CycleKind.upload, old.title, actor.user_id)
        for name, last in found:
            key = _add_revision(db, cycle, actor.user_id, Stored(name, "", last.sha256, last.size))
            with parts.files.open(original_key(rag_id, last.key)) as stream:
                parts.files.put(original_key(rag_id, key), stream)
        audit.record(db, actor, "cycle.follow_up", rag_id=rag_id, subject=f"cycle {number}")
        db.commit()
        return cycle.number


def _fresh(db: Session, rag_id: int, stored: Sequence[Stored], refused: list[Refused]) -> Iterator[Stored]:
    seen: set[str] = set()
    for file in stored:
        if file.sha256 in seen:
            refused.append(incoming.refusal(file.name, "twice"))
        elif _known(db, rag_id, file.sha256):
            refused.append(incoming.refusal(file.name, "already-there"))
        else:
            seen.add(file.sha256)
            yield file


def _known(db: Session, rag_id: int, sha256: str) -> bool:
    """Is this content approved, or on its way?"""
    return (
        db.exec(
            select(Revision.id)
            .join(Cycle, col(Revision.cycle_id) == Cycle.id)
            .join(Document, col(Revision.document_id) == Document.id)
            .where(
                Revision.rag_id == rag_id,
                Revision.sha256 == sha256,
                Revision.error == "",
                col(Document.removed_at).is_(None),
                or_(col(Revision.current), col(Cycle.state).in_(OPEN_STATES)),
            )
            .limit(1)
        ).first()
        is not None
    )


def _add_revision(db: Session, cycle: Cycle, user_id: int, file: Stored) -> str:
    """The row of a stored file; its key is the same whenever the same uploads are made in the same order."""
    document = db.exec(
        select(Document).where(
            Document.rag_id == cycle.rag_id, Document.name == file.name, col(Document.removed_at).is_(None)
        )
    ).first()
    if document is None:
        document = Document(rag_id=cycle.rag_id, name=file.name)
        db.add(document)
        db.flush()
    assert document.id is not None
    assert cycle.id is not None
    last = db.exec(select(func.max(Revision.number)).where(Revision.document_id == document.id)).one()
    number = (last or 0) + 1
    key = digest(cycle.rag_id, document.id, number, file.sha256, length=16)
    db.add(
        Revision(
            key=key,
            document_id=document.id,
            rag_id=cycle.rag_id,
            cycle_id=cycle.id,
            number=number,
            sha256=file.sha256,
            size=file.size,
            created_by=user_id,
        )
    )
    db.flush()
    return key


def _title(files: Sequence[Stored]) -> str:
    names = ", ".join(f.name for f in files[:3])
    return names if len(files) <= 3 else f"{names} +{len(files) - 3}"
