"""What a knowledge base, and a thing in it, are, as RDF for other programs: VoID, DCAT, a thing's facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from rdflib import BNode, Graph, Literal, Namespace, URIRef

from kg import rdf
from kg.approved import ApprovedGraph
from kg.errors import BadInput
from kg.model import Entity, Fact, Ontology, OntologyClass, Property
from kg.queries import bind
from kg.store import GraphStore
from kg.store.terms import iri as checked
from kg.store.terms import text
from kg.vocab import DCTERMS, FERAG, OWL, RDF, RDFS, SKOS, XSD, Dataset

VOID = Namespace("http://rdfs.org/ns/void#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
MEDIA = "https://www.iana.org/assignments/media-types/"
SECONDS = 60.0  # of a count over all facts


@dataclass(frozen=True, slots=True)
class Partitions:
    """How often each class and each property is used in the facts graph; `triples` of all approved graphs."""

    version: int
    triples: int
    classes: tuple[tuple[URIRef, int], ...] = ()
    properties: tuple[tuple[URIRef, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Distribution:
    """One form of export and its addresses: `page` for people, `file` for programs."""

    title: str
    media_type: str
    file: str
    page: str


@dataclass(frozen=True, slots=True)
class About:
    """What people said of the knowledge base. `licence` is an address or a text."""

    title: str
    description: str = ""
    licence: str = ""
    version: int = 0
    modified: datetime | None = None
    home: str = ""
    sparql: str = ""
    distributions: tuple[Distribution, ...] = ()


def partitions(store: GraphStore, dataset: Dataset, version: int) -> Partitions:
    """Counted by the store: a scan of each graph."""
    triples, by = 0, []
    for graph in dataset.approved:
        rows = store.select(dataset, bind("of_predicates.rq", graph=graph), timeout=SECONDS)
        counted = tuple(sorted((URIRef(str(r["p"])), int(r["n"])) for r in rows if "p" in r))
        triples += sum(n for _, n in counted)
        if graph == dataset.facts:
            by = [(p, n) for p, n in counted]
    rows = store.select(dataset, bind("of_classes.rq", graph=dataset.facts), timeout=SECONDS)
    classes = tuple(sorted((URIRef(str(r["c"])), int(r["n"])) for r in rows if "c" in r))
    return Partitions(version, triples, classes, tuple(by))


def dataset_description(dataset: Dataset, about: About, counted: Partitions, entities: int) -> Graph:
    """VoID and DCAT of one knowledge base; the dataset's IRI is the root of all its IRIs."""
    made, here = _graph(dataset), URIRef(dataset.root)
    for type_ in (VOID.Dataset, DCAT.Dataset):
        made.add((here, RDF.type, type_))
    made.add((here, DCTERMS.title, text(about.title)))
    if about.description:
        made.add((here, DCTERMS.description, text(about.description)))
    if about.licence:
        made.add((here, DCTERMS.license, _licence(about.licence)))
    if about.modified:
        made.add((here, DCTERMS.modified, Literal(about.modified.isoformat(), datatype=XSD.dateTime)))
    made.add((here, DCAT.version, Literal(str(about.version))))
    made.add((here, OWL.versionInfo, Literal(str(about.version))))
    made.add((here, FOAF.homepage, URIRef(about.home)))
    made.add((here, VOID.sparqlEndpoint, URIRef(about.sparql)))
    made.add((here, VOID.uriSpace, Literal(f"{dataset.root}entity/")))
    for vocabulary in (RDFS, OWL, SKOS, DCTERMS, FERAG):
        made.add((here, VOID.vocabulary, URIRef(str(vocabulary))))
    for predicate, number in (
        (VOID.triples, counted.triples),
        (VOID.entities, entities),
        (VOID.classes, len(counted.classes)),
        (VOID.properties, len(counted.properties)),
    ):
        made.add((here, predicate, Literal(number)))
    _parts(made, here, VOID.classPartition, VOID["class"], VOID.entities, counted.classes)
    _parts(made, here, VOID.propertyPartition, VOID.property, VOID.triples, counted.properties)
    for distribution in about.distributions:
        _distribution(made, here, distribution)
    return made


def _parts(
    made: Graph, here: URIRef, part: URIRef, names: URIRef, counts: URIRef, of: Iterable[tuple[URIRef, int]]
) -> None:
    for iri, number in of:
        node = BNode()
        made.add((here, part, node))
        made.add((node, names, iri))
        made.add((node, counts, Literal(number)))


