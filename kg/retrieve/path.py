"""Path: from the question's names, the nearest sentences and facts, and the nearest passages, a walk
over the graph to what is joined with them; then a second walk from what the first one showed.

Measured by benchmarks/retrieval; the reasons are in docs/why.md.
"""

from dataclasses import dataclass

import numpy as np

from kg.index.view import View
from kg.retrieve.flat import Sentences, nearness, share, spread, top
from kg.retrieve.flat import sentences as read
from kg.retrieve.names import named
from kg.retrieve.question import Question
from kg.retrieve.statements import Statements, statements
from kg.retrieve.walk import pagerank


@dataclass(frozen=True, slots=True)
class Weights:
    facts: int = 3  # sentences and facts whose names are seeds: more of them mislead
    passages: int = 200  # passages that are seeds
    passage: float = 0.04  # seed of a passage, for each point of its flat score
    name: float = 1.0  # seed of a name in the question, divided by its frequency
    stay: float = 0.8  # damping is 1 - stay / hops
    second: float = 0.1  # of the second walk against the first
    away: float = 0.7  # how much of the best fact is taken out of the question for the second walk
    asked: float = 0.1  # of what is asked about the names, against the root of the walk's share
    reached: int = 30  # passages of the walk that this puts in order
    within: int = 5  # passages of the first walk that the second one starts in


WEIGHTS = Weights()


@dataclass(frozen=True)
class Walked:
    """Scores of all units, things and facts; what the walk never reached has 0."""

    units: np.ndarray
    things: np.ndarray


def walk(
    view: View,
    question: Question,
    flat: np.ndarray,
    sentences: Sentences,
    facts: np.ndarray,
    hops: int,
    w: Weights,
    helpful: Statements | None = None,
) -> Walked:
    """`flat` and `facts`: how near units and facts are to the question, -inf for those not to be used. It
    starts from the `helpful` statements, if somebody chose some, instead of the nearest."""
    graph = view.graph
    likely = statements(view, sentences, facts)
    if helpful is not None:
        likely = helpful.before(likely)
    seeds = np.zeros(graph.units + len(graph.thing), np.float32)
    cosine = nearness(likely.vector, question.vector)
    best = top(cosine, w.facts) if question.vector.any() else np.zeros(0, np.int64)
    if helpful is not None:
        best = np.arange(len(helpful.unit))
    _seed_names(view, seeds, likely, best, cosine)
    for thing in named(view, question):
        at = graph.units + thing
        seeds[at] = max(seeds[at], w.name / max(graph.frequency[thing], 1))
    nearest = top(flat, w.passages)
    seeds[nearest] += w.passage * _raised(flat[nearest])
    if not seeds.any():
        return Walked(np.zeros(graph.units), np.zeros(len(graph.thing)))
    damping = 1 - w.stay / max(hops, 1)
    rank = pagerank(graph, seeds, damping)
    if w.second and len(best):
        rank = rank + w.second * _again(view, question, flat, rank, likely, best, damping, w)
    rank[: graph.units][~np.isfinite(flat)] = 0
    return Walked(_in_order(view, question, rank[: graph.units], w), rank[graph.units :])


def _seed_names(
    view: View, seeds: np.ndarray, likely: Statements, best: np.ndarray, cosine: np.ndarray
) -> None:
    graph = view.graph
    low = float(cosine.min()) if len(cosine) else 0.0
    high = float(cosine.max()) if len(cosine) else 0.0
    given: dict[int, list[float]] = {}
    for at in best:
        weight = (float(cosine[at]) - low) / (high - low) if high > low else 1.0
        for thing in likely.names(view, int(at)):
            given.setdefault(int(thing), []).append(weight / max(float(graph.frequency[thing]), 1))
    for thing, weights in given.items():
        seeds[graph.units + thing] = np.mean(weights)


def _again(
    view: View,
    question: Question,
    flat: np.ndarray,
    rank: np.ndarray,
    likely: Statements,
    best: np.ndarray,
    damping: float,
    w: Weights,
) -> np.ndarray:
    """What the question still asks once its nearest fact is taken out, seeded within what was found."""
    graph = view.graph
    seen = np.where(np.isfinite(flat), rank[: graph.units], -np.inf)
    inside = statements(view, read(view, top(seen, w.within)), np.full(0, -np.inf))
    known = likely.vector[best[0]]
    rest = question.vector - w.away * float(question.vector @ known) * known
    cosine = inside.vector @ rest
    used = {(int(likely.segment[b]), int(likely.position[b])) for b in best if likely.unit[b] >= 0}
    for i in range(len(cosine)):
        if (int(inside.segment[i]), int(inside.position[i])) in used:
            cosine[i] = -np.inf
    chosen = top(cosine, w.facts)
    seeds = np.zeros_like(rank)
    if len(chosen):
        _seed_names(view, seeds, inside, chosen, np.where(np.isfinite(cosine), cosine, cosine[chosen].min()))
    return pagerank(graph, seeds, damping) if seeds.any() else seeds


def _in_order(view: View, question: Question, rank: np.ndarray, w: Weights) -> np.ndarray:
    """The walk's share of each unit, and of those it reached best also what is asked about the names.

    The names have led to the passages; the last of them has to say what the question asks of it.
    """
    units = np.sqrt(share(rank))
    best = top(units, w.reached)
    inside = read(view, best)
    cosine = nearness(inside.vector, question.rest)
    if not cosine.any():
        return units
    said = np.full(len(units), cosine.min(), np.float32)
    np.maximum.at(said, inside.unit, cosine)
    units[best] += w.asked * spread(said[best], np.ones(len(best), bool))
    return units


def _raised(scores: np.ndarray) -> np.ndarray:
    return np.maximum(scores, 0)
