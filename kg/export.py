"""A whole approved version at once: as pages of values for reindexing, as a file for people."""

from collections.abc import Iterator
from typing import BinaryIO, cast

import pyoxigraph
from rdflib import URIRef

from kg import rdf
from kg.approved import ApprovedGraph
from kg.errors import BadInput, VersionMoved
from kg.model import Delta, Entity, Fact
from kg.store import GraphStore
from kg.store.lookup import BATCH, Lookup, batches
from kg.store.terms import read
from kg.versions import marker
from kg.vocab import DCTERMS, FERAG, OWL, PROV, RDF, RDFS, SCHEMA, SKOS, XSD, Dataset

NOTHING = Delta()

_PREFIXES = {
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "owl": str(OWL),
    "xsd": str(XSD),
    "skos": str(SKOS),
    "prov": str(PROV),
    "dcterms": str(DCTERMS),
    "schema": str(SCHEMA),
    "ferag": str(FERAG),
}
_FORMS = {"trig": pyoxigraph.RdfFormat.TRIG, "nquads": pyoxigraph.RdfFormat.N_QUADS}


def everything(store: GraphStore, dataset: Dataset) -> Iterator[tuple[tuple[Entity, ...], tuple[Fact, ...]]]:
    """All approved entities with their facts, in pages; VersionMoved at the end if a version came between."""
    graph, before = ApprovedGraph(store, dataset), marker(store, dataset).version
    for page in batches(_subjects(Lookup(store, dataset)), BATCH):
        yield graph.entities(page), graph.facts_of(page)
    _unmoved(store, dataset, before)


def export(
    store: GraphStore, dataset: Dataset, out: BinaryIO, form: str = "trig", undo: Delta = NOTHING
) -> int:
    """Write the approved graphs as "trig" or "nquads", with `undo` applied (an earlier version).

    Returns the number of quads; the memory used does not grow with it. VersionMoved at the end if a
    version was published meanwhile: what was written is of no version.
    """
    if form not in _FORMS:
        raise BadInput(f"export as one of {', '.join(_FORMS)}, not {form!r}")
    before, written = marker(store, dataset).version, 0

    def counted() -> Iterator[pyoxigraph.Quad]:
        nonlocal written
        for quad in _quads(Lookup(store, dataset), undo):
            written += 1
            yield quad

    prefixes = _PREFIXES | {"": f"{dataset.root}ontology#"} if form == "trig" else None
    pyoxigraph.serialize(counted(), out, _FORMS[form], prefixes=prefixes)
    _unmoved(store, dataset, before)
    return written


def _unmoved(store: GraphStore, dataset: Dataset, before: int) -> None:
    after = marker(store, dataset).version
    if after != before:
        raise VersionMoved(before, after)


def _quads(look: Lookup, undo: Delta) -> Iterator[pyoxigraph.Quad]:
    for graph in look.dataset.approved:
        name = pyoxigraph.NamedNode(graph)
        gone = {(s, p, o) for s, p, o, g in undo.remove if g == graph}
        for t in look.stream(graph):
            if not gone or (read(t.subject), read(t.predicate), read(t.object)) not in gone:
                yield pyoxigraph.Quad(t.subject, t.predicate, t.object, name)
        more = rdf.to_nquads(q for q in undo.add if q[3] == graph)
        yield from pyoxigraph.parse(more, pyoxigraph.RdfFormat.N_QUADS)


def _subjects(look: Lookup) -> Iterator[URIRef]:
    """The entities of the facts graph, each once; both stores keep a subject's triples together."""
    last, label = None, pyoxigraph.NamedNode(RDFS.label)
    for triple in look.stream(look.dataset.facts):
        if triple.predicate == label and triple.subject != last:
            last = triple.subject
            yield cast(URIRef, read(triple.subject))
