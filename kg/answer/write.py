"""From what was retrieved to the answer, as a stream of events."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.answer.extractive import Candidate, best
from kg.answer.model import Answer, Citation, Done, Event, Stage, Words
from kg.answer.phrases import NEAREST, NOT_KNOWN
from kg.embed import Embedder
from kg.retrieve import Retrieved
from kg.text.language import language


def answer(question: str, found: Retrieved, *, version: int, embedder: Embedder) -> Iterator[Event]:
    """Quote the best sentences and facts, each with its citation, in the order of their worth."""
    began = time.monotonic()
    yield Stage("retrieve", found.seconds)
    picked, supported = best(question, found.passages, found.facts, embedder)
    spoken = "ru" if language(question) == "ru" else "en"
    citations, lines = _number(picked)
    text = " ".join(lines)
    if not supported:
        text = NOT_KNOWN[spoken] + (f" {NEAREST[spoken]} {text}" if lines else "")
    yield Stage("write", time.monotonic() - began)
    yield Words(text)
    yield Done(
        Answer(
            text=text,
            supported=supported,
            citations=citations,
            version=version,
            mode=found.mode,
            language=spoken,
            seconds=round(found.seconds + time.monotonic() - began, 3),
        )
    )


def _number(picked: Sequence[Candidate]) -> tuple[tuple[Citation, ...], list[str]]:
    citations = tuple(replace(c.citation, n=n) for n, c in enumerate(picked, 1))
    return citations, [f"{c.text} [{n}]" for n, c in enumerate(picked, 1)]
