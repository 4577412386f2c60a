"""Documents to text units: each file on its own, so that one that cannot be read fails alone."""

import logging

from sqlmodel import Session, col, delete, select

from jobs import linked
from jobs.work import Work
from kg import values
from kg.errors import Unreadable
from kg.extract.tables import read_tables
from kg.linked import RDF_KINDS
from kg.linked import read as read_linked
from kg.model import Document, TextUnit
from kg.text.formats.kinds import kind
from kg.text.read import read
from kg.text.units import split
from portal import models
from portal.documents import text_key
from portal.models import CycleKind, Revision, Unit, UnitState
from portal.text_units import units_key
from portal.uploads import original_key
from portal.wiring import Parts

log = logging.getLogger(__name__)


def read_all(work: Work) -> None:
    """Read what was not read yet; the rest of the step resumes from here."""
    if work.kind is CycleKind.tables:
        _read_tables(work)
        return
    with work.parts.session() as db:
        revisions = [
            (r, d.name)
            for r, d in db.exec(
                select(Revision, models.Document)
                .join(models.Document, col(Revision.document_id) == models.Document.id)
                .where(Revision.cycle_id == work.cycle_id)
                .order_by(col(Revision.id))
            )
        ]
    for done, (revision, name) in enumerate(revisions):
        if not revision.units and not revision.error:
            work.progress(done, len(revisions), name, now=True)
            _read(work, revision, name)
    linked.name_kind(work)


def _read(work: Work, revision: Revision, name: str) -> None:
    try:
        data = work.parts.files.get(original_key(work.rag_id, revision.key))
        media_type = kind(data, name)
        if media_type in RDF_KINDS:
            _read_linked(work, revision, data, name, media_type)
            return
        document = read(data, name, revision.key)
        units = split(document, tokens=work.parts.settings.unit_tokens)
    except Unreadable as e:
        with work.session() as db:
            stored = db.get_one(Revision, revision.id)
            stored.error = str(e)[:1000]
            db.add(stored)
        return
    store_units(work, revision, document, units)


def _read_linked(work: Work, revision: Revision, data: bytes, name: str, media_type: str) -> None:
    """What linked data says is known as it is read: nothing in its text waits for an extractor."""
    found = read_linked(data, name, revision.key, media_type, work.dataset)
    units = split(found.document, tokens=work.parts.settings.unit_tokens)
    linked.keep(work, revision.key, found.linked, units)
    store_units(work, revision, found.document, units, extracted=True)


def store_units(
    work: Work,
    revision: Revision,
    document: Document,
    units: tuple[TextUnit, ...],
    *,
    extracted: bool = False,
) -> None:
    """Text and units to the file store, then their rows in one transaction."""
    work.parts.files.put(text_key(work.rag_id, revision.key), values.dumps(document))
    work.parts.files.put(units_key(work.rag_id, work.number, revision.key), values.dumps(units))
    with work.session() as db:
        db.exec(delete(Unit).where(col(Unit.revision_id) == revision.id))
        stored = db.get_one(Revision, revision.id)
        stored.characters, stored.units = len(document.text), len(units)
        stored.language, stored.media_type = document.language, document.media_type
        stored.notes = list(document.notes)
        db.add(stored)
        for unit in units:
            db.add(_row(work, revision, unit, extracted=extracted))
    log.info("revision %s: %d characters, %d text units", revision.id, len(document.text), len(units))


def _row(work: Work, revision: Revision, unit: TextUnit, *, extracted: bool) -> Unit:
    assert revision.id is not None
    nothing_left = extracted or not unit.text.strip()
    return Unit(
        cycle_id=work.cycle_id,
        revision_id=revision.id,
        unit_id=unit.id,
        number=unit.number,
        start=unit.start,
        end=unit.end,
        tokens=unit.tokens,
        state=UnitState.done if nothing_left else UnitState.waiting,
    )


def documents_of(parts: Parts, db: Session, rag_id: int, cycle_id: int) -> tuple[Document, ...]:
    """The cycle's documents as they were read."""
    keys = db.exec(
        select(Revision.key)
        .where(Revision.cycle_id == cycle_id, Revision.units > 0)
        .order_by(col(Revision.id))
    ).all()
    return tuple(values.loads(Document, parts.files.get(text_key(rag_id, k))) for k in keys)


# ---- a GraphRAG output folder


def _read_tables(work: Work) -> None:
    """Documents, units and extractions all at once: nothing is left to extract."""
    from jobs import imports  # noqa: PLC0415  # it imports this module

    with work.parts.files.reading_folder(f"{work.folder}/input") as local:
        imports.store(work, read_tables(local))
