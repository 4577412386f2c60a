"""An answer without a model: the sentences and facts that answer best, quoted and cited.

A sentence is as good as its nearness to the question (vectors) and the question's own words and names
that it holds. Whether anything answers at all is decided by names and words (`support`), never by an
absolute similarity: the scores of sentence models are compressed and differ from model to model.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kg.answer.choice import choose
from kg.answer.dates import backing, when
from kg.answer.direction import denies, right_way_round
from kg.answer.model import Citation, cited
from kg.answer.support import answers
from kg.answer.terms import terms
from kg.answer.turning import turns
from kg.embed import Embedder
from kg.model import Evidence
from kg.retrieve import FoundFact, Passage
from kg.retrieve.when import asked_time
from kg.text.language import language
from kg.text.sentences import sentences

PASSAGES, FACTS, SENTENCES = 6, 8, 120  # what is looked at
EMBEDDED = 40  # of these, the best by words, names and rank: what is compared with the question
LONGEST = 600  # characters of a quoted sentence
ENDED = 0.3  # what a sentence loses that says only what has ended, when now is asked about


@dataclass(frozen=True, slots=True)
class Candidate:
    text: str  # what is shown
    citation: Citation
    context: str  # what names it can be about: its heading, document and passage
    rank: float  # of its passage or fact, 1 for the best
    dates: str = ""  # when what it says held, if that has ended


def best(
    question: str, passages: Sequence[Passage], facts: Sequence[FoundFact], embedder: Embedder
) -> tuple[tuple[Candidate, ...], bool]:
    """The candidates to quote, best first, and whether they answer the question."""
    found = [*_of_facts(facts[:FACTS]), *_of_passages(passages[:PASSAGES])][:SENTENCES]
    if not found:
        return (), False
    spoken = "ru" if language(question) == "ru" else "en"
    found = [_ended(c, facts, spoken) for c in found]
    time = asked_time(question)
    wanted = terms(question)
    told, around = [terms(c.text) for c in found], [terms(c.context) for c in found]
    held = 0.3 * np.array([wanted.share(t) for t in told])
    plain = held + 0.15 * np.array([wanted.share(t) for t in around])
    plain += 0.3 * np.array([c.rank for c in found])
    kept = np.sort(np.argsort(-plain, kind="stable")[:EMBEDDED])
    found, told, around = ([x[i] for i in kept] for x in (found, told, around))
    near = embedder.questions([question])[0] @ embedder.passages([c.text for c in found]).T
    score = 0.45 * _spread(near) + plain[kept]
    if time is not None and time.now:
        score = _present_first(score, found, facts)
    same = np.array([[_same(a, b) for b in found] for a in found])
    documents = [c.citation.document_id for c in found]
    chosen = choose(question, wanted, told, around, documents, score, held[kept], same)
    picked = tuple(found[i] for i in chosen)
    quotes = [c.text for c in picked]
    stated = [f.sentence for f in facts if any(_quotes(c, f) for c in picked)]
    if denies(question) or not right_way_round(question, quotes, stated) or not turns(question, quotes):
        return picked, False
    return picked, answers(question, wanted, quotes, [f"{c.text} {c.context}" for c in picked])


def sources(
    passages: Sequence[Passage], facts: Sequence[FoundFact], whole: bool = False
) -> tuple[Candidate, ...]:
    """What a model is given to answer from: the facts, then the passages; the first, or `whole`."""
    passages, facts = (passages, facts) if whole else (passages[:PASSAGES], facts[:FACTS])
    texts = [
        Candidate(p.text, Citation(0, p.document_id, p.document, p.page, p.start, p.end, p.text), "", 1.0)
        for p in passages
    ]
    told = [replace(c, text=f"{c.text} ({_time(f)})") if _time(f) else c for f, c in _with_quotes(facts)]
    return (*told, *texts)


def _time(fact: FoundFact) -> str:
    """What a model is told about when a fact holds."""
    said = when(fact.periods, "en")
    return f"{fact.sentence}: {said}{'; not any more' if fact.over else ''}" if said else ""


def _of_facts(facts: Sequence[FoundFact]) -> list[Candidate]:
    return [candidate for _, candidate in _with_quotes(facts)]


def _with_quotes(facts: Sequence[FoundFact]) -> list[tuple[FoundFact, Candidate]]:
    out = []
    for i, fact in enumerate(facts):
        rests_on = backing(fact.evidence, fact.statements, fact.periods)
        if rests_on is not None:
            citation = cited(0, rests_on, str(fact.iri))
            quote = citation.quote
            shown = quote if 0 < len(quote) <= LONGEST else fact.sentence
            rank = 1 - i / len(facts)
            out.append((fact, Candidate(_line(shown), citation, f"{fact.sentence} {quote}", rank)))
    return out


def _ended(candidate: Candidate, facts: Sequence[FoundFact], spoken: str) -> Candidate:
    """With the dates of what it says, if all facts that it is a quote of have ended."""
    said = [f for f in facts if _quotes(candidate, f)]
    if not said or not all(f.over for f in said):
        return candidate
    return replace(candidate, dates=when(sorted({p for f in said for p in f.periods}), spoken))


def _present_first(score: np.ndarray, found: Sequence[Candidate], facts: Sequence[FoundFact]) -> np.ndarray:
    """What says how it is now is at least as good as what says how the same was, which loses."""
    out = score.copy()
    for i in (i for i, c in enumerate(found) if c.dates):
        was = {(f.subject, f.predicate) for f in facts if f.over and _quotes(found[i], f)}
        now = [f for f in facts if not f.over and (f.subject, f.predicate) in was]
        for j, c in enumerate(found):
            if any(_quotes(c, f) for f in now):
                out[j] = max(out[j], score[i])
        out[i] -= ENDED
    return out


def _quotes(candidate: Candidate, fact: FoundFact) -> bool:
    return any(_overlap(candidate.citation, e) for e in fact.evidence)


def _overlap(c: Citation, e: Evidence) -> bool:
    return c.document_id == e.document_id and min(c.end, e.end) > max(c.start, e.start)


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
