"""Values to quads, without loss: `kg.contents` reads them back.

Who says what, and where:
- `ontology`: a class or property, all of it.
- `facts`: an entity's types, label and aliases; a fact's one triple. Nothing else.
- `provenance`: of an entity its description, name keys, evidence and what people state; of a fact its
  assertion node (rdf:subject, predicate, object, confidence, weight, cycle, version) with evidence,
  statements, periods and qualifiers.

A delta is quads(after) - quads(before), so no quad may be said by two holders, or removing one
would take the other's: every evidence, statement, period and qualifier node is digested from its holder's IRI
together with all that it says. Document IRIs stand as objects only and have no triples of their own.

Sets have no order: what is read back has its classes, aliases, synonyms, evidence, periods and
qualifiers sorted and single. Text loses what RDF cannot hold (see `terms.writable`), names also
their control characters; literals come back in canonical form, language tags in lower case.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import IO, cast

import pyoxigraph
from rdflib import Literal, URIRef

from kg import names
from kg.errors import BadInput
from kg.model import Content, Entity, Evidence, Fact, OntologyClass, Property, Quad, Statement, Term
from kg.store.terms import canonical, iri, nt, read, text, writable
from kg.vocab import DCTERMS, FERAG, OWL, PROV, RDF, RDFS, SCHEMA, SKOS, XSD, Dataset, digest

Triple = tuple[URIRef, URIRef, Term]
Said = Mapping[URIRef, Sequence[Term]]  # of one subject: predicate -> objects

# what the facts graph says of an entity beside its facts
NAMING = (RDF.type, RDFS.label, SKOS.altLabel)

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DATES = (
    (re.compile(r"-?\d{4}-\d\d-\d\d"), XSD.date),
    (re.compile(r"-?\d{4}-\d\d"), XSD.gYearMonth),
    (re.compile(r"-?\d{4}"), XSD.gYear),
)


def quads(dataset: Dataset, content: Content) -> frozenset[Quad]:
    """All that the graph says of this; BadInput if it cannot be valid RDF (an IRI is not one)."""
    found: Iterable[tuple[URIRef, Triple]]
    match content:
        case OntologyClass():
            found = ((dataset.ontology, t) for t in _class(content))
        case Property():
            found = ((dataset.ontology, t) for t in _property(content))
        case Entity():
            found = _entity(dataset, content)
        case Fact():
            found = _fact(dataset, content)
    return frozenset((s, p, o, g) for g, (s, p, o) in found)


def _name(value: str, language: str) -> Literal:
    return text(CONTROL.sub("", value), language)


def _class(c: OntologyClass) -> Iterator[Triple]:
    yield from _term(c)
    yield (c.iri, RDF.type, OWL.Class)
    for parent in c.parents:
        yield (c.iri, RDFS.subClassOf, _iri(parent))


def _property(p: Property) -> Iterator[Triple]:
    yield from _term(p)
    yield (p.iri, RDF.type, OWL.ObjectProperty if p.kind == "object" else OWL.DatatypeProperty)
    if p.functional:
        yield (p.iri, RDF.type, OWL.FunctionalProperty)
    for parent in p.parents:
        yield (p.iri, RDFS.subPropertyOf, _iri(parent))
    for predicate, value in ((RDFS.domain, p.domain), (RDFS.range, p.range), (OWL.inverseOf, p.inverse)):
        if value is not None:
            yield (p.iri, predicate, _iri(value))


def _term(t: OntologyClass | Property) -> Iterator[Triple]:
    yield (_iri(t.iri), RDFS.label, _name(t.label, t.language))
    if t.comment:
        yield (t.iri, RDFS.comment, text(t.comment, t.language))
    for synonym in t.synonyms:
        yield (t.iri, SKOS.altLabel, _name(synonym, t.language))


def _entity(dataset: Dataset, e: Entity) -> Iterator[tuple[URIRef, Triple]]:
    yield (dataset.facts, (_iri(e.iri), RDFS.label, _name(e.label, e.language)))
    for type_ in e.types:
        yield (dataset.facts, (e.iri, RDF.type, _iri(type_)))
    for alias in e.aliases:
        yield (dataset.facts, (e.iri, SKOS.altLabel, _name(alias, e.language)))
    said = [*_evidence(dataset, e.iri, e.evidence), *_statements(dataset, e.iri, e.statements)]
    if e.description:
        said.append((e.iri, DCTERMS.description, text(e.description, e.language)))
    for key in frozenset().union(*(names.keys(n) for n in (e.label, *e.aliases))):
        said.append((e.iri, FERAG.nameKey, Literal(writable(key))))
    for triple in said:
        yield (dataset.provenance, triple)


def assertion(dataset: Dataset, subject: URIRef, predicate: URIRef, object_: Term) -> URIRef:
    """The assertion node of a triple, the object in any form."""
    return dataset.assertion(subject, predicate, nt(canonical(object_)))


def triple_key(subject: URIRef, predicate: URIRef, object_: Term) -> str:
    """What names a triple within its dataset: the end of its assertion node's IRI."""
    return digest(subject, predicate, nt(canonical(object_)), length=24)


