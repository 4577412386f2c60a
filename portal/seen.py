"""What an answer was made from and how, as it is kept with it: facts, passages, steps, the query."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from rdflib import URIRef

from kg.answer import Answer, Citation, Sources, Stage
from kg.answer.model import cited
from kg.model import Evidence, Statement
from kg.retrieve import FoundFact, Passage


@dataclass(frozen=True, slots=True)
class SeenFact:
    """`object` is an IRI, or "" for a value; `quote` is its first evidence."""

    sentence: str
    score: float
    subject: str
    predicate: str
    object: str
    quote: Citation | None = None


@dataclass(frozen=True, slots=True)
class SeenPassage:
    heading: tuple[str, ...]
    score: float
    text: Citation


@dataclass(frozen=True, slots=True)
class SeenThing:
    iri: str
    label: str


@dataclass(frozen=True, slots=True)
class SeenStep:
    name: str  # as of kg.answer.Stage
    seconds: float
    detail: str = ""
    found: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    facts: tuple[SeenFact, ...] = ()
    passages: tuple[SeenPassage, ...] = ()
    things: tuple[SeenThing, ...] = ()
    steps: tuple[SeenStep, ...] = ()
    query: str = ""  # SPARQL that the answer rests on
    unsupported: tuple[str, ...] = ()  # sentences of the answer


_SEEN = TypeAdapter(Seen)


def to_json(seen: Seen) -> dict[str, Any]:
    return dict(_SEEN.dump_python(seen, mode="json"))


def from_json(kept: dict[str, Any]) -> Seen:
    """Of an answer that keeps nothing: nothing."""
    return _SEEN.validate_python(kept)


def seen(sources: Sources, stages: tuple[Stage, ...], answer: Answer | None = None) -> Seen:
    """As far as the answer is made."""
    return Seen(
        facts=tuple(map(_fact, sources.found.facts)),
        passages=tuple(map(_passage, sources.found.passages)),
        things=tuple(SeenThing(str(e.iri), e.label) for e in sources.found.entities),
        steps=tuple(map(_step, stages)),
        query=answer.query if answer else "",
        unsupported=answer.unsupported if answer else (),
    )


def _fact(fact: FoundFact) -> SeenFact:
    backing: tuple[Evidence | Statement, ...] = (*fact.evidence, *fact.statements)
    return SeenFact(
        sentence=fact.sentence,
        score=fact.score,
        subject=str(fact.subject),
        predicate=str(fact.predicate),
        object=str(fact.object) if isinstance(fact.object, URIRef) else "",
        quote=cited(0, backing[0], str(fact.iri)) if backing else None,
    )


def _passage(p: Passage) -> SeenPassage:
    text = Citation(0, p.document_id, p.document, p.page, p.start, p.end, p.text)
    return SeenPassage(p.heading, p.score, text)


def _step(stage: Stage) -> SeenStep:
    seconds = round(stage.seconds, 3)
    return SeenStep(stage.name, seconds, stage.detail, stage.found, stage.tokens_in, stage.tokens_out)
