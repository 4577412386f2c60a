"""Exploring the approved graph, or a cycle's proposal over it: find, look at a thing, draw around it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rdflib import URIRef
from sqlalchemy import func
from sqlmodel import col, select

from kg.approved import ApprovedGraph, Counts
from kg.model import Entity, Fact, Ontology
from kg.rdf import Triple, assertion
from portal import access, proposals
from portal.access import Action, Actor
from portal.errors import NotFound
from portal.excerpts import About
from portal.explore import finding
from portal.graph_words import FactView, views
from portal.models import Change, Cycle, CycleState
from portal.proposals import Proposal
from portal.wiring import Parts

FACTS = 200  # of one thing on its page
NODES = 150  # of one picture


@dataclass(frozen=True, slots=True)
class Found:
    iri: str
    label: str


@dataclass(frozen=True, slots=True)
class Thing:
    entity: Entity
    classes: tuple[str, ...]
    facts: tuple[FactView, ...]
    total: int  # facts in all; `facts` holds the first


class Mark(StrEnum):
    """What a cycle's proposal would do to a thing or a fact."""

    same = "same"
    added = "added"
    changed = "changed"  # a fact that would hold at other times
    removed = "removed"
    kind = "kind"  # no fact: a kind below a wider one


@dataclass(frozen=True, slots=True)
class Node:
    iri: str
    label: str
    class_: str  # its first kind's name, "" if it has none
    mark: Mark = Mark.same
    kinds: tuple[str, ...] = ()  # IRIs


@dataclass(frozen=True, slots=True)
class Edge:
    """`object` is the IRI of another node, or a value as text."""

    subject: str  # IRI
    label: str
    object: str
    triple: Triple
    mark: Mark = Mark.same


@dataclass(frozen=True, slots=True)
class Picture:
    """A neighbourhood: `values` are its literal facts; `left_out` edges."""

    centre: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    values: tuple[Edge, ...]
    left_out: int


def find(
    parts: Parts, actor: Actor, rag_id: int, words: str, limit: int = 20, staged: int | None = None
) -> tuple[Found, ...]:
    """Things by a few letters of one of their names, the best found first."""
    found = finding.find(parts, actor, rag_id, words, limit, staged)
    return tuple(Found(f.iri, f.label) for f in found)


def prominent(
    parts: Parts, actor: Actor, rag_id: int, limit: int = 8, staged: int | None = None
) -> tuple[Found, ...]:
    """Things to begin with: those that the approved cycles say most about; of a proposal, that it changes."""
    if staged is not None:
        with parts.session() as db:
            access.check(db, actor, rag_id, Action.read)
        about = proposals.about_most(parts, rag_id, staged, limit)
        proposal = proposals.of(parts, rag_id, staged, about)
        graph, changed = proposal.graph, proposal.most_changed(limit)
        label = {e.iri: e.label for e in graph.names(changed)}
        return tuple(Found(str(i), label[i]) for i in changed if i in label)
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        labels = db.exec(
            select(Change.subject)
            .join(Cycle, col(Change.cycle_id) == Cycle.id)
            .where(Cycle.rag_id == rag_id, Cycle.state == CycleState.approved, Change.kind == "new_fact")
            .group_by(Change.subject)
            .order_by(func.count().desc(), Change.subject)
            .limit(2 * limit)
        ).all()
    graph = _graph(parts, actor, rag_id, None)
    found = {f.iri: f for label in labels for f in (_named(graph, label),) if f}
    return tuple(found.values())[:limit]


def thing(parts: Parts, actor: Actor, rag_id: int, iri: str, staged: int | None = None) -> Thing:
    """One thing with its facts in both directions."""
    graph = _graph(parts, actor, rag_id, staged, URIRef(iri))
    entities = graph.entities([URIRef(iri)])
    if not entities:
        raise NotFound("thing", iri)
    near = graph.near(URIRef(iri), FACTS)
    ontology = graph.ontology()
    facts = views(graph, near.facts)
    return Thing(entities[0], tuple(ontology.label(t) for t in entities[0].types), facts, near.total)


def neighbourhood(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    iri: str,
    hops: int = 1,
    cap: int = NODES,
    staged: int | None = None,
) -> Picture:
    """What lies around a thing, nearest first, at most `cap` things."""
    graph = _graph(parts, actor, rag_id, staged, URIRef(iri))
    proposal = None
    if staged is not None:
        proposal = _around(parts, rag_id, staged, URIRef(iri), hops, cap)
        graph = proposal.graph
    around = graph.neighbourhood(URIRef(iri), hops, cap)
    entities, edges = list(around.entities), dict.fromkeys(around.edges)
    if proposal:
        gone = proposal.removed_around(e.iri for e in around.entities)
        edges |= dict.fromkeys(gone)
        there = {e.iri for e in entities}
        ends = {t for s, _, o in gone for t in (s, o) if isinstance(t, URIRef) and t not in there}
        entities += proposal.before.names(sorted(ends)[: max(0, cap - len(entities))])
    ontology = proposal.whole_ontology if proposal else graph.ontology()
    known = {e.iri for e in entities}

    def edge(triple: Triple) -> Edge:
        s, p, o = triple
        return Edge(str(s), ontology.label(p), str(o), triple, _mark(proposal, triple))

    shown = [t for t in edges if t[0] in known]
    return Picture(
        centre=iri,
        nodes=tuple(
            Node(
                str(e.iri),
                e.label,
                ontology.label(e.types[0]) if e.types else "",
                _mark(proposal, e.iri),
                tuple(map(str, e.types)),
            )
            for e in entities
        ),
        edges=tuple(edge(t) for t in shown if t[2] in known),
        values=tuple(edge(t) for t in shown if not isinstance(t[2], URIRef)),
        left_out=around.left_out,
    )


