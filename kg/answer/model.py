"""What an answer is made of, and the events in which it arrives."""

from dataclasses import dataclass

from kg.model import Evidence, Statement
from kg.retrieve import Retrieved


@dataclass(frozen=True, slots=True)
class Citation:
    """`[n]` in the text: the quote, where it stands in its document, and the fact read from it, if any.

    A fact that a member states has no quote and no document: who, on which day and why stand for them.
    """

    n: int
    document_id: str
    document: str
    page: int | None
    start: int
    end: int
    quote: str
    fact: str | None = None  # IRI of the assertion
    said_by: str = ""
    said_on: str = ""  # ISO
    reason: str = ""

    @property
    def source(self) -> str:
        """The document, or the person and the day."""
        return self.document or f"{self.said_by}, {self.said_on}"

    @property
    def words(self) -> str:
        """The quote, or the person's reason."""
        return self.quote or self.reason


def cited(n: int, backing: Evidence | Statement, fact: str | None = None) -> Citation:
    """What a fact rests on, as number `n`."""
    if isinstance(backing, Statement):
        return Citation(n, "", "", None, 0, 0, "", fact, backing.by, backing.day, backing.reason)
    e = backing
    return Citation(n, e.document_id, e.document, e.page, e.start, e.end, e.quote, fact)


@dataclass(frozen=True, slots=True)
class Stage:
    """Something was done on the way, in so many seconds.

    "retrieve", "graph", "write"; "query" and "refused" of a query by the model; of an agent "search",
    "neighbours", "sparql", "summary", "again", "enough". `detail`: what was asked, or why not; `found`: how
    many rows, facts and passages came back.
    """

    name: str
    seconds: float
    detail: str = ""
    found: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """`supported` is False when nothing retrieved answers; the citations are then the nearest."""

    text: str
    supported: bool
    citations: tuple[Citation, ...] = ()
    version: int = 0
    mode: str = ""
    language: str = "en"
    seconds: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    query: str = ""  # SPARQL that the answer rests on
    struck_links: int = 0  # links and images that a model wrote, removed
    struck_citations: int = 0  # marks of sources that it was not given, removed
    unsupported: tuple[str, ...] = ()  # sentences of the text that no cited source carries
    steps: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """What the answer is going to be made from, before its first word."""

    found: Retrieved


@dataclass(frozen=True, slots=True)
class Words:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    answer: Answer


@dataclass(frozen=True, slots=True)
class Beat:
    """Nothing new yet: whoever looks on may stop here."""


Event = Sources | Stage | Words | Beat | Done
