"""A cycle's Turtle files: what was read, and the ontologies and triples before and after the merge."""

import tempfile
from collections.abc import Iterable, Iterator

import pyoxigraph
from rdflib import Literal, URIRef

from jobs.work import Work
from kg import rdf
from kg.model import Content, Ontology, Resolution, ResolvedRelation
from kg.rdf import Triple
from kg.store.terms import canonical, nt, text, writable
from kg.vocab import DCTERMS, FERAG, OWL, PROV, RDF, RDFS, SKOS, digest


def write(work: Work, name: str, triples: Iterable[Triple]) -> None:
    """As Turtle, without holding it: a library's would take hundreds of MB."""
    with tempfile.TemporaryFile() as lines, tempfile.TemporaryFile() as turtle:
        lines.writelines(f"{nt(s)} {nt(p)} {nt(o)} .\n".encode() for s, p, o in triples)
        lines.seek(0)
        read = pyoxigraph.parse(lines, pyoxigraph.RdfFormat.N_TRIPLES)
        said = (quad.triple for quad in read)
        pyoxigraph.serialize(said, turtle, pyoxigraph.RdfFormat.TURTLE, prefixes=_prefixes(work))
        turtle.seek(0)
        work.parts.files.put(f"{work.folder}/{name}", turtle)


def of_contents(work: Work, contents: Iterable[Content], *, provenance: bool = False) -> Iterator[Triple]:
    """What the graph would say of these, in one graph; without their provenance unless asked for."""
    told_elsewhere = None if provenance else work.dataset.provenance
    for content in contents:
        said = [(s, p, o) for s, p, o, g in rdf.quads(work.dataset, content) if g != told_elsewhere]
        yield from sorted(said, key=lambda triple: [*map(nt, triple)])


def of_ontology(work: Work, ontology: Ontology) -> Iterator[Triple]:
    return of_contents(work, (*ontology.classes, *ontology.properties))


def of_resolution(work: Work, resolution: Resolution) -> Iterator[Triple]:
    """Things and relations in the words of the documents, before any ontology."""
    for e in resolution.entities:
        yield (e.iri, RDF.type, FERAG.Entity)
        yield (e.iri, RDFS.label, text(e.label, e.language))
        for type_ in e.types:
            yield (e.iri, FERAG.type, Literal(writable(type_)))
        for alias in e.aliases:
            yield (e.iri, SKOS.altLabel, text(alias, e.language))
        if e.description:
            yield (e.iri, DCTERMS.description, text(e.description, e.language))
    for r in resolution.relations:
        node = _relation(work, r)
        yield (node, RDF.type, FERAG.Relation)
        yield (node, RDF.subject, r.subject)
        yield (node, FERAG.predicate, Literal(writable(r.predicate)))
        yield (node, RDF.object, canonical(r.object))
        for found in r.evidence:
            yield (node, PROV.value, Literal(writable(found.quote)))
            yield (node, PROV.wasDerivedFrom, work.dataset.document(found.document_id))


def _relation(work: Work, relation: ResolvedRelation) -> URIRef:
    name = digest(relation.subject, relation.predicate, relation.object.n3(), length=24)
    return URIRef(f"{work.dataset.root}relation/{name}")


def _prefixes(work: Work) -> dict[str, str]:
    return {
        **{"ferag": str(FERAG), "rdf": str(RDF), "rdfs": str(RDFS), "owl": str(OWL), "skos": str(SKOS)},
        **{"prov": str(PROV), "dcterms": str(DCTERMS)},
        "kb": f"{work.dataset.root}ontology#",
        "entity": f"{work.dataset.root}entity/",
    }
