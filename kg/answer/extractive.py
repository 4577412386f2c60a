"""An answer without a model: the sentences and facts that answer best, quoted and cited.

A sentence is as good as its nearness to the question (vectors) and the question's own words and names
that it holds. Whether anything answers at all is decided by names and words, never by an absolute
similarity: the scores of sentence models are compressed and differ from model to model.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.answer.model import Citation
from kg.answer.terms import Terms, terms
from kg.embed import Embedder
from kg.retrieve import FoundFact, Passage
from kg.text.sentences import sentences

PASSAGES, FACTS, SENTENCES = 6, 8, 80  # what is looked at
QUOTED = 3  # what is quoted at most
NEAR = 0.8  # of the best score: what is quoted besides the best
LONGEST = 600  # characters of a quoted sentence


@dataclass(frozen=True, slots=True)
class Candidate:
    text: str  # what is shown
    citation: Citation
    context: str  # what names it can be about: its heading, document and passage
    rank: float  # of its passage or fact, 1 for the best


def best(
    question: str, passages: Sequence[Passage], facts: Sequence[FoundFact], embedder: Embedder
) -> tuple[tuple[Candidate, ...], bool]:
    """The candidates to quote, best first, and whether they answer the question."""
    found = [*_of_facts(facts[:FACTS]), *_of_passages(passages[:PASSAGES])][:SENTENCES]
    if not found:
        return (), False
    wanted = terms(question)
    near = embedder.questions([question])[0] @ embedder.passages([c.text for c in found]).T
    held = np.array([wanted.share(terms(c.text)) for c in found])
    about = np.array([wanted.share(terms(c.context)) for c in found])
    rank = np.array([c.rank for c in found])
    score = 0.45 * _spread(near) + 0.3 * held + 0.15 * about + 0.1 * rank
    chosen: list[int] = []
    for i in np.argsort(-score, kind="stable"):
        if len(chosen) == QUOTED or (chosen and score[i] < NEAR * score[chosen[0]]):
            break
        if not any(_same(found[i], found[j]) for j in chosen):
            chosen.append(int(i))
    picked = tuple(found[i] for i in chosen)
    return picked, _answers(wanted, picked)


def sources(passages: Sequence[Passage], facts: Sequence[FoundFact]) -> tuple[Candidate, ...]:
    """What a model is given to answer from: the facts, then the passages whole."""
    whole = [
        Candidate(p.text, Citation(0, p.document_id, p.document, p.page, p.start, p.end, p.text), "", 1.0)
        for p in passages[:PASSAGES]
    ]
    return (*_of_facts(facts[:FACTS]), *whole)


def _answers(wanted: Terms, picked: Sequence[Candidate]) -> bool:
    """Every name of the question stands in what is quoted or around it, and a share of its words."""
    around = terms(" ".join(f"{c.text} {c.context}" for c in picked))
    if wanted.names:
        return wanted.names_share(around) >= 0.5 and wanted.share(around) >= 0.34
    return wanted.share(around) >= 0.5


def _of_facts(facts: Sequence[FoundFact]) -> list[Candidate]:
    out = []
    for i, fact in enumerate(facts):
        for e in fact.evidence[:1]:
            citation = Citation(0, e.document_id, e.document, e.page, e.start, e.end, e.quote, str(fact.iri))
            shown = e.quote if len(e.quote) <= LONGEST else fact.sentence
            out.append(Candidate(_line(shown), citation, f"{fact.sentence} {e.quote}", 1 - i / len(facts)))
    return out


def _of_passages(passages: Sequence[Passage]) -> list[Candidate]:
    out = []
    for i, p in enumerate(passages):
        context = f"{' '.join(p.heading)} {p.document.rsplit('.', 1)[0]} {p.text}"
        for start, end in sentences(p.text, p.language):
            quote = p.text[start:end][:LONGEST]
            if not re.search(r"\w{2}", quote):
                continue
            at = p.start + start
            citation = Citation(0, p.document_id, p.document, p.page, at, at + len(quote), quote)
            out.append(Candidate(_line(quote), citation, context, 1 - i / len(passages)))
    return out


def _line(quote: str) -> str:
    """One line of running text, without the signs of a heading, list or quotation."""
    return re.sub(r"\s+", " ", re.sub(r"^[\s#>*\-•]+", "", quote)).strip()


def _same(a: Candidate, b: Candidate) -> bool:
    x, y = a.citation, b.citation
    overlap = min(x.end, y.end) - max(x.start, y.start)
    return a.text == b.text or (x.document_id == y.document_id and overlap > 0)


def _spread(x: np.ndarray) -> np.ndarray:
    low, high = float(x.min()), float(x.max())
    return (x - low) / (high - low) if high > low else np.ones_like(x)
