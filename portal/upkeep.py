"""Looking after the retrieval indexes, in the background: after each publish small files are merged and
communities summarised; an index that is missing, or of another embedding model, is made anew.

What is due stands in SQL (`RagIndex`), a job is only the signal: a lost one is asked for again.
"""

import logging
from datetime import timedelta

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from kg.answer import overview
from kg.errors import KgError
from portal import indexing, language_models, leases
from portal.errors import Conflict, PartDown
from portal.models import Rag, RagIndex, now
from portal.wiring import Parts

log = logging.getLogger(__name__)

AGAIN_SECONDS = 60  # after a failure


def due(db: Session, embedder: str) -> list[int]:
    """The knowledge bases whose index nobody is looking after though it needs it."""
    found = db.exec(
        select(Rag.id)
        .join(RagIndex, col(RagIndex.rag_id) == Rag.id, isouter=True)
        .where(col(Rag.deleted_at).is_(None), Rag.version > 0)
        .where(
            or_(
                col(RagIndex.rag_id).is_(None),
                col(RagIndex.version) != Rag.version,
                col(RagIndex.embedder) != embedder,
            )
        )
        .where(or_(col(RagIndex.lease_until).is_(None), col(RagIndex.lease_until) < now()))
    ).all()
    return [i for i in found if i is not None]


def run(parts: Parts, rag_id: int) -> bool:
    """Do what is due for one knowledge base; False if there is nothing, or another process is at it."""
    with parts.session() as db:
        embedder = parts.embedder_name  # another may be chosen while it is worked with
        if rag_id not in due(db, embedder) or not claim(db, rag_id):
            return False
        version = db.get_one(Rag, rag_id).version
    try:
        with leases.beating(lambda: keep(parts, rag_id)):
            look_after(parts, rag_id, version)
    except (KgError, PartDown) as e:
        log.warning("the index of knowledge base %s waits: %s", rag_id, e)
        _end(parts, rag_id, error=str(e)[:1000], lease_until=now() + timedelta(seconds=AGAIN_SECONDS))
        return False
    _end(parts, rag_id, version=version, embedder=embedder, error="", lease_until=None)
    return True


def reindex(parts: Parts, rag_id: int) -> int:
    """Make the index anew though nothing seems to be wrong with it; returns its text units.

    Conflict if another process is at it.
    """
    with parts.session() as db:
        embedder = parts.embedder_name
        if not claim(db, rag_id):
            raise Conflict("index-busy")
        version = db.get_one(Rag, rag_id).version
    try:
        with leases.beating(lambda: keep(parts, rag_id)):
            units = indexing.rebuild(parts, rag_id)
            look_after(parts, rag_id, version)
    finally:
        _end(parts, rag_id, lease_until=None)
    _end(parts, rag_id, version=version, embedder=embedder, error="")
    return units


def look_after(parts: Parts, rag_id: int, version: int) -> None:
    dataset = parts.dataset(rag_id)
    index = parts.index
    if index.outdated(dataset) or index.version(dataset) < version:
        units = indexing.rebuild(parts, rag_id)
        log.info("the index of knowledge base %s was made anew: %d text units", rag_id, units)
    parts.index.compact(dataset, version)
    model = language_models.chat(parts, "extract", rag_id)
    words = (lambda facts: overview(facts, model)) if model else None
    parts.index.summarise(dataset, version, words)


def claim(db: Session, rag_id: int) -> bool:
    """Take the right to rebuild or look after the index; commits."""
    if db.get(RagIndex, rag_id) is None:
        db.add(RagIndex(rag_id=rag_id))
        db.flush()
    taken = db.execute(
        update(RagIndex)
        .where(
            col(RagIndex.rag_id) == rag_id,
            or_(col(RagIndex.lease_until).is_(None), col(RagIndex.lease_until) < now()),
        )
        .values(lease_until=now() + timedelta(seconds=leases.SECONDS))
        .execution_options(synchronize_session=False)
    )
    db.commit()
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def keep(parts: Parts, rag_id: int) -> None:
    """Hold what `claim` took."""
    _end(parts, rag_id, lease_until=now() + timedelta(seconds=leases.SECONDS))


def _end(parts: Parts, rag_id: int, **values: object) -> None:
    with parts.session() as db:
        db.execute(update(RagIndex).where(col(RagIndex.rag_id) == rag_id).values(**values))
        db.commit()
