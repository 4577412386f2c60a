"""What retrieval finds: passages, entities and facts, each with its score and where it comes from."""

from dataclasses import dataclass
from enum import StrEnum

from rdflib import URIRef

from kg.model import Evidence, Period, Statement, Term
from kg.retrieve.hints import Hints


class Mode(StrEnum):
    auto = "auto"  # path, with flat search where nothing has to be joined
    path = "path"  # personalised PageRank over passages, names, entities and facts
    naive = "naive"  # passages by full text and vectors
    local = "local"  # entities near the question, and the passages that speak of them
    global_ = "global"  # facts near the question, and the passages that state them
    hybrid = "hybrid"  # local and global
    mix = "mix"  # hybrid and naive
    words = "words"  # passages, entities and facts by full text alone
    bypass = "bypass"  # nothing: the question goes to the model alone


@dataclass(frozen=True, slots=True)
class Passage:
    """A text unit: `text` are the characters `start` to `end` of its document."""

    unit_id: str
    document_id: str
    document: str
    start: int
    end: int
    text: str
    score: float
    page: int | None = None
    heading: tuple[str, ...] = ()
    title: str = ""
    language: str = "en"
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class FoundEntity:
    iri: URIRef
    label: str
    score: float
    description: str = ""


@dataclass(frozen=True, slots=True)
class FoundFact:
    """`iri` is the assertion's. `periods`: when it holds, none if nobody says; `over`: no longer today."""

    iri: URIRef
    sentence: str
    score: float
    subject: URIRef
    predicate: URIRef
    object: Term
    evidence: tuple[Evidence, ...] = ()
    periods: tuple[Period, ...] = ()
    over: bool = False
    statements: tuple[Statement, ...] = ()  # of members, without a document


@dataclass(frozen=True, slots=True)
class FoundCommunity:
    """Things that belong together, said in a few sentences; `level` 0 is the widest."""

    title: str
    summary: str
    level: int
    score: float
    facts: tuple[str, ...] = ()  # IRIs of the assertions that the summary is made of


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Best first. `mode` is the one that was used, `seconds` what it took."""

    mode: str
    passages: tuple[Passage, ...] = ()
    entities: tuple[FoundEntity, ...] = ()
    facts: tuple[FoundFact, ...] = ()
    seconds: float = 0.0
    version: int = 0
    communities: tuple[FoundCommunity, ...] = ()  # of global, and of auto when an overview is asked for
    hints: Hints | None = None  # what a model added
