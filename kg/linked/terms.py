"""The classes and properties of a file: those that it defines, and those that it uses without saying so."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from rdflib import BNode, Literal, URIRef

from kg.linked.statements import (
    COMMENTS,
    NAMES,
    OTHER_NAMES,
    Node,
    Statements,
    Value,
    iris,
    is_a,
    line,
    literals,
)
from kg.model import Ontology, OntologyClass, Property
from kg.vocab import OWL, RDF, RDFS, SCHEMA, SKOS, XSD, local_name

CLASSES = (OWL.Class, RDFS.Class)
PROPERTIES = (
    *(RDF.Property, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.FunctionalProperty),
    *(OWL.InverseFunctionalProperty, OWL.TransitiveProperty, OWL.SymmetricProperty, OWL.AnnotationProperty),
)
DOMAINS, RANGES = (RDFS.domain, SCHEMA.domainIncludes), (RDFS.range, SCHEMA.rangeIncludes)
ANYTHING = frozenset({OWL.Thing, RDFS.Resource, OWL.NamedIndividual, SCHEMA.Thing})
# datatypes of ours; None: of any precision, or any text
_SCHEMA_TYPES = {
    SCHEMA.Text: XSD.string, SCHEMA.Integer: XSD.integer, SCHEMA.Boolean: XSD.boolean, SCHEMA.Number: None,
    SCHEMA.Float: None, SCHEMA.Date: None, SCHEMA.DateTime: None, SCHEMA.Time: None, SCHEMA.URL: None,
    SCHEMA.DataType: None, SCHEMA.PronounceableText: XSD.string, SCHEMA.CssSelectorType: XSD.string,
    SCHEMA.XPathType: XSD.string,
}  # fmt: skip
_KEPT = frozenset({XSD.integer, XSD.decimal, XSD.double, XSD.boolean, XSD.string, XSD.time})
_INTEGERS = frozenset({XSD.int, XSD.long, XSD.short, XSD.nonNegativeInteger, XSD.positiveInteger})
_BUILT_IN = (str(RDF), str(RDFS), str(OWL), str(XSD))
_CAMEL = re.compile(r"(?<=[a-zа-яё0-9])(?=[A-ZА-ЯЁ])|(?<=[A-Z])(?=[A-Z][a-z])|[_-]+")
MOST_SYNONYMS = 20
LONGEST_COMMENT = 2000


@dataclass(frozen=True)
class Terms:
    """What a file's names mean: which are classes and properties, which datatypes."""

    ontology: Ontology
    nodes: frozenset[Node]  # that define them: no things

    @classmethod
    def of(cls, said: Statements) -> "Terms":
        datatypes = _datatypes(said)
        classes = _classes(said, datatypes)
        properties = _properties(said)
        above = _parents(said, classes, RDFS.subClassOf)
        made_classes = [_class(c, said.get(c, {}), above[c]) for c in sorted(classes)]
        ontology = Ontology(tuple(made_classes))
        parents = _parents(said, properties, RDFS.subPropertyOf)
        made = [
            _property(p, said, parents[p], ontology, datatypes)
            for p in sorted(properties)
            if p not in classes
        ]
        helpers = {n for n, s in said.items() if is_a(s, OWL.Ontology, OWL.Restriction, *CLASSES)}
        helpers |= {
            n for n, s in said.items() if isinstance(n, BNode) and (RDF.first in s or is_a(s, *CLASSES))
        }
        return cls(
            Ontology(tuple(made_classes), tuple(made)),
            frozenset({*classes, *properties, *helpers, *datatypes}),
        )


def humane(name: str) -> str:
    """A name in code as words.

    >>> humane("worksFor"), humane("Person"), humane("birth_date"), humane("URL"), humane("works at")
    ('works for', 'Person', 'birth date', 'URL', 'works at')
    """
    if " " in name or not _CAMEL.search(name):
        return name
    first, *rest = (w for w in _CAMEL.split(name) if w)
    return " ".join([first, *(w if w.isupper() and len(w) > 1 else w.lower() for w in rest)])


def naming(iri: URIRef, said: Mapping[URIRef, Sequence[Value]]) -> tuple[str, str, tuple[str, ...]]:
    """(label, its language, other names)."""
    first, *more = literals(said, NAMES) or [Literal(line(unquote(local_name(iri))) or "x")]
    label = line(humane(str(first)))
    others = [line(str(o)) for o in (*more, *literals(said, OTHER_NAMES))]
    kept = dict.fromkeys(o for o in others if o.casefold() != label.casefold())
    return label, first.language or "", tuple(sorted(list(kept)[:MOST_SYNONYMS]))


def _comment(said: Mapping[URIRef, Sequence[Value]]) -> str:
    found = literals(said, COMMENTS)
    return line(str(found[0]), LONGEST_COMMENT) if found else ""


def _datatypes(said: Statements) -> frozenset[URIRef]:
    found = {*_SCHEMA_TYPES, RDFS.Literal}
    found |= {n for n, s in said.items() if isinstance(n, URIRef) and is_a(s, RDFS.Datatype, SCHEMA.DataType)}
    return frozenset(found)


def is_datatype(iri: URIRef, datatypes: frozenset[URIRef]) -> bool:
    return iri in datatypes or iri.startswith(str(XSD)) or iri in (RDF.langString, RDF.HTML, RDF.XMLLiteral)


