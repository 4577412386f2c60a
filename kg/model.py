"""The values that pass between the steps of the pipeline: frozen, hashable, free of I/O.

documents -> text units -> extractions -> entities and facts -> changes.
Offsets are characters of `Document.text`, end exclusive.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Literal as OneOf

from rdflib import Literal, URIRef

from kg.vocab import local_name

Term = URIRef | Literal
Quad = tuple[URIRef, URIRef, Term, URIRef]  # subject, predicate, object, graph


# ---- text


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that begins at `start`: a page (`page` set) or a heading (`heading`, `level` set)."""

    start: int
    page: int | None = None
    heading: str | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A revision's text. `id` is opaque, unique in its RAG and safe in an IRI; `name` the file's name."""

    id: str
    name: str
    text: str
    language: str = "en"  # ISO 639-1
    marks: tuple[Mark, ...] = ()
    media_type: str = "text/plain"
    notes: tuple[str, ...] = ()  # sentences for people: "decoded as cp1251", "mojibake repaired"


@dataclass(frozen=True, slots=True)
class TextUnit:
    """A chunk of a document: `text == document.text[start:end]`; units are contiguous, nothing is lost."""

    id: str
    document_id: str
    document: str  # file name
    number: int  # from 0, in its document
    start: int
    end: int
    text: str
    tokens: int
    heading: tuple[str, ...] = ()
    page: int | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """The exact words that a thing was read from: `quote == document text[start:end]`."""

    document_id: str
    start: int
    end: int
    quote: str
    document: str = ""
    unit_id: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Statement:
    """What a person says without a document: who (a name and the account), on which day, and why."""

    by: str
    day: str  # ISO
    reason: str
    person: str = ""  # the account's number


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """When a fact holds: xsd:date, xsd:gYearMonth or xsd:gYear text, "" for open."""

    start: str = ""
    end: str = ""


# ---- what an extractor reads in one text unit


@dataclass(frozen=True, slots=True)
class ExtractedEntity:
    name: str  # as in the text, in its base form where the language inflects
    type: str = ""  # a class label in plain words ("person"), "" if unknown
    description: str = ""
    aliases: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtractedRelation:
    """`subject` and `object` are names of entities of the same extraction; or `value` is a literal."""

    subject: str
    predicate: str  # plain words: "works at"
    object: str = ""
    value: Literal | None = None
    description: str = ""
    confidence: float = 0.5
    weight: float = 1.0
    period: Period = Period()
    qualifiers: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A name seen in the text at these offsets of its document: feeds retrieval, never shown as a fact."""

    name: str  # base form
    start: int
    end: int
    type: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read in one text unit."""

    unit_id: str
    entities: tuple[ExtractedEntity, ...] = ()
    relations: tuple[ExtractedRelation, ...] = ()
    mentions: tuple[Mention, ...] = ()
    problem: str = ""  # why the unit is quarantined, "" if it is not


# ---- after entity resolution


@dataclass(frozen=True, slots=True)
class ResolvedEntity:
    """One thing of the cycle. `iri` is the approved entity's where it is the *same*, else newly minted."""

    iri: URIRef
    label: str
    language: str = "en"
    types: tuple[str, ...] = ()  # class labels in plain words, best supported first
    aliases: tuple[str, ...] = ()
    description: str = ""
    evidence: tuple[Evidence, ...] = ()
    approved: bool = False


@dataclass(frozen=True, slots=True)
class ResolvedRelation:
    subject: URIRef
    predicate: str  # plain words
    object: Term
    description: str = ""
    confidence: float = 0.5
    weight: float = 1.0
    periods: tuple[Period, ...] = ()
    qualifiers: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """A cycle's things and relations, with the pairs that are *likely* one (for people to decide)."""

    entities: tuple[ResolvedEntity, ...] = ()
    relations: tuple[ResolvedRelation, ...] = ()
    merges: tuple["Merge", ...] = ()


# ---- the graph


