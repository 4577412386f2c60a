"""Antithesis: what the cycle says against what is approved. The outcome is the change set."""

from collections.abc import Iterable

from rdflib import URIRef
from sqlmodel import Session, col, select

from jobs import artifacts, corrections
from jobs.work import Work
from kg.approved import Approved
from kg.merge import merge, taken_away, touched
from kg.model import ChangeSet, Content, Resolution
from kg.ontology import Induction
from kg.validate import validate
from portal import remembered
from portal.models import CycleKind, Document, Revision

ABOUT_ONE = 20_000  # approved facts of one thing that a merge looks at


def run(work: Work) -> None:
    work.progress(0, 1, now=True)
    change_set = corrections.change_set(work) if work.kind is CycleKind.correction else _compared(work)
    work.keep("changes", change_set)
    artifacts.write(work, "integrated_triples.ttl", artifacts.of_contents(work, proposed(change_set)))
    work.progress(1, 1, now=True)


def _compared(work: Work) -> ChangeSet:
    """What documents say, or do not say any more, against what is approved."""
    with work.parts.session() as db:
        base = work.cycle(db).base_version or 0
        rejected, removed = remembered.rejected(db, work.rag_id), remembered.removed(db, work.rag_id)
        withdrawn = _withdrawn(db, work)
    induction, resolution = Induction(), Resolution()
    if work.kind is not CycleKind.removal:
        induction, resolution = work.kept(Induction, "induction"), work.kept(Resolution, "resolution")
    iris = touched(induction, resolution.merges)
    iris |= {e.iri for e in work.approved.entities_from(withdrawn)} if withdrawn else frozenset()
    approved = _approved(work, iris, withdrawn)
    change_set = merge(
        work.dataset, induction, resolution.merges, approved, base, rejected, work.number, withdrawn
    )
    return taken_away.noted(validate(work.dataset, change_set, approved), removed)


def proposed(change_set: ChangeSet) -> list[Content]:
    """What the graph would hold of the changed things and facts."""
    return [c for change in change_set.changes for c in change.after]


def _withdrawn(db: Session, work: Work) -> tuple[str, ...]:
    """The revisions that this cycle takes away: of a removed document, or replaced by its newer one."""
    removed = col(Document.id) == work.cycle(db).removes
    newer = select(Revision.document_id).where(Revision.cycle_id == work.cycle_id, Revision.units > 0)
    statement = (
        select(Revision.key)
        .join(Document, col(Revision.document_id) == Document.id)
        .where(col(Revision.current), Revision.cycle_id != work.cycle_id)
        .where(removed if work.kind is CycleKind.removal else col(Revision.document_id).in_(newer))
    )
    return tuple(sorted(db.exec(statement)))


def _approved(work: Work, iris: Iterable[URIRef], withdrawn: tuple[str, ...]) -> Approved:
    """The approved things that the cycle touches, and their facts in both directions."""
    graph, wanted = work.approved, set(iris)
    facts = {f.triple: f for f in graph.facts_about(wanted, limit=ABOUT_ONE)}
    if withdrawn:
        facts |= {f.triple: f for f in graph.facts_from(withdrawn)}
        wanted |= {t for s, _, o in facts for t in (s, o) if isinstance(t, URIRef)}
    return Approved(graph.ontology(), graph.entities(wanted), tuple(facts.values()))
