"""Files of linked data in a cycle: what each says is kept with it, and joined to what its texts say."""

from dataclasses import replace

from sqlmodel import col, select

from jobs.work import Work
from kg import linked, names, values
from kg.linked import Linked
from kg.model import Document, Evidence, Merge, Ontology, ResolvedEntity, TextUnit
from kg.ontology import Induction
from portal.documents import text_key
from portal.models import Cycle, CycleKind, Revision


def keep(work: Work, revision_key: str, found: Linked, units: tuple[TextUnit, ...]) -> None:
    """What the file says, its quotes of documents that are here checked."""
    placed = linked.in_units(_verified(work, found), revision_key, units)
    work.parts.files.put(_key(work, revision_key), values.dumps(placed))


def kept(work: Work) -> tuple[Linked, ...]:
    """What the files of the cycle say, in their order."""
    with work.parts.session() as db:
        keys = db.exec(
            select(Revision.key)
            .where(Revision.cycle_id == work.cycle_id, Revision.units > 0)
            .where(col(Revision.media_type).in_(linked.RDF_KINDS))
            .order_by(col(Revision.id))
        ).all()
    found = (values.loads(Linked, work.parts.files.get(_key(work, key))) for key in keys)
    return tuple(linked.known_as(x, work.approved) for x in found)


def joined(work: Work, induction: Induction, ontology: Ontology) -> Induction:
    """The induction with all that the cycle's files say."""
    found = kept(work)
    return linked.into(induction, found, ontology) if found else induction


def namesakes(work: Work, read: tuple[ResolvedEntity, ...]) -> tuple[Merge, ...]:
    """Things of the files that have the name of one that is approved, or was read in the cycle's texts."""
    found = [x for x in kept(work) if not x.own]
    wanted = {key for x in found for e in x.entities for key in names.keys(e.label)}
    approved = (
        {e.iri: e for es in work.approved.entities_by_key(wanted).values() for e in es} if wanted else {}
    )
    return linked.namesakes(found, (*approved.values(), *read))


def name_kind(work: Work) -> None:
    """A cycle of linked data alone is called so."""
    with work.session() as db:
        kinds = db.exec(
            select(Revision.media_type)
            .where(Revision.cycle_id == work.cycle_id, Revision.error == "")
            .distinct()
        ).all()
        cycle: Cycle = work.cycle(db)
        if cycle.kind is CycleKind.upload and kinds and set(kinds) <= linked.RDF_KINDS:
            cycle.kind = CycleKind.rdf
            db.add(cycle)


def _key(work: Work, revision_key: str) -> str:
    return f"{work.folder}/linked/{revision_key}.json"


def _verified(work: Work, found: Linked) -> Linked:
    """Quotes of documents of this knowledge base have to be in them; those of others cannot be looked up."""
    said = {e.document_id for x in found.entities for e in x.evidence}
    said |= {e.document_id for x in found.facts for e in x.evidence}
    if not found.own or not said:
        return found
    with work.parts.session() as db:
        own = db.exec(
            select(Revision.key).where(
                Revision.rag_id == work.rag_id, col(Revision.key).in_(said), Revision.units > 0
            )
        ).all()
    texts = {
        key: values.loads(Document, work.parts.files.get(text_key(work.rag_id, key))).text for key in own
    }

    def true(e: Evidence) -> bool:
        return e.document_id not in texts or texts[e.document_id][e.start : e.end] == e.quote

    return replace(
        found,
        entities=tuple(replace(x, evidence=tuple(e for e in x.evidence if true(e))) for x in found.entities),
        facts=tuple(replace(x, evidence=tuple(e for e in x.evidence if true(e))) for x in found.facts),
    )