def picture_of(
    parts: Parts, actor: Actor, rag_id: int, triples: Iterable[tuple[str, str, str]], centre: str
) -> Picture:
    """Statements between things, drawn; those whose things are not approved any more are left out."""
    graph = _graph(parts, actor, rag_id, None)
    wanted = list(dict.fromkeys(triples))
    ontology = graph.ontology()
    things = graph.entities({URIRef(i) for s, _p, o in wanted for i in (s, o)})
    known = {str(e.iri) for e in things}
    edges = [t for t in wanted if t[0] in known and t[2] in known]
    drawn = {i for s, _p, o in edges for i in (s, o)}
    return Picture(
        centre=centre,
        nodes=tuple(
            Node(str(e.iri), e.label, ontology.label(e.types[0]) if e.types else "")
            for e in things
            if str(e.iri) in drawn
        ),
        edges=tuple(
            Edge(s, ontology.label(URIRef(p)), o, (URIRef(s), URIRef(p), URIRef(o))) for s, p, o in edges
        ),
        values=(),
        left_out=0,
    )


def facts_in_words(
    parts: Parts, actor: Actor, rag_id: int, facts: Iterable[Fact], staged: int | None = None
) -> tuple[FactView, ...]:
    """With `staged` also by the names that the cycle proposes, whatever was decided about them."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
    return views(ApprovedGraph(parts.store, parts.dataset(rag_id), staged), facts)


def facts_of(
    parts: Parts, actor: Actor, rag_id: int, things: Iterable[URIRef], limit: int
) -> dict[str, tuple[FactView, ...]]:
    """The first approved facts that each of these things is the subject of, by its IRI."""
    graph = _graph(parts, actor, rag_id, None)
    found: dict[str, tuple[FactView, ...]] = {}
    for view in views(graph, graph.facts_of(things)):
        if len(found.get(view.subject_iri, ())) < limit:
            found[view.subject_iri] = (*found.get(view.subject_iri, ()), view)
    return found


def ontology(parts: Parts, actor: Actor, rag_id: int, staged: int | None = None) -> Ontology:
    """What is approved; with `staged` also what that cycle proposes, and what it would remove."""
    approved = _graph(parts, actor, rag_id, None)
    return approved.ontology() if staged is None else proposals.of(parts, rag_id, staged).whole_ontology


def counts(parts: Parts, actor: Actor, rag_id: int) -> Counts:
    return _graph(parts, actor, rag_id, None).counts()


# ---- inside


def _graph(
    parts: Parts, actor: Actor, rag_id: int, staged: int | None, about: About | URIRef | None = None
) -> ApprovedGraph:
    """What is approved, or with `staged` as the proposal of that cycle would make it, `about` this."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
    if staged is None:
        return ApprovedGraph(parts.store, parts.dataset(rag_id))
    if isinstance(about, URIRef):
        about = proposals.about_things(parts, rag_id, staged, [about])
    return proposals.of(parts, rag_id, staged, about or About()).graph


def _around(parts: Parts, rag_id: int, staged: int, iri: URIRef, hops: int, cap: int) -> Proposal:
    """The proposal about a thing and, where it is large, about all that the last step goes out from."""
    proposal = proposals.of(parts, rag_id, staged, proposals.about_things(parts, rag_id, staged, [iri]))
    for steps in range(1, hops if proposal.part else 0):
        near = {e.iri for e in proposal.graph.neighbourhood(iri, steps, cap).entities}
        proposal = proposals.of(parts, rag_id, staged, proposals.about_things(parts, rag_id, staged, near))
    return proposal


def _mark(proposal: Proposal | None, what: Triple | URIRef) -> Mark:
    if proposal is None:
        return Mark.same
    if what in proposal.added or what in proposal.things:
        return Mark.added
    if what in proposal.removed or what in proposal.things_gone:
        return Mark.removed
    dated = isinstance(what, tuple) and assertion(proposal.dataset, *what) in proposal.redated
    return Mark.changed if dated else Mark.same


def _named(graph: ApprovedGraph, label: str) -> Found | None:
    """The thing of exactly this name, if one is left of it."""
    for iri, found in graph.search_labels(label, 3):
        if found == label:
            return Found(str(iri), label)
    return None
