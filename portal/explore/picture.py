"""A neighbourhood to be drawn: the nearest things first, then those with most facts, up to a said cap."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rdflib import URIRef

from kg.approved import ApprovedGraph
from kg.index.network import around, shortest
from kg.index.view import View
from kg.model import Ontology
from kg.vocab import local_name
from portal import proposals
from portal.access import Actor
from portal.errors import NotFound
from portal.explore import proposed, views
from portal.explore.drawn import LINKS, Drawn, Link, Node, Wanted
from portal.explore.entity import class_labels
from portal.graph_words import FactView
from portal.graph_words import views as in_words
from portal.wiring import Parts

CAPS = (30, 60, 100, 200, 500, 1000, 2000)
LONGEST_WAY = 8  # facts from one thing to another


def picture(parts: Parts, actor: Actor, rag_id: int, wanted: Wanted) -> Drawn:
    """Around the centre. NotFound if it is not there (any more)."""
    current = views.check(parts, actor, rag_id)
    if wanted.staged is not None:
        return proposed.picture(parts, actor, rag_id, wanted)
    graph = views.graph(parts, rag_id, current, wanted.version)
    seen = views.view(parts, rag_id, wanted.version or current)
    if seen is None:
        raise NotFound("thing", wanted.centre[:100])
    centres = views.positions(seen, [wanted.centre])
    if not len(centres):
        raise NotFound("thing", wanted.centre[:100])
    more = views.positions(seen, [*wanted.expanded, *wanted.pinned])
    links = _links(seen, wanted)
    hidden = set(views.positions(seen, sorted(wanted.hidden)).tolist())
    allowed = _allowed(seen, graph, wanted.classes, hidden)
    found = around(seen.network, [*centres.tolist(), *more.tolist()], wanted.hops, wanted.cap, links, allowed)
    kept = np.array([n not in hidden for n in found.nodes.tolist()], bool)
    hop = dict(zip(found.nodes[kept].tolist(), found.hop[kept].tolist(), strict=True))
    return _drawn(seen, graph, wanted.centre, hop, found.links, found.total - int((~kept).sum()))


def way(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    start: str,
    end: str,
    version: int | None = None,
    properties: frozenset[str] = frozenset(),
) -> Drawn | None:
    """The shortest way of facts between two things, of at most LONGEST_WAY; None if there is none."""
    current = views.check(parts, actor, rag_id)
    graph = views.graph(parts, rag_id, current, version)
    seen = views.view(parts, rag_id, version or current)
    ends = views.positions(seen, [start, end]).tolist() if seen else []
    if seen is None or len(ends) != 2:
        raise NotFound("thing", start[:100])
    links = _links(seen, Wanted(start, properties=properties))
    nodes = shortest(seen.network, ends[0], ends[1], LONGEST_WAY, links)
    if not nodes:
        return None
    hop = {n: at for at, n in enumerate(nodes)}
    link, _other = seen.network.beside(np.array(nodes, np.int64), links)
    steps = {frozenset(pair) for pair in pairwise(nodes)}
    along = [n for n in np.unique(link).tolist() if frozenset(seen.network.ends[n].tolist()) in steps]
    return _drawn(seen, graph, start, hop, np.array(along, np.int64), len(nodes))


def fact(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    triple: tuple[str, str, str],
    version: int | None = None,
    staged: int | None = None,
) -> FactView | None:
    """What a link says, with its quotes; None if it is not there (any more)."""
    current = views.check(parts, actor, rag_id)
    subject, property_, object_ = (URIRef(t) for t in triple)
    about = proposals.about_things(parts, rag_id, staged, (subject, object_)) if staged is not None else None
    graph = views.graph(parts, rag_id, current, version, staged, about)
    found = graph.facts([(subject, property_, object_)])
    told = in_words(graph, (f for f in found if f.evidence or f.statements or f.cycle))
    return told[0] if told else None


# ---- inside


def _links(seen: View, wanted: Wanted) -> np.ndarray | None:
    """Which of the network's links pass the filters, bool; None for all."""
    if not wanted.properties and not wanted.documents:
        return None
    fact = seen.network.fact
    passed = np.ones(len(fact), bool)
    if wanted.properties:
        ids = views.property_ids(sorted(wanted.properties))
        passed &= np.isin(seen.fact_times.predicate[fact], ids)
    if wanted.documents:
        passed &= _from_documents(seen, wanted.documents)[fact]
    return passed


def _from_documents(seen: View, documents: frozenset[str]) -> np.ndarray:
    """Which facts have a quote in one of these, bool."""
    parts = [np.zeros(0, bool)]
    names = pa.array(sorted(documents))
    for table in seen.facts.shown:
        said = table["evidence"].combine_chunks()
        if isinstance(said, pa.ChunkedArray):
            said = said.chunk(0) if said.num_chunks else pa.array([], said.type)
        held = pc.is_in(pc.struct_field(said.flatten(), "document_id"), value_set=names)
        mine = np.zeros(len(table), bool)
        mine[pc.list_parent_indices(said).to_numpy()[held.to_numpy(zero_copy_only=False)]] = True
        parts.append(mine)
    return np.concatenate(parts)


def _allowed(
    seen: View, graph: ApprovedGraph, classes: frozenset[str], hidden: set[int]
) -> Callable[[np.ndarray], np.ndarray] | None:
    if not classes and not hidden:
        return None

    def allowed(nodes: np.ndarray) -> np.ndarray:
        iris = [seen.entities.told(n)["key"] for n in nodes.tolist()]
        if classes:
            fit = {str(e.iri) for e in graph.names(map(URIRef, iris)) if classes & set(map(str, e.types))}
        else:
            fit = set(iris)
        return np.array(
            [i in fit and n not in hidden for i, n in zip(iris, nodes.tolist(), strict=True)], bool
        )

    return allowed


def _drawn(
    seen: View, graph: ApprovedGraph, centre: str, hop: dict[int, int], links: np.ndarray, total: int
) -> Drawn:
    told = {n: seen.entities.told(n) for n in hop}
    ontology = graph.ontology()
    kinds = _kinds(graph, ontology, (t["key"] for t in told.values()))
    degree = np.diff(seen.network.start)
    labels = {views.property_ids([str(p.iri)])[0]: p for p in ontology.properties}
    network = seen.network
    drawn: list[Link] = []
    inside = [n for n in links.tolist() if all(e in told for e in network.ends[n].tolist())]
    for n in inside[:LINKS]:
        s, o = network.ends[n].tolist()
        known = labels.get(seen.fact_times.predicate[network.fact[n]])
        iri = str(known.iri) if known else seen.facts.told(int(network.fact[n]))["predicate"]
        label = known.label if known else local_name(iri)
        drawn.append(Link(told[s]["key"], iri, label, told[o]["key"]))
    nodes = tuple(
        Node(t["key"], t["label"], kinds.get(t["key"], ""), hop[n], int(degree[n])) for n, t in told.items()
    )
    return Drawn(centre, nodes, tuple(drawn), total, len(inside))


def _kinds(graph: ApprovedGraph, ontology: Ontology, iris: Iterable[str]) -> dict[str, str]:
    """The name of each thing's first kind."""
    found = ((str(e.iri), class_labels(ontology, e)) for e in graph.names(URIRef(i) for i in iris))
    return {i: names[0] for i, names in found if names}