def _distribution(made: Graph, here: URIRef, d: Distribution) -> None:
    node = URIRef(d.file)
    made.add((here, DCAT.distribution, node))
    made.add((here, VOID.dataDump, node))
    made.add((node, RDF.type, DCAT.Distribution))
    made.add((node, DCTERMS.title, Literal(d.title)))
    made.add((node, DCAT.mediaType, URIRef(MEDIA + d.media_type)))
    made.add((node, DCAT.downloadURL, node))
    made.add((node, DCAT.accessURL, URIRef(d.page)))


def catalogue(home: str, datasets: Mapping[str, tuple[str, str]]) -> Graph:
    """What there is for one person: titles and descriptions by the datasets' IRIs."""
    made, here = Graph(), URIRef(home)
    made.bind("void", VOID)
    made.bind("dcat", DCAT)
    made.bind("dcterms", DCTERMS)
    made.add((here, RDF.type, DCAT.Catalog))
    made.add((here, RDF.type, VOID.DatasetDescription))
    for iri, (title, description) in datasets.items():
        dataset = URIRef(iri)
        made.add((here, DCAT.dataset, dataset))
        made.add((here, FOAF.topic, dataset))
        made.add((dataset, RDF.type, VOID.Dataset))
        made.add((dataset, DCTERMS.title, text(title)))
        if description:
            made.add((dataset, DCTERMS.description, text(description)))
    return made


def thing(graph: ApprovedGraph, iri: URIRef, most: int) -> Graph | None:
    """A thing with its facts in both directions, at most `most`, and the names of what they lead to; a kind
    or relation as the ontology has it. None if there is neither."""
    dataset = graph.dataset
    entities = graph.entities([iri])
    if entities:
        near = graph.near(iri, most)
        made = _graph(dataset)
        _say(made, dataset, entities[0])
        _facts(made, dataset, near.facts)
        ends = {t for f in near.facts for t in (f.subject, f.object) if isinstance(t, URIRef)} - {iri}
        for other in graph.names(ends):
            made.add((other.iri, RDFS.label, text(other.label, other.language)))
        _terms(made, dataset, graph.ontology(), near.facts, entities[0])
        made.add((iri, DCTERMS.isPartOf, URIRef(dataset.root)))
        if near.total > len(near.facts):
            made.add((iri, RDFS.comment, Literal(f"{near.total} facts in all; {len(near.facts)} are here.")))
        return made
    ontology = graph.ontology()
    term = ontology.class_by_iri.get(iri) or ontology.property_by_iri.get(iri)
    if term is None:
        return None
    made = _graph(dataset)
    for s, p, o, _ in rdf.quads(dataset, term):
        made.add((s, p, o))
    made.add((iri, RDFS.isDefinedBy, dataset.ontology))
    return made


def ontology(graph: ApprovedGraph) -> Graph:
    """All kinds and relations."""
    made, known = _graph(graph.dataset), graph.ontology()
    made.add((graph.dataset.ontology, RDF.type, OWL.Ontology))
    terms: tuple[OntologyClass | Property, ...] = (*known.classes, *known.properties)
    for term in terms:
        for s, p, o, _ in rdf.quads(graph.dataset, term):
            made.add((s, p, o))
    return made


def _say(made: Graph, dataset: Dataset, entity: Entity) -> None:
    for s, p, o, g in rdf.quads(dataset, entity):
        if g == dataset.facts or p == DCTERMS.description:
            made.add((s, p, o))


def _facts(made: Graph, dataset: Dataset, facts: Iterable[Fact]) -> None:
    for fact in facts:
        made.add(fact.triple)
        for document in sorted({e.document_id for e in fact.evidence}):
            made.add((rdf.assertion(dataset, *fact.triple), DCTERMS.source, dataset.document(document)))


def _terms(made: Graph, dataset: Dataset, known: Ontology, facts: Iterable[Fact], entity: Entity) -> None:
    """The names of the relations and kinds that are used."""
    used = {f.predicate for f in facts} | set(entity.types)
    terms: tuple[OntologyClass | Property, ...] = (*known.classes, *known.properties)
    for term in terms:
        if term.iri in used:
            made.add((term.iri, RDFS.label, text(term.label, term.language)))


def _licence(licence: str) -> URIRef | Literal:
    """An address, if it is one that RDF can carry; else words."""
    if licence.startswith(("http://", "https://")):
        try:
            checked(licence)
        except BadInput:
            return text(licence)
        return URIRef(licence)
    return text(licence)


def _graph(dataset: Dataset) -> Graph:
    made = Graph()
    for prefix, namespace in (("void", VOID), ("dcat", DCAT), ("dcterms", DCTERMS), ("ferag", FERAG),
                              ("skos", SKOS), ("owl", OWL)):  # fmt: skip
        made.bind(prefix, namespace)
    made.bind("kb", f"{dataset.root}ontology#")
    return made
