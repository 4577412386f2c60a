"""A cycle's Turtle files: what was read, and the ontologies and triples before and after the merge."""

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef

from jobs.work import Work
from kg import rdf
from kg.model import Content, Ontology, Resolution, ResolvedRelation
from kg.store.terms import canonical, text, writable
from kg.vocab import DCTERMS, FERAG, OWL, PROV, RDF, RDFS, SKOS, digest


def write(work: Work, name: str, graph: Graph) -> None:
    work.parts.files.put(f"{work.folder}/{name}", graph.serialize(format="turtle", encoding="utf-8"))


def of_contents(work: Work, contents: Iterable[Content], *, provenance: bool = False) -> Graph:
    """What the graph would say of these, in one graph; without their provenance unless asked for."""
    graph = _graph(work)
    for content in contents:
        for s, p, o, g in rdf.quads(work.dataset, content):
            if provenance or g != work.dataset.provenance:
                graph.add((s, p, o))
    return graph


def of_ontology(work: Work, ontology: Ontology) -> Graph:
    return of_contents(work, (*ontology.classes, *ontology.properties))


def of_resolution(work: Work, resolution: Resolution) -> Graph:
    """Things and relations in the words of the documents, before any ontology."""
    graph = _graph(work)
    for e in resolution.entities:
        graph.add((e.iri, RDF.type, FERAG.Entity))
        graph.add((e.iri, RDFS.label, text(e.label, e.language)))
        for type_ in e.types:
            graph.add((e.iri, FERAG.type, Literal(writable(type_))))
        for alias in e.aliases:
            graph.add((e.iri, SKOS.altLabel, text(alias, e.language)))
        if e.description:
            graph.add((e.iri, DCTERMS.description, text(e.description, e.language)))
    for r in resolution.relations:
        node = _relation(work, r)
        graph.add((node, RDF.type, FERAG.Relation))
        graph.add((node, RDF.subject, r.subject))
        graph.add((node, FERAG.predicate, Literal(writable(r.predicate))))
        graph.add((node, RDF.object, canonical(r.object)))
        for found in r.evidence:
            graph.add((node, PROV.value, Literal(writable(found.quote))))
            graph.add((node, PROV.wasDerivedFrom, work.dataset.document(found.document_id)))
    return graph


def _relation(work: Work, relation: ResolvedRelation) -> URIRef:
    name = digest(relation.subject, relation.predicate, relation.object.n3(), length=24)
    return URIRef(f"{work.dataset.root}relation/{name}")


def _graph(work: Work) -> Graph:
    graph = Graph()
    graph.bind("ferag", FERAG)
    graph.bind("owl", OWL)
    graph.bind("skos", SKOS)
    graph.bind("prov", PROV)
    graph.bind("dcterms", DCTERMS)
    graph.bind("kb", work.dataset.root + "ontology#")
    graph.bind("entity", work.dataset.root + "entity/")
    return graph
