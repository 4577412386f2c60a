"""A model's query, before it runs: as anybody's (`kg.store.sparql`), and of this graph's own names alone."""

from collections.abc import Iterator
from difflib import get_close_matches

from rdflib import URIRef
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kg.answer.query.vocabulary import ROWS, Names, with_prefixes
from kg.approved import ApprovedGraph
from kg.errors import QueryRefused
from kg.model import Ontology
from kg.store.sparql import Checked, checked, parts
from kg.vocab import DCTERMS, FERAG, OWL, PROV, RDF, RDFS, SCHEMA, SKOS, XSD, Dataset

OURS = frozenset(
    {
        RDF.type, RDF.subject, RDF.predicate, RDF.object, RDFS.label, RDFS.comment, RDFS.subClassOf,
        RDFS.domain, RDFS.range, SKOS.altLabel, DCTERMS.description, OWL.Class, OWL.ObjectProperty,
        OWL.DatatypeProperty,
        OWL.Thing, OWL.inverseOf, FERAG.period, FERAG.quote, FERAG.document, FERAG.confidence,
        PROV.wasDerivedFrom, SCHEMA.startDate, SCHEMA.endDate,
    }
)  # fmt: skip


def allowed(query: str, graph: ApprovedGraph, ontology: Ontology, limit: int = ROWS) -> Checked:
    """The query as it may run; QueryRefused says, for whoever wrote it, what is wrong."""
    text = with_prefixes(query, graph.dataset)
    ready = checked(text, graph.dataset, limit=limit)
    if ready.form not in ("select", "ask"):
        raise QueryRefused("only SELECT and ASK are allowed here")
    used = set(_names(ready.text))
    _known(used, ontology, graph.dataset)
    things = {i for i in used if i.startswith(f"{graph.dataset.root}entity/")}
    missing = sorted(things - {e.iri for e in graph.names(things)}) if things else []
    if missing:
        raise QueryRefused(f"there is no thing {missing[0]}: name it by its rdfs:label")
    return ready


def algebra(text: str) -> CompValue:
    """Of a query that has been checked."""
    return translateQuery(parseQuery(text)).algebra


def _names(text: str) -> Iterator[URIRef]:
    return (part for part in parts(algebra(text)) if isinstance(part, URIRef))


def _known(used: set[URIRef], ontology: Ontology, dataset: Dataset) -> None:
    known = {*ontology.class_by_iri, *ontology.property_by_iri}
    name = Names(dataset)
    for iri in sorted(used):
        if iri in known or iri in OURS or iri in dataset.approved or iri.startswith(str(XSD)):
            continue
        if str(iri).startswith((f"{dataset.root}entity/", f"{dataset.root}assertion/")):
            continue
        near = get_close_matches(name(iri), [name(i) for i in known], n=3, cutoff=0.4)
        hint = f"; there are {', '.join(near)}" if near else ""
        raise QueryRefused(f"there is no class or property {name(iri)} here{hint}")
