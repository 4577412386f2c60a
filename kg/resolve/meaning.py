"""Vectors for pairs in doubt: whether what is said of two things is nearer than of any two.

Scores of such models are compressed, so a pair is compared with the other pairs of its own things
and never with a fixed bound. A vector decides nothing: it moves a proposal up or down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from kg.embed import Embedder
from kg.resolve.clusters import Doubt

MOST = 600  # things whose descriptions are turned into vectors: those of the best pairs
FEWEST = 6  # things from which "nearer than most" says anything
NEAR, FAR = 0.95, 0.5  # share of the other things that are farther away
STEP = 0.08


def weighed(doubts: Sequence[Doubt], texts: Mapping[int, str], embedder: Embedder) -> list[Doubt]:
    """The doubts with scores moved; `texts`: cluster number -> what is said of it."""
    described = [d for d in doubts if texts.get(d.a) and texts.get(d.b)]
    numbers = sorted({n for d in sorted(described, key=lambda d: -d.score) for n in (d.a, d.b)})[:MOST]
    if len(numbers) < FEWEST:
        return list(doubts)
    row = {n: i for i, n in enumerate(numbers)}
    vectors = embedder.passages([texts[n][:1000] for n in numbers])
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -1.0)
    return [_moved(d, alike, row) if d.a in row and d.b in row else d for d in doubts]


def _moved(doubt: Doubt, alike: np.ndarray, row: Mapping[int, int]) -> Doubt:
    a, b = row[doubt.a], row[doubt.b]
    farther = [float(np.mean(np.delete(alike[i], i) < alike[a, b])) for i in (a, b)]
    others = len(alike) - 2  # the other end itself is never farther
    if min(farther) * (others + 1) >= NEAR * others:
        return replace(
            doubt, score=round(min(0.95, doubt.score + STEP), 3), reasons=(*doubt.reasons, "meaning")
        )
    if max(farther) < FAR:
        return replace(doubt, score=round(max(0.1, doubt.score - STEP), 3))
    return doubt
