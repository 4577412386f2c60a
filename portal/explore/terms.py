"""The ontology as people read it: kinds as a tree, relations with what they join, how often each is used."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import URIRef

from kg.model import Ontology, OntologyClass, Property
from kg.vocab import local_name
from portal.access import Actor
from portal.explore import views
from portal.explore.drawn import Drawn, Link, Node
from portal.graph import Mark
from portal.wiring import Parts

KEPT = 8  # versions whose counts are kept in memory
ANY = "any"  # stands for what a relation without domain or range joins
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Kind:
    """A class, with those below it; `uses` counts its things."""

    term: OntologyClass
    uses: int
    below: tuple["Kind", ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """A property with the names of what it joins, "" for anything; `uses` counts its facts."""

    term: Property
    uses: int
    domain: str
    range: str


@dataclass(frozen=True, slots=True)
class Terms:
    kinds: tuple[Kind, ...]
    relations: tuple[Relation, ...]
    picture: Drawn


def terms(parts: Parts, actor: Actor, rag_id: int) -> Terms:
    """Of the approved version."""
    current = views.check(parts, actor, rag_id)
    graph = views.graph(parts, rag_id, current)
    known = graph.ontology()
    uses = _uses(parts, rag_id, current)
    label = {c.iri: c.label for c in known.classes}
    relations = tuple(
        Relation(p, uses.get(p.iri, 0), _name(label, p.domain), _name(label, p.range))
        for p in sorted(known.properties, key=lambda p: (-uses.get(p.iri, 0), p.label, p.iri))
    )
    return Terms(tree(known, uses), relations, _picture(known, uses))


def tree(known: Ontology, uses: dict[URIRef, int]) -> tuple[Kind, ...]:
    """Kinds below their parents; one of several parents stands below each, one of a circle once."""
    there = known.class_by_iri
    below: dict[URIRef, list[OntologyClass]] = {}
    for c in known.classes:
        for parent in c.parents:
            if parent in there and parent != c.iri:
                below.setdefault(parent, []).append(c)

    def kind(c: OntologyClass, above: frozenset[URIRef]) -> Kind:
        inside = above | {c.iri}
        rest = (kind(b, inside) for b in below.get(c.iri, ()) if b.iri not in inside)
        return Kind(c, uses.get(c.iri, 0), _sorted(rest))

    roots = [c for c in known.classes if not any(p in there and p != c.iri for p in c.parents)]
    found = [kind(c, frozenset()) for c in roots]
    shown = {i for k in found for i in _within(k)}
    for c in known.classes:  # of a circle nobody is at the top
        if c.iri not in shown:
            found.append(kind(c, frozenset()))
            shown |= set(_within(found[-1]))
    return _sorted(found)


# ---- inside


def _uses(parts: Parts, rag_id: int, version: int) -> dict[URIRef, int]:
    """Counted once for each version: it costs a look at the whole graph."""
    key = (rag_id, version)
    with _lock:
        if key in parts.uses:
            return parts.uses[key]
    found = views.graph(parts, rag_id, version).uses()
    with _lock:
        parts.uses[key] = found
        while len(parts.uses) > KEPT:
            parts.uses.popitem(last=False)
    return found


def _picture(known: Ontology, uses: dict[URIRef, int]) -> Drawn:
    """Kinds joined by relations and by what is narrower; a relation of values joins nothing."""
    there = known.class_by_iri
    nodes = {
        str(c.iri): Node(str(c.iri), c.label, "", 0 if not c.parents else 1, uses.get(c.iri, 0))
        for c in known.classes
    }
    links = [
        Link(str(c.iri), "", "", str(p), Mark.kind) for c in known.classes for p in c.parents if p in there
    ]
    for p in known.properties:
        ends = [str(t) if t in there else ANY for t in (p.domain, p.range)]
        if p.kind == "object" and ends != [ANY, ANY]:
            if ANY in ends:
                nodes.setdefault(ANY, Node(ANY, "*", "", 1, 0))
            links.append(Link(ends[0], str(p.iri), p.label, ends[1]))
    return Drawn("", tuple(nodes.values()), tuple(links), len(nodes), len(links))


def _name(label: dict[URIRef, str], iri: URIRef | None) -> str:
    if iri is None:
        return ""
    return label.get(iri) or local_name(iri)


def _sorted(kinds: Iterable[Kind]) -> tuple[Kind, ...]:
    return tuple(sorted(kinds, key=lambda k: (-k.uses, k.term.label, k.term.iri)))


def _within(kind: Kind) -> list[URIRef]:
    return [kind.term.iri, *(i for b in kind.below for i in _within(b))]
