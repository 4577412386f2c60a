"""MuSiQue's questions answered by quoting, without a model, from the passages of the retrieval benchmark."""

import json
import re
import tempfile
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.retrieval import corpus
from benchmarks.retrieval.kept import Kept
from kg.answer import Answer, Done, Words, answer
from kg.embed import Embedder, local
from kg.index import Index
from kg.retrieve import retrieve
from kg.vocab import Dataset

DATASET = Dataset("http://bench.example/", 1)
HEAD = (
    f"{'':34}{'in quotes':>12}{'and said so':>12}{'refused':>12}{'quotes':>8}"
    f"{'first p50':>9}{'p95':>7}{'end p50':>9}{'p95':>7}"
)


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    answer: str
    gold: frozenset[str]  # documents


@dataclass(frozen=True, slots=True)
class Answered:
    question: Question
    answer: Answer
    first: float  # milliseconds to the first word
    whole: float

    @property
    def holds_gold(self) -> bool:
        return any(holds(c.quote, self.question.answer) for c in self.answer.citations)


def questions(file: Path) -> list[Question]:
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    return [Question(q["question"], q["answer"], frozenset(q["gold"])) for q in lines]


@contextmanager
def indexed(folder: Path, cache: Path | None) -> Iterator[tuple[Index, Kept, frozenset[str]]]:
    """The corpus read offline and indexed as if all were approved, and its documents; `cache` as of
    bench-retrieval."""
    embedder = Kept(local.load(), cache / "vectors.npz" if cache else None)
    pages = corpus.pages(folder)
    read = corpus.read_or_kept("offline", pages, folder, cache)
    with tempfile.TemporaryDirectory() as made:
        index = Index(made, embedder)
        index.apply(DATASET, 1, corpus.index_delta(DATASET, read))
        index.compact(DATASET, 1)
        yield index, embedder, frozenset(p.id for p in pages)


def asked(
    index: Index, embedder: Embedder, questions: Sequence[Question], of: frozenset[str] | None = None
) -> list[Answered]:
    """Each question's answer. `of`: documents of which those that hold its answer are kept from it, so that
    it should refuse."""
    out = []
    for q in questions:
        began = time.perf_counter()
        found = retrieve(index, DATASET, 1, q.text, documents=None if of is None else of - q.gold)
        first = 0.0
        for event in answer(q.text, found, version=1, embedder=embedder):
            if isinstance(event, Words):
                first = first or time.perf_counter() - began
            if isinstance(event, Done):
                out.append(Answered(q, event.answer, 1000 * first, 1000 * (time.perf_counter() - began)))
    return out


def line(name: str, found: Sequence[Answered]) -> str:
    """One row below HEAD."""
    quotes = [a for a in found if a.holds_gold]
    refused = [a for a in found if not a.answer.supported]
    right = [a for a in quotes if a.answer.supported]
    cited = [len(a.answer.citations) for a in found]
    shares = [len(quotes), len(right), len(refused)]
    first, whole = ([getattr(a, which) for a in found] for which in ("first", "whole"))
    return (
        f"{name:34}"
        + "".join(f"{100 * n / len(found):10.0f} %" for n in shares)
        + f"{np.mean(cited):8.1f}"
        + "".join(f"{np.percentile(ms, 50):9.0f}{np.percentile(ms, 95):7.0f}" for ms in (first, whole))
    )


def holds(quote: str, gold: str) -> bool:
    """Is the answer in the quote, word by word, whatever the case, accents, articles and punctuation?

    >>> holds("It was founded by the Académie, in 1931.", "Academie"), holds("In 19312", "1931")
    (True, False)
    """
    return f" {_plain(gold)} " in f" {_plain(quote)} "


def _plain(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(w for w in re.findall(r"[^\W_]+", bare) if w not in ("the", "a", "an"))
