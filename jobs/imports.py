"""A MS GraphRAG output folder as a cycle: its documents become documents, its tables extractions."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlmodel import select

from jobs.reading import store_units
from jobs.work import Work
from kg import values
from kg.extract.tables import Tables
from kg.model import Evidence, Extraction
from kg.vocab import digest
from portal import models
from portal.incoming import clean_name
from portal.models import Revision, Unit, UnitState
from portal.uploads import original_key


def store(work: Work, tables: Tables) -> None:
    """Rows and files for everything in the tables; again after a crash, it writes the same."""
    own = rekeyed(tables, f"{work.rag_id}/{work.number}")
    of_unit = {e.unit_id: e for e in own.extractions}
    for document in own.documents:
        units = tuple(u for u in own.units if u.document_id == document.id)
        if not units:
            continue
        data = document.text.encode()
        work.parts.files.put(original_key(work.rag_id, document.id), data)
        revision = _revision(work, document.id, document.name, data)
        store_units(work, revision, document, units)
        with work.session() as db:
            for unit in db.exec(select(Unit).where(Unit.revision_id == revision.id)):
                found = of_unit.get(unit.unit_id)
                unit.state = UnitState.done
                unit.extraction = values.to_json(found) if found else None
                db.add(unit)


def _revision(work: Work, key: str, name: str, data: bytes) -> Revision:
    with work.session() as db:
        known = db.exec(select(Revision).where(Revision.key == key)).first()
        if known is not None:
            return known
        row = models.Document(rag_id=work.rag_id, name=clean_name(name)[:255])
        db.add(row)
        db.flush()
        assert row.id is not None
        made = Revision(
            key=key,
            document_id=row.id,
            rag_id=work.rag_id,
            cycle_id=work.cycle_id,
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            created_by=work.cycle(db).created_by,
        )
        db.add(made)
        db.flush()
        return made


def rekeyed(tables: Tables, where: str) -> Tables:
    """The same with ids that are this import's own: a folder may be imported twice, in two places."""
    documents = {d.id: digest(where, d.id, length=16) for d in tables.documents}
    units = {u.id: digest(where, u.id, length=24) for u in tables.units}
    return Tables(
        tuple(replace(d, id=documents[d.id]) for d in tables.documents),
        tuple(replace(u, id=units[u.id], document_id=documents[u.document_id]) for u in tables.units),
        tuple(_extraction(e, documents, units) for e in tables.extractions),
    )


def _extraction(e: Extraction, documents: Mapping[str, str], units: Mapping[str, str]) -> Extraction:
    def own(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
        return tuple(
            replace(
                q,
                document_id=documents.get(q.document_id, q.document_id),
                unit_id=units.get(q.unit_id, q.unit_id),
            )
            for q in evidence
        )

    return replace(
        e,
        unit_id=units[e.unit_id],
        entities=tuple(replace(x, evidence=own(x.evidence)) for x in e.entities),
        relations=tuple(replace(r, evidence=own(r.evidence)) for r in e.relations),
    )
