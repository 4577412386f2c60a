"""What the rules of one language read in a text, before it becomes an extraction. Offsets are the text's."""

from dataclasses import dataclass, field

from rdflib import Literal

from kg.model import Period

NO_PERIOD = Period()


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A name or technical phrase at these characters; `name` in its base form, in full where that is sure."""

    start: int
    end: int
    name: str
    type: str = ""
    proper: bool = True  # else a common noun phrase: a mention, never an entity of its own


@dataclass(frozen=True, slots=True)
class Claim:
    """A relation as one rule read it in the sentence from `start` to `end`."""

    subject: str
    predicate: str
    rule: str
    start: int
    end: int
    object: str = ""
    value: Literal | None = None
    period: Period = NO_PERIOD
    qualifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """How the text says what something is: "a data scientist", in the sentence from `start` to `end`."""

    name: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Read:
    """Everything that was read in a text."""

    names: tuple[Name, ...] = ()
    claims: tuple[Claim, ...] = ()
    definitions: tuple[Definition, ...] = ()
    types: dict[str, str] = field(default_factory=dict)  # name -> class label
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sure: frozenset[str] = frozenset()  # names that are proposed even without a fact
    sentences: tuple[tuple[int, int], ...] = ()
