"""Every namespace, graph name and IRI pattern, minted here and nowhere else.

An IRI names one thing for ever: it holds a readable slug and a digest of what first named the
thing, so that a changed label keeps its IRI and two things of one name get two.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rdflib import Namespace, URIRef
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, XSD


class Vocabulary(Namespace):
    """Each of its terms is one value: a library's quads name them a million times."""

    def term(self, name: str) -> URIRef:
        return _place(self, name)


FERAG = Vocabulary("https://w3id.org/ferag/ns#")
SCHEMA = Vocabulary("https://schema.org/")

__all__ = [
    "DCTERMS",
    "FERAG",
    "OWL",
    "PROV",
    "RDF",
    "RDFS",
    "SCHEMA",
    "SKOS",
    "XSD",
    "Dataset",
    "digest",
    "slug",
]

_LATIN = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya"
_TRANSLIT = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", _LATIN.split(" "), strict=True))


def digest(*parts: object, length: int = 12) -> str:
    """A short stable name of these parts: hexadecimal, `length` characters."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:length]


def slug(text: str) -> str:
    """ASCII words of a label, for people who read IRIs.

    >>> slug("Алиса Смит"), slug("ACME Corp.")
    ('alisa-smit', 'acme-corp')
    """
    latin = "".join(_TRANSLIT.get(c, c) for c in text.lower()).replace("_", "")
    ascii_ = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_).strip("-")[:48].strip("-") or "x"


def local_name(iri: str) -> str:
    """The last word of an IRI: what stands for a name where there is none.

    >>> local_name("https://schema.org/worksFor"), local_name("http://x.example/a#b"), local_name("urn:c")
    ('worksFor', 'b', 'c')
    """
    return iri.rstrip("/#").rsplit("/", 1)[-1].rsplit("#", 1)[-1].rsplit(":", 1)[-1]


def words(label: str) -> list[str]:
    return [w for w in slug(label).split("-") if w]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where one RAG's graph lives: its name and the IRIs inside it.

    `base` ends with a slash and is the same for the whole installation.
    """

    base: str
    rag_id: int

    @property
    def name(self) -> str:
        return f"ferag-{self.rag_id:05d}"

    @property
    def root(self) -> str:
        return f"{self.base}{self.name}/"

    # named graphs
    @property
    def ontology(self) -> URIRef:
        return _place(self.root, "ontology")

    @property
    def facts(self) -> URIRef:
        return _place(self.root, "facts")

    @property
    def provenance(self) -> URIRef:
        return _place(self.root, "provenance")

    @property
    def meta(self) -> URIRef:
        return _place(self.root, "meta")

    @property
    def approved(self) -> tuple[URIRef, URIRef, URIRef]:
        """The graphs that hold the approved version."""
        return (self.ontology, self.facts, self.provenance)

    def staged(self, cycle: int, change: str, graph: URIRef) -> URIRef:
        """A cycle's staged graph: `change` is "add" or "remove", `graph` one of `approved`."""
        return URIRef(f"{self.root}stg/{cycle:05d}/{change}/{graph.rsplit('/', 1)[1]}")

    # things
    def entity(self, label: str, *identity: object) -> URIRef:
        """A new entity's IRI; `identity` tells it from its namesakes (type, first evidence)."""
        return URIRef(f"{self.root}entity/{slug(label)}-{digest(label, *identity)}")

    def class_(self, label: str) -> URIRef:
        """UpperCamelCase: `semantic web` -> `SemanticWeb`."""
        name = "".join(w[:1].upper() + w[1:] for w in words(label))
        return URIRef(f"{self.root}ontology#{_no_digit(name)}")

    def property_(self, label: str) -> URIRef:
        """lowerCamelCase: `works at` -> `worksAt`."""
        first, *rest = words(label)
        return URIRef(f"{self.root}ontology#{_no_digit(first + ''.join(w.capitalize() for w in rest))}")

    def assertion(self, subject: object, predicate: object, object_: str) -> URIRef:
        """The assertion node of a fact; `object_` in N-Triples form."""
        return URIRef(f"{self.root}assertion/{digest(subject, predicate, object_, length=24)}")

    def evidence(self, document_id: str, start: int, end: int, *holder: object) -> URIRef:
        """A node for one thing's or one assertion's quote: shared by nothing else."""
        return URIRef(f"{self.root}evidence/{digest(document_id, start, end, *holder, length=24)}")

    def document(self, document_id: str) -> URIRef:
        return _place(self.root, f"document/{document_id}")

    def statement(self, *said: object) -> URIRef:
        """A node for what one person says of one thing or assertion."""
        return URIRef(f"{self.root}statement/{digest(*said, length=24)}")

    def period(self, start: str, end: str, *holder: object) -> URIRef:
        return URIRef(f"{self.root}period/{digest(start, end, *holder, length=24)}")

    def qualifier(self, name: str, value: str, *holder: object) -> URIRef:
        return URIRef(f"{self.root}qualifier/{digest(name, value, *holder, length=24)}")


@lru_cache(maxsize=1024)
def _place(root: str, name: str) -> URIRef:
    """One value for all quads that name it."""
    return URIRef(root + name)


def _no_digit(name: str) -> str:
    return f"n{name}" if name[:1].isdigit() else name
