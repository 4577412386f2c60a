"""A MS GraphRAG output folder as a cycle: its documents become documents, its tables extractions."""

import hashlib

from sqlmodel import select

from jobs.reading import store_units
from jobs.work import Work
from kg import values
from kg.extract.tables import Tables
from portal import models
from portal.models import Revision, Unit, UnitState
from portal.uploads import original_key


def store(work: Work, tables: Tables) -> None:
    """Rows and files for everything in the tables; each document in a transaction of its own."""
    of_unit = {e.unit_id: e for e in tables.extractions}
    for document in tables.documents:
        units = tuple(u for u in tables.units if u.document_id == document.id)
        if not units:
            continue
        data = document.text.encode()
        work.parts.files.put(original_key(work.rag_id, document.id), data)
        with work.session() as db:
            known = db.exec(select(Revision).where(Revision.key == document.id)).first()
            if known is None:
                row = models.Document(rag_id=work.rag_id, name=document.name[:255])
                db.add(row)
                db.flush()
                assert row.id is not None
                known = Revision(
                    key=document.id,
                    document_id=row.id,
                    rag_id=work.rag_id,
                    cycle_id=work.cycle_id,
                    sha256=hashlib.sha256(data).hexdigest(),
                    size=len(data),
                    created_by=work.cycle(db).created_by,
                )
                db.add(known)
                db.flush()
        store_units(work, known, document, units)
        with work.session() as db:
            for unit in db.exec(select(Unit).where(Unit.revision_id == known.id)):
                found = of_unit.get(unit.unit_id)
                unit.state = UnitState.done
                unit.extraction = values.to_json(found) if found else None
                db.add(unit)
