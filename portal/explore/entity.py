"""A thing's page: what it is called, what is said of it in both directions by property, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import URIRef

from kg import names
from kg.approved import ApprovedGraph, Relation
from kg.errors import IndexMissing
from kg.index import summaries
from kg.model import Entity, Evidence, Ontology
from kg.rdf import Triple
from portal import access, graph_words, proposals
from portal.access import Action, Actor
from portal.errors import NotFound
from portal.explore import address
from portal.graph_words import FactView
from portal.models import Rag
from portal.wiring import Parts

SHOWN = 8  # facts of one property on a page of them
FEW = 400  # facts that are read at once; of a thing with more, property by property
MEMBERS = 12  # of a community that are named
FURTHEST = 20_000  # facts of one property that can be turned to


@dataclass(frozen=True, slots=True)
class Named:
    """A thing by its name and kinds."""

    iri: str
    label: str
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The facts of one property that it is the subject of (`outward`) or the object of; `facts` the first."""

    property: URIRef
    label: str
    outward: bool
    total: int
    facts: tuple[FactView, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A document that speaks of it: the first place, and how many of those that were looked at."""

    first: Evidence
    places: int


@dataclass(frozen=True, slots=True)
class InCommunity:
    title: str
    summary: str
    level: int
    members: tuple[Named, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Page:
    entity: Entity
    classes: tuple[str, ...]
    groups: tuple[Group, ...]
    sources: tuple[Source, ...]

    @property
    def total(self) -> int:
        return sum(g.total for g in self.groups)


def page(parts: Parts, actor: Actor, rag_id: int, asked: str, staged: int | None = None) -> Page:
    """By the name in the page's address, see `address`. Cost: its properties, not its facts."""
    iri = address.thing(parts.dataset(rag_id), asked)
    graph = _graph(parts, actor, rag_id, staged, iri)
    entity = graph.entity(iri)
    if entity is None:
        raise NotFound("thing", asked[:100])
    ontology, relations = graph.ontology(), graph.relations(entity.iri)
    triples = _first(graph, entity.iri, relations)
    told = {v.fact.triple: v for v in graph_words.views(graph, graph.facts(t for f in triples for t in f))}
    groups = tuple(
        Group(
            r.property,
            ontology.label(r.property),
            r.outward,
            r.total,
            tuple(sorted((told[t] for t in first), key=lambda v: (v.object, v.subject))),
        )
        for r, first in zip(relations, triples, strict=True)
    )
    evidence = [*entity.evidence, *(e for v in told.values() for e in v.fact.evidence)]
    return Page(entity, class_labels(ontology, entity), groups, _sources(evidence))


def facts(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    iri: str,
    property_: URIRef,
    outward: bool,
    at: int = 0,
    staged: int | None = None,
) -> tuple[FactView, ...]:
    """Page `at`, from 0, of a thing's facts of one property in one direction."""
    graph = _graph(parts, actor, rag_id, staged, URIRef(iri))
    until = min((at + 1) * SHOWN, FURTHEST)
    found = graph.related(URIRef(iri), property_, outward, until)
    return graph_words.views(graph, graph.facts(found[at * SHOWN : until]))


def namesakes(
    parts: Parts, actor: Actor, rag_id: int, entity: Entity, staged: int | None = None
) -> tuple[Named, ...]:
    """Other things of the same name."""
    graph = _graph(parts, actor, rag_id, staged, entity.iri)
    keys = {k for n in (entity.label, *entity.aliases[:20]) for k in names.keys(n) if k[:1] not in "@~>"}
    others = {e.iri: e for same in graph.entities_by_key(keys).values() for e in same if e.iri != entity.iri}
    ontology = graph.ontology()
    found = (Named(str(e.iri), e.label, class_labels(ontology, e)) for e in others.values())
    return tuple(sorted(found, key=lambda n: (n.label, n.iri)))


def communities(parts: Parts, actor: Actor, rag_id: int, iri: str) -> tuple[InCommunity, ...]:
    """The communities of the approved version that it is in; none while the index is made anew."""
    graph = _graph(parts, actor, rag_id, None)
    with parts.session() as db:
        version = db.get_one(Rag, rag_id).version
    try:
        view = parts.index.view(parts.dataset(rag_id), version)
    except IndexMissing:
        return ()
    found = summaries.holding(view, iri) if view else ()
    named = {i for c in found for i in c.entities[: MEMBERS + 1]}
    known = {str(e.iri): e for e in graph.names(URIRef(i) for i in named)}
    return tuple(
        InCommunity(
            title=c.title,
            summary=c.summary,
            level=c.level,
            members=tuple(Named(i, known[i].label) for i in c.entities if i in known and i != iri)[:MEMBERS],
            size=len(c.entities),
        )
        for c in found
    )


def class_labels(ontology: Ontology, entity: Entity) -> tuple[str, ...]:
    """The names of its kinds."""
    return tuple(ontology.label(t) for t in entity.types)


# ---- inside


def _graph(
    parts: Parts, actor: Actor, rag_id: int, staged: int | None, iri: URIRef | None = None
) -> ApprovedGraph:
    """What is approved, or with `staged` as the proposal of that cycle would make it, of a thing."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
    if staged is not None:
        about = proposals.about_things(parts, rag_id, staged, [iri] if iri else [])
        return proposals.of(parts, rag_id, staged, about).graph
    return ApprovedGraph(parts.store, parts.dataset(rag_id))


def _first(graph: ApprovedGraph, iri: URIRef, relations: Iterable[Relation]) -> list[list[Triple]]:
    """The first facts of each property."""
    relations = tuple(relations)
    if sum(r.total for r in relations) > FEW:
        return [list(graph.related(iri, r.property, r.outward, SHOWN)) for r in relations]
    near = {f.triple for f in graph.facts_about([iri], FEW)}
    ordered = sorted(near, key=lambda t: (str(t[2]), str(t[0])))
    return [
        [t for t in ordered if t[1] == r.property and t[0 if r.outward else 2] == iri][:SHOWN]
        for r in relations
    ]


def _sources(evidence: Iterable[Evidence]) -> tuple[Source, ...]:
    by_document: dict[str, dict[tuple[int, int], Evidence]] = {}
    for e in evidence:
        by_document.setdefault(e.document_id, {}).setdefault((e.start, e.end), e)
    found = (Source(places[min(places)], len(places)) for places in by_document.values())
    return tuple(sorted(found, key=lambda s: (-s.places, s.first.document, s.first.document_id)))