def _fact(dataset: Dataset, f: Fact) -> Iterator[tuple[URIRef, Triple]]:
    object_ = canonical(f.object)
    triple = (_iri(f.subject), _iri(f.predicate), object_)
    if f.predicate in NAMING:
        raise BadInput(f"{f.predicate} names a thing, it is no property of the ontology")
    yield (dataset.facts, triple)
    node = assertion(dataset, *triple)
    said: list[Triple] = [
        (node, RDF.subject, f.subject),
        (node, RDF.predicate, f.predicate),
        (node, RDF.object, object_),
        (node, FERAG.confidence, _number(f.confidence)),
        (node, FERAG.weight, _number(f.weight)),
        (node, FERAG.cycle, _integer(f.cycle)),
    ]
    if f.version:
        said.append((node, FERAG.version, _integer(f.version)))
    if f.description:
        said.append((node, DCTERMS.description, text(f.description)))
    for period in f.periods:
        held = dataset.period(period.start, period.end, node)
        said.append((node, FERAG.period, held))
        for predicate, day in ((SCHEMA.startDate, period.start), (SCHEMA.endDate, period.end)):
            if day:
                said.append((held, predicate, _day(day)))
    for name, value in f.qualifiers:
        held = dataset.qualifier(name, value, node)
        said.append((node, FERAG.qualifier, held))
        said.append((held, FERAG.qualifierName, text(name)))
        said.append((held, FERAG.qualifierValue, text(value)))
    said += [*_evidence(dataset, node, f.evidence), *_statements(dataset, node, f.statements)]
    for said_triple in said:
        yield (dataset.provenance, said_triple)


def _evidence(dataset: Dataset, holder: URIRef, evidence: Iterable[Evidence]) -> Iterator[Triple]:
    for e in evidence:
        told = [writable(t) for t in (e.quote, e.document, e.unit_id)]  # as it is read back
        node = dataset.evidence(e.document_id, e.start, e.end, holder, *told, e.page)
        yield (holder, PROV.wasDerivedFrom, node)
        yield (node, FERAG.document, _iri(dataset.document(e.document_id)))
        yield (node, FERAG.quote, text(e.quote))
        yield (node, FERAG.start, _integer(e.start))
        yield (node, FERAG.end, _integer(e.end))
        if e.document:
            yield (node, FERAG.documentName, text(e.document))
        if e.unit_id:
            yield (node, FERAG.unit, text(e.unit_id))
        if e.page is not None:
            yield (node, FERAG.page, _integer(e.page))


def _statements(dataset: Dataset, holder: URIRef, statements: Iterable[Statement]) -> Iterator[Triple]:
    for s in statements:
        node = dataset.statement(holder, writable(s.by), s.day, writable(s.reason), writable(s.person))
        yield (holder, FERAG.statement, node)
        yield (node, FERAG.statedBy, text(s.by))
        yield (node, FERAG.statedOn, _day(s.day))
        for predicate, value in ((FERAG.reason, s.reason), (FERAG.person, s.person)):
            if value:
                yield (node, predicate, text(value))


def _iri(value: URIRef) -> URIRef:
    iri(str(value))
    return value


@lru_cache(maxsize=8192)
def _integer(value: int) -> Literal:
    return Literal(str(int(value)), datatype=XSD.integer)


def _number(value: float) -> Literal:
    if not math.isfinite(value):
        raise BadInput(f"not a finite number: {value}")
    return Literal(repr(float(value)), datatype=XSD.double)


def _day(day: str) -> Literal:
    kind = next((d for pattern, d in _DATES if pattern.fullmatch(day)), None)
    return cast(Literal, canonical(Literal(day, datatype=kind, normalize=False)))


# ---- N-Quads


def to_nquads(quads_: Iterable[Quad]) -> bytes:
    """One line per quad, sorted: equal sets give equal bytes."""
    return b"".join(nquads(quads_))


def nquads(quads_: Iterable[Quad]) -> Iterator[bytes]:
    """The same, the lines of one subject at a time."""
    about: dict[URIRef, list[Quad]] = defaultdict(list)
    for quad in quads_:
        about[quad[0]].append(quad)
    for subject in sorted(about, key=nt):
        lines = {f"{nt(s)} {nt(p)} {nt(o)} {nt(g)} .\n" for s, p, o, g in about[subject]}
        yield "".join(sorted(lines)).encode()


def from_nquads(data: bytes | IO[bytes]) -> frozenset[Quad]:
    """BadInput if these are not N-Quads, or name blank nodes or the default graph."""
    try:
        return frozenset(
            (
                _read_iri(q.subject),
                _read_iri(q.predicate),
                _read_term(q.object),
                _read_iri(q.graph_name),
            )
            for q in pyoxigraph.parse(data, pyoxigraph.RdfFormat.N_QUADS)
        )
    except SyntaxError as e:
        raise BadInput(f"not N-Quads: {e}") from e


@lru_cache(maxsize=65536)
def _read_iri(term: object) -> URIRef:
    if not isinstance(term, pyoxigraph.NamedNode):
        raise BadInput(f"not an IRI: {term}")
    return URIRef(term.value)


def _read_term(term: object) -> Term:
    return _read_iri(term) if isinstance(term, pyoxigraph.NamedNode) else read(term)
