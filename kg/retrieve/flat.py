"""Flat search: full text and vectors, each spread over 0 to 1, then added."""

import numpy as np

from kg.index.view import Side, View
from kg.retrieve.question import Question

FULL_TEXT = 200  # rows that full text finds


def near(
    view: View, name: str, question: Question, words: float = 1.0, allowed: np.ndarray | None = None
) -> np.ndarray:
    """How near each row of a table is to the question, float32[n] from 0 to 1 + `words`; -inf for rows
    that the version does not have or that are not `allowed`."""
    side: Side = getattr(view, name)
    seen = side.alive if allowed is None else side.alive & allowed
    if not seen.any():
        return np.full(len(side.row), -np.inf, np.float32)
    score = spread(side.nearness(question.vector), seen)
    rows, found = view.tables.full_text(name, question.stems, view.version, FULL_TEXT)
    at = side.positions(rows)
    kept = at >= 0
    if kept.any() and found[kept].max() > 0:
        at, found = at[kept], found[kept]
        score[at] += words * found / found.max()
    score[~seen] = -np.inf
    return score


def spread(values: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """From 0 for the least to 1 for the greatest of those seen; similarities differ from model to model."""
    low, high = values[seen].min(), values[seen].max()
    if high <= low:
        return np.zeros_like(values, dtype=np.float32)
    return np.clip((values - low) / (high - low), 0, 1).astype(np.float32)


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
