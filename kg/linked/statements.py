"""N-Quads lines as subjects with what is said of them, literals in canonical form."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import pyoxigraph
from rdflib import BNode, Literal, URIRef

from kg.model import Term
from kg.store.terms import read
from kg.vocab import DCTERMS, RDF, RDFS, SCHEMA, SKOS

Node = URIRef | BNode
Value = Term | BNode
Statements = Mapping[Node, Mapping[URIRef, Sequence[Value]]]

_OLD_SCHEMA = "http://schema.org/"
FOAF_NAME = URIRef("http://xmlns.com/foaf/0.1/name")
DC_TITLE = URIRef("http://purl.org/dc/elements/1.1/title")
NAMES = (RDFS.label, SKOS.prefLabel, SCHEMA.name, FOAF_NAME, DCTERMS.title, DC_TITLE)
OTHER_NAMES = (SKOS.altLabel, SKOS.hiddenLabel, SCHEMA.alternateName)
COMMENTS = (RDFS.comment, SKOS.definition, DCTERMS.description, SCHEMA.description, SKOS.scopeNote)
LANGUAGES = ("en", "", "ru")  # of labels, the first that there is
LONGEST_NAME = 200


def statements(lines: str) -> Statements:
    """In the order of the file; each said once."""
    found: dict[Node, dict[URIRef, dict[Value, None]]] = {}
    for quad in pyoxigraph.parse(lines.encode(), pyoxigraph.RdfFormat.N_QUADS):
        subject, object_ = _term(quad.subject), _term(quad.object)
        assert isinstance(subject, URIRef | BNode)
        found.setdefault(subject, {}).setdefault(_iri(quad.predicate.value), {})[object_] = None
    return {s: {p: tuple(objects) for p, objects in said.items()} for s, said in found.items()}


def _term(term: object) -> Value:
    if isinstance(term, pyoxigraph.BlankNode):
        return BNode(term.value)
    if isinstance(term, pyoxigraph.NamedNode):
        return _iri(term.value)
    return read(term)


@lru_cache(maxsize=65536)
def _iri(value: str) -> URIRef:
    """schema.org has two addresses for one vocabulary."""
    return URIRef(SCHEMA + value[len(_OLD_SCHEMA) :] if value.startswith(_OLD_SCHEMA) else value)


def iris(said: Mapping[URIRef, Sequence[Value]], *predicates: URIRef) -> tuple[URIRef, ...]:
    return tuple(dict.fromkeys(o for p in predicates for o in said.get(p, ()) if isinstance(o, URIRef)))


def is_a(said: Mapping[URIRef, Sequence[Value]], *types: URIRef) -> bool:
    return any(t in types for t in said.get(RDF.type, ()))


def literals(said: Mapping[URIRef, Sequence[Value]], predicates: Iterable[URIRef]) -> list[Literal]:
    """Not blank, each text once; the best language of a predicate first."""
    found: dict[str, Literal] = {}
    for p in predicates:
        values = [o for o in said.get(p, ()) if isinstance(o, Literal) and str(o).strip()]
        for value in sorted(values, key=lambda v: (_rank(v.language or ""), str(v))):
            found.setdefault(str(value).strip().casefold(), value)
    return list(found.values())


def _rank(language: str) -> int:
    main = language.split("-", 1)[0]
    return LANGUAGES.index(main) if main in LANGUAGES else len(LANGUAGES)


def line(text: str, longest: int = LONGEST_NAME) -> str:
    """On one line, cut between words where it is too long."""
    plain = " ".join(text.split())
    return plain if len(plain) <= longest else plain[:longest].rsplit(" ", 1)[0] + "…"
