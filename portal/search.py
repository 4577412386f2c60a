"""Searching a knowledge base without any model's answer: passages, things and facts, best first."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kg.index.words import stem, words
from kg.retrieve import FoundCommunity, FoundEntity, FoundFact, Passage
from kg.retrieve.question import content_stems
from portal import finding
from portal.access import Actor
from portal.errors import Invalid
from portal.options import Options
from portal.wiring import Parts

LONGEST = 500  # characters that are searched for
EXCERPT = 360  # characters of a passage that are shown ...
BEFORE = 60  # ... of them before the first word that was searched for
SHOWN = 12  # of each kind

Pieces = tuple[tuple[str, bool], ...]  # (text, is what was searched for), one after the other


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with the part of it that says most of what was searched for."""

    passage: Passage
    start: int  # of the excerpt, in the document
    end: int
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Hits:
    version: int
    passages: tuple[Hit, ...] = ()
    things: tuple[FoundEntity, ...] = ()
    facts: tuple[FoundFact, ...] = ()
    communities: tuple[FoundCommunity, ...] = ()
    seconds: float = 0.0

    @property
    def empty(self) -> bool:
        return not (self.passages or self.things or self.facts)


def search(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    text: str,
    by_meaning: bool = True,
    documents: frozenset[str] | None = None,
    version: int | None = None,
) -> Hits:
    """By meaning and words, or by words alone; of these documents; as of a version."""
    if len(text) > LONGEST:
        raise Invalid("text", "search-too-long", limit=LONGEST)
    options = Options("auto" if by_meaning else "words", SHOWN, documents=documents, version=version)
    found = finding.search(parts, actor, rag_id, text, options)
    wanted = frozenset(content_stems(text))
    return Hits(
        found.version,
        tuple(_hit(p, wanted) for p in found.passages),
        found.entities,
        found.facts,
        found.communities,
        found.seconds,
    )


def _hit(passage: Passage, wanted: frozenset[str]) -> Hit:
    start, end = excerpt(passage.text, wanted)
    pieces = tuple(marked(passage.text[start:end], wanted))
    return Hit(passage, passage.start + start, passage.start + end, pieces)


def excerpt(text: str, wanted: frozenset[str], length: int = EXCERPT) -> tuple[int, int]:
    """The stretch that holds most different words of those wanted, not cut within a word."""
    if len(text) <= length:
        return 0, len(text)
    held = [(at, s) for at, word in _words(text) if (s := stem(word)) in wanted]
    inside = [len({s for at, s in held if begin <= at < begin + length - BEFORE}) for begin, _ in held]
    at = held[int(np.argmax(inside))][0] if held else 0
    start = max(0, min(at - BEFORE, len(text) - length))
    start = text.rfind(" ", 0, start + 1) + 1 if start else 0
    stop = min(start + length, len(text))
    end = stop if stop == len(text) else max(text.rfind(" ", start, stop), start + 1)
    return start, end


def marked(text: str, wanted: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, those apart whose stem is wanted."""
    at = 0
    for begin, found in _words(text):
        if stem(found) in wanted:
            if begin > at:
                yield text[at:begin], False
            yield text[begin : begin + len(found)], True
            at = begin + len(found)
    if at < len(text):
        yield text[at:], False


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Each word as it is written, and where."""
    at = 0
    for word in words(text):
        found = text.find(word, at)
        if found >= 0:
            yield found, word
            at = found + len(word)
