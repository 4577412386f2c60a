"""Questions for an overview are answered from communities: what the knowledge base is about, and where."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np

from kg.index import summaries
from kg.index.communities import Community
from kg.index.view import View
from kg.index.words import row_id, stem, words
from kg.retrieve.flat import spread, top
from kg.retrieve.model import FoundCommunity
from kg.retrieve.question import Question

MOST = 5  # communities that are found
_SIZE = 0.5  # of a community's size against its nearness


def asks_for_overview(question: Question) -> bool:
    """By what it says: there is no other sign that holds in both languages."""
    said = [s for s, _ in question.sequence]
    return any(said[i : i + len(p)] == p for p in _phrases() for i in range(len(said) - len(p) + 1))


def near(view: View, question: Question) -> tuple[tuple[Community, float], ...]:
    """The communities nearest the question, larger ones before smaller ones; none inside one taken."""
    found, vectors = summaries.read(view)
    if not found:
        return ()
    all_ = np.ones(len(found), bool)
    size = np.log1p(np.array([len(c.entities) for c in found], np.float32))
    cosine = vectors @ question.vector if question.vector.any() else np.zeros(len(found), np.float32)
    score = spread(cosine, all_) + _SIZE * spread(size, all_)
    chosen: list[tuple[Community, float]] = []
    taken: set[str] = set()
    for i in top(score, len(found)):
        community = found[i]
        if len(chosen) < MOST and len(taken & set(community.entities)) * 2 < len(community.entities):
            chosen.append((community, float(score[i])))
            taken.update(community.entities)
    return tuple(chosen)


def shown(found: Sequence[tuple[Community, float]]) -> tuple[FoundCommunity, ...]:
    return tuple(FoundCommunity(c.title, c.summary, c.level, score, c.facts) for c, score in found)


def units(view: View, found: Sequence[tuple[Community, float]]) -> np.ndarray:
    """Their units, 0 to 1: of each community the first before the second of any."""
    out = np.zeros(len(view.units.row), np.float32)
    for place, (community, _) in enumerate(found):
        at = view.graph.units_at(np.array([row_id(u) for u in community.units], np.int64))
        for n, unit in enumerate(at):
            out[unit] = max(out[unit], 1 / (1 + n) - place / (10 * MOST))
    return out


@cache
def _phrases() -> tuple[list[str], ...]:
    lines = files("kg.retrieve").joinpath("overview_phrases.txt").read_text("utf-8").splitlines()
    return tuple([stem(w) for w in words(line)] for line in lines if line.strip())