@dataclass(frozen=True, slots=True)
class OntologyClass:
    iri: URIRef
    label: str
    language: str = "en"
    comment: str = ""
    parents: tuple[URIRef, ...] = ()
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Property:
    """`range` is a class for an object property, a datatype for a datatype property."""

    iri: URIRef
    label: str
    kind: OneOf["object", "datatype"]
    language: str = "en"
    comment: str = ""
    domain: URIRef | None = None
    range: URIRef | None = None
    inverse: URIRef | None = None
    functional: bool = False
    parents: tuple[URIRef, ...] = ()
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ontology:
    classes: tuple[OntologyClass, ...] = ()
    properties: tuple[Property, ...] = ()

    @cached_property
    def class_by_iri(self) -> Mapping[URIRef, OntologyClass]:
        return {c.iri: c for c in self.classes}

    @cached_property
    def property_by_iri(self) -> Mapping[URIRef, Property]:
        return {p.iri: p for p in self.properties}

    def label(self, term: URIRef) -> str:
        """Of a class or property; of one that is not there the last word of its IRI."""
        known = self.property_by_iri.get(term) or self.class_by_iri.get(term)
        return known.label if known else local_name(term)

    def ancestors(self, class_: URIRef) -> frozenset[URIRef]:
        """The class itself and all above it."""
        seen: set[URIRef] = set()
        todo = [class_]
        while todo:
            iri = todo.pop()
            if iri not in seen:
                seen.add(iri)
                known = self.class_by_iri.get(iri)
                todo.extend(known.parents if known else ())
        return frozenset(seen)


@dataclass(frozen=True, slots=True)
class Entity:
    iri: URIRef
    label: str
    language: str = "en"
    types: tuple[URIRef, ...] = ()
    aliases: tuple[str, ...] = ()
    description: str = ""
    evidence: tuple[Evidence, ...] = ()
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A triple whose predicate is a property of the ontology, with where it was read."""

    subject: URIRef
    predicate: URIRef
    object: Term
    description: str = ""
    confidence: float = 0.5
    weight: float = 1.0
    periods: tuple[Period, ...] = ()
    qualifiers: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    cycle: int = 0
    version: int = 0  # the approved version that brought it, 0 while it is only proposed
    statements: tuple[Statement, ...] = ()

    @property
    def triple(self) -> tuple[URIRef, URIRef, Term]:
        return (self.subject, self.predicate, self.object)


Content = OntologyClass | Property | Entity | Fact


# ---- the change set


class Kind(StrEnum):
    new_class = "new_class"
    new_property = "new_property"
    ontology_edit = "ontology_edit"
    new_entity = "new_entity"
    merge_entities = "merge_entities"
    type_change = "type_change"
    new_fact = "new_fact"
    changed_value = "changed_value"  # an approved thing gains a source, alias, description or value
    conflict = "conflict"
    removed_fact = "removed_fact"
    removed_entity = "removed_entity"


class Fit(StrEnum):
    laminar = "laminar"
    turbulent = "turbulent"


class Decision(StrEnum):
    undecided = "undecided"
    accepted = "accepted"
    rejected = "rejected"
    edited = "edited"  # accepted with `Change.after` replaced


class Verdict(StrEnum):
    """The one thing to know about a row, riskiest first."""

    conflict = "conflict"
    no_evidence = "no_evidence"
    needs_ontology = "needs_ontology"
    stated = "stated"  # a member says so, no document
    single_source = "single_source"
    corroborated = "corroborated"


@dataclass(frozen=True, slots=True)
class Merge:
    """Two entities that are probably one. If accepted, every `drop` becomes `keep`."""

    keep: URIRef
    drop: URIRef
    keep_label: str
    drop_label: str
    score: float
    reasons: tuple[str, ...] = ()  # codes with their values, "acronym: FBI", for gettext at the page


@dataclass(frozen=True, slots=True)
class Change:
    """One reviewable item: the graph loses what only `before` says and gains what only `after` says.

    `id` is unique in its change set; `key` names the same proposal in later cycles (built from
    labels, not IRIs), so that what people rejected stays rejected.
    """

    id: str
    key: str
    kind: Kind
    fit: Fit
    subject: str
    predicate: str
    object: str
    before: tuple[Content, ...] = ()
    after: tuple[Content, ...] = ()
    merge: Merge | None = None
    confidence: float = 0.5
    verdict: Verdict = Verdict.single_source
    depends_on: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()  # codes: why turbulent, what SHACL said, what it unlocks
    statement: Statement | None = None  # of a correction: whose it is

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Where the proposed side was read, or the approved one if nothing is proposed.

        A correction that says otherwise than its documents has none of theirs.
        """
        sides = (self.after,) if self.statement and self.after else (self.after, self.before)
        for side in sides:
            found = {e for c in side if isinstance(c, Entity | Fact) for e in c.evidence}
            if found:
                return tuple(sorted(found))
        return ()


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """All changes of a cycle, computed against `base_version`; in an order that honours dependencies."""

    base_version: int
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Delta:
    """What an approved version adds and removes; disjoint."""

    add: frozenset[Quad] = field(default_factory=frozenset)
    remove: frozenset[Quad] = field(default_factory=frozenset)

    def inverse(self) -> "Delta":
        return Delta(add=self.remove, remove=self.add)
