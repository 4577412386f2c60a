"""Flat search: full text and vectors, each spread over 0 to 1, then added."""

from dataclasses import dataclass

import numpy as np

from kg.index.view import Side, View
from kg.retrieve.question import Question

FULL_TEXT = 200  # rows that full text finds
CANDIDATES = 400  # units whose sentences are looked at
WORDS = 0.5  # of full text against vectors


@dataclass(frozen=True)
class Sentences:
    """Sentences of the passages nearest the question; of m of them: unit, place, vector."""

    segment: np.ndarray  # int64[m]
    position: np.ndarray  # int64[m]: in its segment
    unit: np.ndarray  # int64[m]: position of the unit
    vector: np.ndarray  # float32[m, d]


def sentences(view: View, units: np.ndarray) -> Sentences:
    return Sentences(*view.sentences.of(units))


def passages(
    view: View, question: Question, allowed: np.ndarray | None = None
) -> tuple[np.ndarray, Sentences]:
    """How near each unit is to the question, and the sentences of the nearest.

    A unit is as near as it is as a whole and by its best sentence: what a long text says in one
    sentence is not lost in the rest.
    """
    side = view.units
    seen = side.alive if allowed is None else side.alive & allowed
    if not seen.any():
        return np.full(len(seen), -np.inf, np.float32), sentences(view, np.zeros(0, np.int64))
    found = _found(view, "units", question)
    whole = side.nearness(question.vector)
    whole[~seen] = -np.inf
    likely = np.union1d(top(whole, CANDIDATES), np.flatnonzero((found > 0) & seen))
    read = sentences(view, likely)
    best = np.full(len(seen), -np.inf, np.float32)
    np.maximum.at(best, read.unit, nearness(read.vector, question.vector))
    told = np.isfinite(best)
    best[~told] = best[told].min() if told.any() else 0
    score = spread(np.where(seen, whole, 0) + best, seen) + WORDS * found
    return np.where(seen, score, -np.inf), read


def nearness(vectors: np.ndarray, question: np.ndarray) -> np.ndarray:
    """Cosines, float32[n]; zeros if the vectors are of another embedder."""
    if not question.any():
        return np.zeros(len(vectors), np.float32)
    return np.asarray(vectors @ question, np.float32)


def near(
    view: View, name: str, question: Question, allowed: np.ndarray | None = None, full_text: bool = True
) -> np.ndarray:
    """How near each row of a table is to the question, float32[n] from 0 to 1 + WORDS; -inf for rows
    that the version does not have or that are not `allowed`. Without `full_text` from 0 to 1."""
    side: Side = getattr(view, name)
    seen = side.alive if allowed is None else side.alive & allowed
    if not seen.any():
        return np.full(len(seen), -np.inf, np.float32)
    score = spread(side.nearness(question.vector), seen)
    if full_text:
        score += WORDS * _found(view, name, question)
    return np.where(seen, score, -np.inf)


def by_words(view: View, name: str, question: Question, allowed: np.ndarray | None = None) -> np.ndarray:
    """What full text says of each row, 0 to 1; -inf for what it does not find."""
    side: Side = getattr(view, name)
    seen = side.alive if allowed is None else side.alive & allowed
    found = _found(view, name, question)
    return np.where(seen & (found > 0), found, -np.inf)


def _found(view: View, name: str, question: Question) -> np.ndarray:
    """What full text says of each row, against its best: 0 to 1."""
    side: Side = getattr(view, name)
    out = np.zeros(len(side.row), np.float32)
    rows, scores = view.tables.full_text(name, question.stems, view.version, FULL_TEXT)
    at = side.positions(rows)
    if (at >= 0).any():
        out[at[at >= 0]] = scores[at >= 0]
    return out / max(float(out.max(initial=0)), 1e-9)


def spread(values: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """From 0 for the least to 1 for the greatest of those seen; similarities differ from model to model."""
    low, high = values[seen].min(), values[seen].max()
    if high <= low:
        return np.zeros_like(values, dtype=np.float32)
    return np.clip((values - low) / (high - low), 0, 1).astype(np.float32)


def share(values: np.ndarray) -> np.ndarray:
    """Against the greatest, 0 to 1."""
    high = float(values.max(initial=0))
    return values / high if high > 0 else values


def top(scores: np.ndarray, count: int) -> np.ndarray:
    """Positions of the best, best first; equal ones in their order; none that are -inf."""
    count = min(count, len(scores))
    if count <= 0:
        return np.zeros(0, np.int64)
    near_best = np.argpartition(-scores, count - 1)[:count] if count < len(scores) else np.arange(len(scores))
    bar = scores[near_best].min()
    all_ = np.flatnonzero(scores >= bar)
    best = all_[np.argsort(-scores[all_], kind="stable")][:count]
    return best[np.isfinite(scores[best])]