def _classes(said: Statements, datatypes: frozenset[URIRef]) -> set[URIRef]:
    found = {
        n for n, s in said.items() if isinstance(n, URIRef) and (is_a(s, *CLASSES) or RDFS.subClassOf in s)
    }
    for s in said.values():
        found |= set(iris(s, RDFS.subClassOf))
        if not is_a(s, *CLASSES, *PROPERTIES, OWL.Restriction):
            found |= {t for t in iris(s, RDF.type) if not _built_in(t)}
        found |= set(_ends(said, s, (*DOMAINS, *RANGES)))
    return {c for c in found if c not in ANYTHING and not _built_in(c) and not is_datatype(c, datatypes)}


def _built_in(iri: URIRef) -> bool:
    """Of the languages that ontologies are written in; SKOS's own, which the reader of things knows."""
    return str(iri).startswith(_BUILT_IN) or iri in (SKOS.Concept, SKOS.ConceptScheme, SKOS.Collection)


def _properties(said: Statements) -> set[URIRef]:
    found: set[URIRef] = set()
    for n, s in said.items():
        defined = is_a(s, *PROPERTIES) or any(p in s for p in (*DOMAINS, *RANGES, RDFS.subPropertyOf))
        if isinstance(n, URIRef) and defined and not _built_in(n):
            found.add(n)
    return found


def _parents(said: Statements, of: Iterable[URIRef], predicate: URIRef) -> dict[URIRef, tuple[URIRef, ...]]:
    """What stands above each, without what would close a ring."""
    known = set(of)
    kept: dict[URIRef, tuple[URIRef, ...]] = {}
    for iri in sorted(known):
        wanted = [p for p in sorted(iris(said.get(iri, {}), predicate)) if p in known and p != iri]
        kept[iri] = tuple(p for p in wanted if not _reaches(kept, p, iri))
    return kept


def _reaches(above: Mapping[URIRef, Sequence[URIRef]], start: URIRef, end: URIRef) -> bool:
    todo, seen = [start], set()
    while todo:
        iri = todo.pop()
        if iri == end:
            return True
        if iri not in seen:
            seen.add(iri)
            todo.extend(above.get(iri, ()))
    return False


def _class(iri: URIRef, said: Mapping[URIRef, Sequence[Value]], parents: tuple[URIRef, ...]) -> OntologyClass:
    label, language, synonyms = naming(iri, said)
    return OntologyClass(iri, label, language, _comment(said), parents, synonyms)


def _property(
    iri: URIRef,
    statements: Statements,
    parents: tuple[URIRef, ...],
    ontology: Ontology,
    datatypes: frozenset[URIRef],
) -> Property:
    said = statements.get(iri, {})
    label, language, synonyms = naming(iri, said)
    ends = _ends(statements, said, RANGES)
    classes = [c for c in ends if c in ontology.class_by_iri]
    values = [d for d in ends if is_datatype(d, datatypes)]
    literal = is_a(said, OWL.DatatypeProperty) or (
        not is_a(said, OWL.ObjectProperty)
        and ((bool(values) and not classes) or _used_with_values(statements, iri))
    )
    inverse = next(iter(iris(said, OWL.inverseOf, SCHEMA.inverseOf)), None)
    if is_a(said, OWL.SymmetricProperty):
        inverse = iri
    return Property(
        iri=iri,
        label=label,
        kind="datatype" if literal else "object",
        language=language,
        comment=_comment(said),
        domain=_over([c for c in _ends(statements, said, DOMAINS) if c in ontology.class_by_iri], ontology),
        range=datatype(values) if literal else _over(classes, ontology),
        inverse=None if literal else inverse,
        functional=is_a(said, OWL.FunctionalProperty),
        parents=parents,
        synonyms=synonyms,
    )


def _used_with_values(said: Statements, iri: URIRef) -> bool:
    """In most of what is said with it."""
    used = [isinstance(o, Literal) for s in said.values() for o in s.get(iri, ())]
    return sum(used) * 2 > len(used)


def _ends(
    statements: Statements, said: Mapping[URIRef, Sequence[Value]], predicates: Iterable[URIRef]
) -> list[URIRef]:
    """The classes or datatypes named there; of an owl:unionOf, each of its members."""
    found: list[URIRef] = []
    for p in predicates:
        for o in said.get(p, ()):
            if isinstance(o, URIRef):
                found.append(o)
            elif isinstance(o, BNode):
                found += [
                    m for u in statements.get(o, {}).get(OWL.unionOf, ()) for m in _members(statements, u)
                ]
    return found


def _members(said: Statements, head: Value) -> list[URIRef]:
    found: list[URIRef] = []
    seen: set[Value] = set()
    while isinstance(head, BNode) and head not in seen:
        seen.add(head)
        cell = said.get(head, {})
        found += iris(cell, RDF.first)
        head = next(iter(cell.get(RDF.rest, ())), RDF.nil)
    return found


def _over(classes: Sequence[URIRef], ontology: Ontology) -> URIRef | None:
    """The one class; of several the nearest above all; None if that is anything."""
    if not classes:
        return None
    shared = frozenset.intersection(*(ontology.ancestors(c) for c in classes))
    below = [c for c in shared if not any(c != o and c in ontology.ancestors(o) for o in shared)]
    return min(below) if below else None


def datatype(values: Sequence[URIRef]) -> URIRef | None:
    """One datatype of ours that holds them all; None for any."""
    own = {_own(v) for v in values}
    return own.pop() if len(own) == 1 else None


def _own(value: URIRef) -> URIRef | None:
    if value in _INTEGERS:
        return URIRef(XSD.integer)
    return value if value in _KEPT else _SCHEMA_TYPES.get(value)
