"""What a person wants of the approved graph: each names what it is about, never quads.

An edit says how it is to be, so that it can be computed again against whatever is approved by then.
"""

from dataclasses import dataclass
from enum import StrEnum

from rdflib import URIRef

from kg.model import Entity, Evidence, OntologyClass, Period, Property, Statement, Term

Triple = tuple[URIRef, URIRef, Term]


@dataclass(frozen=True, slots=True)
class NewThing:
    """A thing with an IRI of its own."""

    thing: Entity


@dataclass(frozen=True, slots=True)
class NewFact:
    fact: Triple
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """The approved fact `old` as `fact`, holding in `periods`."""

    old: Triple
    fact: Triple
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class RemovedFact:
    fact: Triple


@dataclass(frozen=True, slots=True)
class RemovedThing:
    """The thing and every fact about it."""

    iri: URIRef


@dataclass(frozen=True, slots=True)
class Renamed:
    """The thing's name, other names and description as they are to be."""

    iri: URIRef
    label: str
    aliases: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Retyped:
    iri: URIRef
    types: tuple[URIRef, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """Two things are one: `drop` becomes `keep`."""

    keep: URIRef
    drop: URIRef


@dataclass(frozen=True, slots=True)
class Split:
    """One thing is two: `thing` takes these facts, and those of its names that are its own."""

    iri: URIRef
    thing: Entity
    facts: tuple[Triple, ...] = ()


@dataclass(frozen=True, slots=True)
class NewTerm:
    term: OntologyClass | Property


@dataclass(frozen=True, slots=True)
class ChangedTerm:
    """The class or property as it is to be; its IRI says which."""

    term: OntologyClass | Property


@dataclass(frozen=True, slots=True)
class RemovedTerm:
    """What used it uses `instead`; without one, things of a class become what is above it, and facts of a
    property go."""

    iri: URIRef
    instead: URIRef | None = None


Edit = (
    NewThing
    | NewFact
    | ChangedFact
    | RemovedFact
    | RemovedThing
    | Renamed
    | Retyped
    | Merged
    | Split
    | NewTerm
    | ChangedTerm
    | RemovedTerm
)


class Problem(StrEnum):
    """Why an edit makes no change."""

    gone = "gone"  # what it is about is not approved any more
    same = "same"  # it is so already
    large = "large"  # more hangs on it than one change can hold


@dataclass(frozen=True, slots=True)
class SignedEdit:
    """An edit with whose it is; `evidence` if a document says so as well. `id` is unique in its RAG."""

    id: int
    edit: Edit
    statement: Statement
    evidence: tuple[Evidence, ...] = ()


def target(edit: Edit) -> tuple[object, ...]:  # noqa: PLR0911  # one case per kind of edit
    """What tells an edit from others: a later one of the same target takes its place."""
    match edit:
        case NewThing(thing):
            return ("thing", thing.iri)
        case NewFact(fact) | RemovedFact(fact) | ChangedFact(old=fact):
            return ("fact", *fact)
        case Merged(keep, drop):
            return ("merge", *sorted((keep, drop)))
        case Split(thing=thing):
            return ("thing", thing.iri)
        case NewTerm(term) | ChangedTerm(term):
            return ("term", term.iri)
        case RemovedTerm(iri):
            return ("term", iri)
        case RemovedThing(iri):
            return ("removed", iri)
        case Renamed(iri):
            return ("name", iri)
        case Retyped(iri):
            return ("type", iri)
