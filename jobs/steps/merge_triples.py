"""Antithesis: what the cycle says against what is approved. The outcome is the change set."""

from rdflib import URIRef
from sqlmodel import col, select

from jobs import artifacts
from jobs.work import Work
from kg.approved import Approved
from kg.merge import merge, removal
from kg.model import ChangeSet, Content, Resolution
from kg.ontology import Induction
from portal.models import CycleKind, Document, Remembered, Revision


def run(work: Work) -> None:
    with work.parts.session() as db:
        base = work.cycle(db).base_version or 0
        rejected = frozenset(db.exec(select(Remembered.key).where(Remembered.rag_id == work.rag_id)))
    work.progress(0, 1, now=True)
    if work.kind is CycleKind.removal:
        change_set = _removal(work, base)
    else:
        induction, resolution = work.kept(Induction, "induction"), work.kept(Resolution, "resolution")
        approved = _touched(work, induction, resolution)
        change_set = merge(
            work.dataset, induction, resolution.merges, approved, base, rejected, cycle=work.number
        )
    work.keep("changes", change_set)
    artifacts.write(work, "integrated_triples.ttl", artifacts.of_contents(work, proposed(change_set)))
    work.progress(1, 1, now=True)


def proposed(change_set: ChangeSet) -> list[Content]:
    """What the graph would hold of the changed things and facts."""
    return [c for change in change_set.changes for c in change.after]


def _removal(work: Work, base: int) -> ChangeSet:
    with work.parts.session() as db:
        keys = db.exec(
            select(Revision.key)
            .join(Document, col(Revision.document_id) == Document.id)
            .where(Document.removal_cycle_id == work.cycle_id)
        ).all()
    graph = work.approved
    things, facts = graph.entities_from(keys), graph.facts_from(keys)
    # a thing goes only with its last fact, whichever document said it
    about = graph.facts_about((e.iri for e in things), limit=100_000)
    all_facts = {f.triple: f for f in (*facts, *about)}
    known = Approved(graph.ontology(), things, tuple(all_facts.values()))
    return removal(work.dataset, keys, known, base)


def _touched(work: Work, induction: Induction, resolution: Resolution) -> Approved:
    """The approved things that the cycle names, with all their facts."""
    iris: set[URIRef] = {e.iri for e in induction.entities}
    iris |= {i for m in resolution.merges for i in (m.keep, m.drop)}
    for fact in (*induction.facts, *induction.denied):
        iris.add(fact.subject)
        if isinstance(fact.object, URIRef):
            iris.add(fact.object)
    return work.approved.approved(iris)
