"""The approved graphs as RDF files. Forms without named graphs hold all their triples in one graph."""

from collections.abc import Iterator
from typing import BinaryIO

import pyoxigraph

from kg import rdf
from kg.model import Delta
from kg.store import GraphStore
from kg.store.lookup import Lookup
from kg.store.terms import read
from kg.vocab import DCTERMS, FERAG, OWL, PROV, RDF, RDFS, SCHEMA, SKOS, XSD, Dataset

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
FORMS = {
    "trig": pyoxigraph.RdfFormat.TRIG,
    "turtle": pyoxigraph.RdfFormat.TURTLE,
    "nquads": pyoxigraph.RdfFormat.N_QUADS,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
}
_PREFIXED = ("trig", "turtle")


def write(store: GraphStore, dataset: Dataset, out: BinaryIO, form: str, undo: Delta) -> int:
    """Returns the number of quads, which is that of triples where a form has no graphs."""
    written = 0

    def counted() -> Iterator[pyoxigraph.Quad]:
        nonlocal written
        for quad in _quads(Lookup(store, dataset), undo):
            written += 1
            yield quad

    said: Iterator[pyoxigraph.Quad] | Iterator[pyoxigraph.Triple] = counted()
    if form == "turtle":
        said = (quad.triple for quad in counted())
    prefixes = _PREFIXES | {"": f"{dataset.root}ontology#"} if form in _PREFIXED else None
    pyoxigraph.serialize(said, out, FORMS[form], prefixes=prefixes)
    return written


def _quads(look: Lookup, undo: Delta) -> Iterator[pyoxigraph.Quad]:
    for graph in look.dataset.approved:
        name = pyoxigraph.NamedNode(graph)
        gone = {(s, p, o) for s, p, o, g in undo.remove if g == graph}
        for t in look.stream(graph):
            if not gone or (read(t.subject), read(t.predicate), read(t.object)) not in gone:
                yield pyoxigraph.Quad(t.subject, t.predicate, t.object, name)
        more = rdf.to_nquads(q for q in undo.add if q[3] == graph)
        yield from pyoxigraph.parse(more, pyoxigraph.RdfFormat.N_QUADS)
