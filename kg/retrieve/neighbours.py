"""Local and global: the passages beside the entities, or beside the facts, that are near the question."""

import numpy as np

from kg.index.view import View
from kg.retrieve.flat import Sentences, nearness, share, spread, top
from kg.retrieve.names import named
from kg.retrieve.question import Question

NEAREST = 40  # entities, facts or sentences to start from
_NAMED = 2.0  # a name in the question, against 0 to 1.5 for an entity near it
_HOP = 0.5  # of what an entity is worth, for one that a fact joins with it


def by_entities(view: View, question: Question, entities: np.ndarray, hops: int) -> np.ndarray:
    """Units that speak of them or bear their names, 0 to 1; with `hops` also of what facts join with them."""
    graph = view.graph
    held = np.zeros(graph.units + len(graph.thing), np.float32)
    chosen = top(entities, NEAREST)
    held[graph.units + graph.things(view.entities.key[chosen])] = np.maximum(entities[chosen], 0)
    for thing in named(view, question):
        held[graph.units + thing] = _NAMED
    ends = view.fact_ends[view.facts.alive & (view.fact_ends >= 0).all(axis=1)] + graph.units
    for _ in range(hops - 1):
        joined = held.copy()
        np.maximum.at(joined, ends[:, 1], _HOP * held[ends[:, 0]])
        np.maximum.at(joined, ends[:, 0], _HOP * held[ends[:, 1]])
        held = joined
    beside = graph.adjacency @ held
    beside[: graph.units] = 0  # an entity's names bear it to the units that it has no evidence in
    return share((graph.adjacency @ (held + beside))[: graph.units])


def by_facts(view: View, question: Question, facts: np.ndarray, sentences: Sentences) -> np.ndarray:
    """Units that state them, or that hold a sentence as near, 0 to 1."""
    told = np.zeros(view.graph.units, np.float32)
    best = top(facts, NEAREST)
    chosen = np.zeros(len(facts), np.float32)
    chosen[best] = np.maximum(facts[best], 0)
    holder, unit = view.fact_units
    np.maximum.at(told, unit, chosen[holder])
    cosine = nearness(sentences.vector, question.vector)
    if cosine.any():
        nearest = top(cosine, NEAREST)
        near = spread(cosine, np.ones(len(cosine), bool))
        np.maximum.at(told, sentences.unit[nearest], near[nearest])
    return share(told)
