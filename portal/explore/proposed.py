"""What a cycle proposes, to be drawn over what is approved: read from the graph, as no index has it.

What is filtered out is left out after it was read: the cap counts it.
"""

from collections.abc import Iterable

from rdflib import URIRef

from portal import graph, proposals
from portal.access import Actor
from portal.errors import NotFound
from portal.explore.drawn import LINKS, Drawn, Link, Node, Wanted
from portal.graph import Mark
from portal.wiring import Parts


def picture(parts: Parts, actor: Actor, rag_id: int, wanted: Wanted) -> Drawn:
    """Around the centre of a proposal. NotFound if it is not there (any more)."""
    shown: dict[str, Node] = {}
    links: dict[str, Link] = {}
    left = 0
    centres = tuple(dict.fromkeys((wanted.centre, *wanted.expanded)))
    for centre in centres:
        hops = wanted.hops if centre == wanted.centre else 1
        found = graph.neighbourhood(parts, actor, rag_id, centre, hops, wanted.cap, wanted.staged)
        left += found.left_out
        for node in found.nodes:
            fits = not wanted.classes or node.iri in centres or wanted.classes & set(node.kinds)
            if fits and node.iri not in wanted.hidden:
                hop = 0 if node.iri == wanted.centre else 1
                shown.setdefault(node.iri, Node(node.iri, node.label, node.class_, hop, 0, node.mark))
        for e in found.edges:
            link = Link(e.subject, str(e.triple[1]), e.label, e.object, e.mark)
            if not wanted.properties or link.relation in wanted.properties:
                links[link.key] = link
    if wanted.centre not in shown:
        raise NotFound("thing", wanted.centre[:100])
    inside = [k for k in links.values() if k.subject in shown and k.object in shown]
    if wanted.documents:
        said = _said(parts, rag_id, wanted, inside)
        inside = [k for k in inside if k.key in said]
    if wanted.classes or wanted.properties or wanted.documents:
        near = _reached(centres, inside)
        shown = {i: n for i, n in shown.items() if i in near}
        inside = [k for k in inside if k.subject in near]
    return Drawn(wanted.centre, tuple(shown.values()), tuple(inside[:LINKS]), len(shown) + left, len(inside))


def _said(parts: Parts, rag_id: int, wanted: Wanted, links: Iterable[Link]) -> frozenset[str]:
    """The keys of those of which one of the documents speaks."""
    assert wanted.staged is not None
    about = proposals.about_things(
        parts, rag_id, wanted.staged, map(URIRef, (wanted.centre, *wanted.expanded))
    )
    proposal = proposals.of(parts, rag_id, wanted.staged, about)
    triples = {True: list[tuple[URIRef, URIRef, URIRef]](), False: list[tuple[URIRef, URIRef, URIRef]]()}
    for k in links:
        triples[k.mark is Mark.removed].append((URIRef(k.subject), URIRef(k.relation), URIRef(k.object)))
    facts = (*proposal.before.facts(triples[True]), *proposal.graph.facts(triples[False]))
    return frozenset(
        " ".join(map(str, f.triple))
        for f in facts
        if any(e.document_id in wanted.documents for e in f.evidence)
    )


def _reached(centres: Iterable[str], links: Iterable[Link]) -> frozenset[str]:
    """The things that these links join with the centres, with them."""
    beside: dict[str, set[str]] = {}
    for k in links:
        beside.setdefault(k.subject, set()).add(k.object)
        beside.setdefault(k.object, set()).add(k.subject)
    todo, seen = list(centres), set(centres)
    while todo:
        new = beside.get(todo.pop(), set()) - seen
        seen |= new
        todo += new
    return frozenset(seen)
