"""Things and facts as GraphML, for Gephi, yEd, Cytoscape and networkx.

A node is a thing (`kind` thing) or a value (`kind` value); an edge is a fact, so that dates, sources and
confidence of values are kept too and edges are as many as facts. What XML cannot carry is left out of texts.
"""

from collections.abc import Mapping
from typing import BinaryIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from rdflib import URIRef

from kg import rdf
from kg.export.pages import everything, version_of
from kg.export.words import Words
from kg.model import Delta, Entity, Fact
from kg.store import GraphStore
from kg.store.terms import nt
from kg.vocab import XSD, Dataset, digest
from kg.xml_text import legal

_NODE = ("label", "kind", "class", "class_iri", "aliases", "description", "language", "datatype", "documents")
_EDGE = {
    "label": "string",
    "property": "string",
    "description": "string",
    "confidence": "double",
    "weight": "double",
    "start": "string",
    "end": "string",
    "qualifiers": "string",
    "documents": "string",
    "version": "int",
}


def write(store: GraphStore, dataset: Dataset, out: BinaryIO, undo: Delta) -> int:
    """Returns the number of edges: the facts."""
    words, written = Words(version_of(store, dataset, undo).ontology()), 0
    xml = XMLGenerator(out, "utf-8", short_empty_elements=True)
    xml.startDocument()
    _open(xml, "graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"})
    keys = {("node", name): "string" for name in _NODE} | {("edge", n): t for n, t in _EDGE.items()}
    for (of, name), type_ in keys.items():
        _empty(xml, "key", {"id": f"{of}-{name}", "for": of, "attr.name": name, "attr.type": type_})
    _open(xml, "graph", {"id": dataset.name, "edgedefault": "directed"})
    for entities, facts in everything(store, dataset, undo):
        for entity in entities:
            _element(xml, "node", {"id": str(entity.iri)}, _of_entity(entity, words))
        for fact in facts:
            written += 1
            _fact(xml, dataset, fact, words)
    xml.endElement("graph")
    xml.endElement("graphml")
    xml.endDocument()
    return written


def _fact(xml: XMLGenerator, dataset: Dataset, fact: Fact, words: Words) -> None:
    name = rdf.assertion(dataset, *fact.triple)
    target = str(fact.object)
    if not isinstance(fact.object, URIRef):
        target = f"{dataset.root}value/{digest(name, nt(fact.object), length=24)}"
        said = {
            "label": str(fact.object),
            "kind": "value",
            "datatype": str(fact.object.datatype or XSD.string),
            "language": fact.object.language or "",
        }
        _element(xml, "node", {"id": target}, said)
    of = {
        "label": words.ontology.label(fact.predicate),
        "property": str(fact.predicate),
        "description": fact.description,
        "confidence": repr(fact.confidence),
        "weight": repr(fact.weight),
        **words.dates(fact),
        "qualifiers": words.qualifiers(fact),
        "documents": words.documents(fact.evidence),
        "version": str(fact.version),
    }
    _element(xml, "edge", {"id": str(name), "source": str(fact.subject), "target": target}, of)


def _of_entity(entity: Entity, words: Words) -> Mapping[str, str]:
    return {
        "label": entity.label,
        "kind": "thing",
        "class": words.classes(entity),
        "class_iri": words.joined(map(str, entity.types)),
        "aliases": words.joined(entity.aliases),
        "description": entity.description,
        "language": entity.language,
        "documents": words.documents(entity.evidence),
    }


def _element(xml: XMLGenerator, kind: str, names: Mapping[str, str], data: Mapping[str, str]) -> None:
    """A node or an edge; data that says nothing is left out."""
    _open(xml, kind, names)
    for name, value in data.items():
        if value:
            _open(xml, "data", {"key": f"{kind}-{name}"})
            xml.characters(legal(value))
            xml.endElement("data")
    xml.endElement(kind)


def _empty(xml: XMLGenerator, name: str, attributes: Mapping[str, str]) -> None:
    _open(xml, name, attributes)
    xml.endElement(name)


def _open(xml: XMLGenerator, name: str, attributes: Mapping[str, str]) -> None:
    xml.startElement(name, AttributesImpl(dict(attributes)))
