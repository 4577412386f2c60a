"""The answer in prose: by a model from numbered sources, or by quoting what answers best."""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from kg.answer.cited import NOTHING, STEPS, Turn, checked, invented, written
from kg.answer.extractive import Candidate, best, sources
from kg.answer.manner import Manner
from kg.answer.model import Beat, Citation, Event, Words
from kg.answer.patience import piece_by_piece
from kg.answer.phrases import NEAREST, NOT_KNOWN
from kg.answer.unsupported import unsupported
from kg.embed import Embedder
from kg.guard import without_links
from kg.llm.chat import Chat
from kg.retrieve import Retrieved

_FOOTNOTE = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")


@dataclass(frozen=True, slots=True)
class Prose:
    """`more` if the model says that it has to look further."""

    text: str
    supported: bool
    citations: tuple[Citation, ...]
    tokens: tuple[int, int] = (0, 0)
    struck: tuple[int, int] = (0, 0)  # links, invented marks
    doubted: tuple[str, ...] = ()
    more: bool = False
    silent: bool = False  # nobody has seen a word of it


def the_sources(found: Retrieved, spoken: str) -> Prose:
    """What was found, numbered, without an answer."""
    picked = sources(found.passages, found.facts)
    text, citations = _quoted(picked, bool(picked), spoken, "\n\n")
    return Prose(text, bool(picked), citations)


def quoted(question: str, found: Retrieved, embedder: Embedder, spoken: str) -> Prose:
    picked, supported = best(question, found.passages, found.facts, embedder)
    text, citations = _quoted(picked, supported, spoken)
    return Prose(text, supported, citations)


def nearest(question: str, found: Retrieved, embedder: Embedder, spoken: str) -> Prose:
    """Not known, with the nearest there is."""
    picked, _ = best(question, found.passages, found.facts, embedder)
    text, citations = _quoted(picked, False, spoken)
    return Prose(text, False, citations)


def by_the_model(
    question: str,
    given: Sequence[Candidate],
    chat: Chat,
    history: Sequence[Turn],
    manner: Manner,
    *,
    may_look: bool = False,
    tables: Sequence[str] = (),
) -> Generator[Event, None, Prose]:
    """Not supported, and without words, if the model says that the sources do not answer."""
    stream = written(question, given, chat, history, manner, may_look=may_look, tables=tables)
    text, told = "", 0
    for piece in piece_by_piece(stream.__iter__):
        if isinstance(piece, Beat):
            yield piece
            continue
        text += piece
        if any(word.startswith(text.strip()) for word in (NOTHING, STEPS)):
            continue  # perhaps no answer, only the word that says so
        yield Words(text[told:])
        told = len(text)
    assert stream.reply is not None  # set when the stream has ended
    tokens = (stream.reply.tokens_in, stream.reply.tokens_out)
    text, citations = checked(stream.reply.text, given)
    word = text.strip(" .")
    struck = (without_links(stream.reply.text)[1], invented(stream.reply.text, given))
    if not citations or word in (NOTHING, STEPS):
        return Prose("", False, (), tokens, struck, more=may_look and word == STEPS, silent=not told)
    return Prose(text, True, citations, tokens, struck, unsupported(text, citations))


def _quoted(
    picked: Sequence[Candidate], supported: bool, spoken: str, between: str = " "
) -> tuple[str, tuple[Citation, ...]]:
    """Quotes with their numbers; introduced as the nearest there is when they do not answer."""
    citations = tuple(replace(c.citation, n=n) for n, c in enumerate(picked, 1))
    text = between.join(f"{_line(c)} [{n}]" for n, c in enumerate(picked, 1))
    if supported:
        return text, citations
    return NOT_KNOWN[spoken] + (f" {NEAREST[spoken]} {text}" if text else ""), citations


def _line(candidate: Candidate) -> str:
    """As text that follows no link; a footnote of the document's own is no mark of ours."""
    quote = _FOOTNOTE.sub(r"(\1)", without_links(candidate.text, keep_addresses=True)[0])
    return f"{quote} ({candidate.dates})" if candidate.dates else quote
