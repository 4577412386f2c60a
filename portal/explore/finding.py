"""Finding a thing by a few letters of one of its names, in either alphabet, misspelt or not."""

from dataclasses import dataclass

import numpy as np
from rdflib import URIRef

from kg.errors import IndexMissing
from kg.index.view import View
from kg.retrieve.find import find as by_letters
from portal import proposals
from portal.access import Actor
from portal.excerpts import About
from portal.explore import views
from portal.explore.entity import class_labels
from portal.wiring import Parts

LIMIT = 20


@dataclass(frozen=True, slots=True)
class FoundThing:
    """`name` is the one it was found by, its label or another."""

    iri: str
    label: str
    name: str
    classes: tuple[str, ...] = ()


def find(
    parts: Parts, actor: Actor, rag_id: int, words: str, limit: int = LIMIT, staged: int | None = None
) -> tuple[FoundThing, ...]:
    """The best first, see `kg.retrieve.find`; while the index is made anew by the graph's own labels."""
    current = views.check(parts, actor, rag_id)
    text = words.strip()
    if not text:
        return ()
    found: dict[str, tuple[str, str]] = {}
    try:
        seen = views.view(parts, rag_id, current)
    except IndexMissing:
        seen = None
    if seen is not None:
        found = {f.iri: (f.label, f.name) for f in by_letters(seen, text, limit)}
    about = About(words=(text,))
    graph = views.graph(parts, rag_id, current, staged=staged, about=about)
    if seen is None or staged is not None:
        also = {str(i): (label, label) for i, label in graph.search_labels(text, limit)}
        found = {**also, **found} if staged is None else {**found, **also}
    if staged is not None:
        gone = {str(i) for i in proposals.of(parts, rag_id, staged, about).things_gone}
        found = {i: n for i, n in found.items() if i not in gone}
    kept = dict(list(found.items())[:limit])
    known = {str(e.iri): e for e in graph.names(URIRef(i) for i in kept)}
    ontology = graph.ontology()
    return tuple(
        FoundThing(i, known[i].label, name, class_labels(ontology, known[i]))
        for i, (_label, name) in kept.items()
        if i in known
    )


def foremost(
    parts: Parts, actor: Actor, rag_id: int, limit: int = 8, staged: int | None = None
) -> tuple[FoundThing, ...]:
    """Things to begin with: those with most facts; of a proposal, those that it changes most."""
    current = views.check(parts, actor, rag_id)
    about = None if staged is None else proposals.about_most(parts, rag_id, staged, limit)
    graph = views.graph(parts, rag_id, current, staged=staged, about=about)
    if staged is not None:
        iris = [str(i) for i in proposals.of(parts, rag_id, staged, about).most_changed(limit)]
    else:
        try:
            seen = views.view(parts, rag_id, current)
        except IndexMissing:
            seen = None
        iris = [] if seen is None else _best_known(seen, limit)
    known = {str(e.iri): e for e in graph.names(URIRef(i) for i in iris)}
    ontology = graph.ontology()
    return tuple(
        FoundThing(i, known[i].label, known[i].label, class_labels(ontology, known[i]))
        for i in iris
        if i in known
    )


def _best_known(seen: View, limit: int) -> list[str]:
    alive = np.flatnonzero(seen.entities.alive)
    order = np.lexsort((alive, -seen.entity_degree[alive]))[:limit]
    return [seen.entities.told(n)["key"] for n in alive[order].tolist()]
