"""Quads back to the values that `kg.rdf` wrote them from."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from rdflib import Literal, URIRef

from kg.model import (
    Content,
    Entity,
    Evidence,
    Fact,
    Ontology,
    OntologyClass,
    Period,
    Property,
    Quad,
    Statement,
    Term,
)
from kg.rdf import NAMING, Triple, assertion
from kg.store.terms import nt
from kg.vocab import DCTERMS, FERAG, OWL, PROV, RDF, RDFS, SCHEMA, SKOS, Dataset

Said = Mapping[URIRef, Sequence[Term]]  # of one subject: predicate -> objects


def by_subject(triples: Iterable[Triple]) -> dict[URIRef, Said]:
    """Triples as subject -> predicate -> objects, sorted."""
    found: dict[URIRef, dict[URIRef, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for s, p, o in sorted(set(triples), key=lambda t: nt(t[2])):
        found[s][p].append(o)
    return cast(dict[URIRef, Said], found)


def read_ontology(triples: Iterable[Triple]) -> Ontology:
    """The ontology graph as values, sorted by IRI."""
    said = by_subject(triples)
    classes = [_read_class(s, said[s]) for s in sorted(said) if OWL.Class in said[s].get(RDF.type, ())]
    properties = [
        _read_property(s, said[s])
        for s in sorted(said)
        if {OWL.ObjectProperty, OWL.DatatypeProperty} & set(said[s].get(RDF.type, ()))
    ]
    return Ontology(tuple(classes), tuple(properties))


def _read_class(subject: URIRef, said: Said) -> OntologyClass:
    label = _label(said)
    return OntologyClass(
        iri=subject,
        label=str(label),
        language=label.language or "",
        comment=_one(said, RDFS.comment),
        parents=_iris(said, RDFS.subClassOf),
        synonyms=_texts(said, SKOS.altLabel),
    )


def _read_property(subject: URIRef, said: Said) -> Property:
    label, types = _label(said), said[RDF.type]
    return Property(
        iri=subject,
        label=str(label),
        kind="object" if OWL.ObjectProperty in types else "datatype",
        language=label.language or "",
        comment=_one(said, RDFS.comment),
        domain=next(iter(_iris(said, RDFS.domain)), None),
        range=next(iter(_iris(said, RDFS.range)), None),
        inverse=next(iter(_iris(said, OWL.inverseOf)), None),
        functional=OWL.FunctionalProperty in types,
        parents=_iris(said, RDFS.subPropertyOf),
        synonyms=_texts(said, SKOS.altLabel),
    )


def read_entity(subject: URIRef, naming: Said, provenance: Mapping[URIRef, Said]) -> Entity:
    """An entity from what the facts graph says of it and from the provenance of it and its nodes."""
    label, said = _label(naming), provenance.get(subject, {})
    return Entity(
        iri=subject,
        label=str(label),
        language=label.language or "",
        types=_iris(naming, RDF.type),
        aliases=_texts(naming, SKOS.altLabel),
        description=_one(said, DCTERMS.description),
        evidence=_read_evidence(said, provenance),
        statements=_read_statements(said, provenance),
    )


def read_fact(dataset: Dataset, triple: Triple, provenance: Mapping[URIRef, Said]) -> Fact:
    """A fact from its triple and from the provenance of its assertion node and the nodes below it."""
    said = provenance.get(assertion(dataset, *triple), {})
    periods = [provenance.get(cast(URIRef, node), {}) for node in said.get(FERAG.period, ())]
    qualifiers = [provenance.get(cast(URIRef, node), {}) for node in said.get(FERAG.qualifier, ())]
    return Fact(
        *triple,
        description=_one(said, DCTERMS.description),
        confidence=float(_one(said, FERAG.confidence) or 0.5),
        weight=float(_one(said, FERAG.weight) or 1.0),
        periods=tuple(sorted(Period(_one(p, SCHEMA.startDate), _one(p, SCHEMA.endDate)) for p in periods)),
        qualifiers=tuple(
            sorted((_one(q, FERAG.qualifierName), _one(q, FERAG.qualifierValue)) for q in qualifiers)
        ),
        evidence=_read_evidence(said, provenance),
        cycle=int(_one(said, FERAG.cycle) or 0),
        version=int(_one(said, FERAG.version) or 0),
        statements=_read_statements(said, provenance),
    )


def nodes(said: Said) -> Iterator[URIRef]:
    """The evidence, statement, period and qualifier nodes of a holder."""
    for predicate in (PROV.wasDerivedFrom, FERAG.statement, FERAG.period, FERAG.qualifier):
        yield from (cast(URIRef, node) for node in said.get(predicate, ()))


def contents(dataset: Dataset, quads_: Iterable[Quad]) -> tuple[Content, ...]:
    """Everything that these quads say in full: ontology, entities, facts, each sorted."""
    graphs: dict[URIRef, list[Triple]] = defaultdict(list)
    for s, p, o, g in quads_:
        graphs[g].append((s, p, o))
    ontology = read_ontology(graphs[dataset.ontology])
    named, provenance = by_subject(graphs[dataset.facts]), by_subject(graphs[dataset.provenance])
    entities = [read_entity(s, named[s], provenance) for s in sorted(named) if RDFS.label in named[s]]
    facts = [
        read_fact(dataset, (s, p, o), provenance)
        for s in sorted(named)
        for p in sorted(named[s])
        if p not in NAMING
        for o in named[s][p]
    ]
    return (*ontology.classes, *ontology.properties, *entities, *facts)


def _read_evidence(said: Said, provenance: Mapping[URIRef, Said]) -> tuple[Evidence, ...]:
    found = []
    for node in said.get(PROV.wasDerivedFrom, ()):
        e = provenance.get(cast(URIRef, node), {})
        if FERAG.document not in e:
            continue  # a version that moved between two reads; the caller reads the version again
        page = _one(e, FERAG.page)
        found.append(
            Evidence(
                document_id=sys.intern(_one(e, FERAG.document).rsplit("/document/", 1)[1]),
                start=int(_one(e, FERAG.start) or 0),
                end=int(_one(e, FERAG.end) or 0),
                quote=sys.intern(_one(e, FERAG.quote)),  # many things have the same
                document=sys.intern(_one(e, FERAG.documentName)),
                unit_id=sys.intern(_one(e, FERAG.unit)),
                page=int(page) if page else None,
            )
        )
    return tuple(sorted(found, key=evidence_order))


def _read_statements(said: Said, provenance: Mapping[URIRef, Said]) -> tuple[Statement, ...]:
    nodes_ = [provenance.get(cast(URIRef, node), {}) for node in said.get(FERAG.statement, ())]
    names = (FERAG.statedBy, FERAG.statedOn, FERAG.reason, FERAG.person)
    return tuple(sorted(Statement(*(_one(n, name) for name in names)) for n in nodes_ if n))


def evidence_order(e: Evidence) -> tuple[Any, ...]:
    """Sorts evidence; pages may be missing."""
    return (e.document_id, e.start, e.end, e.quote, e.document, e.unit_id, -1 if e.page is None else e.page)


def _label(said: Said) -> Literal:
    found = said.get(RDFS.label)
    return cast(Literal, found[0]) if found else Literal("")


def _one(said: Said, predicate: URIRef) -> str:
    found = said.get(predicate)
    return str(found[0]) if found else ""


def _texts(said: Said, predicate: URIRef) -> tuple[str, ...]:
    return tuple(sorted(str(o) for o in said.get(predicate, ())))


def _iris(said: Said, predicate: URIRef) -> tuple[URIRef, ...]:
    return tuple(sorted(o for o in said.get(predicate, ()) if isinstance(o, URIRef)))
