"""The modes: which units, entities and facts each one scores, always on the same scale."""

from dataclasses import dataclass, replace

import numpy as np

from kg.index.view import View
from kg.retrieve.flat import by_words, near, nearness, passages, share, top
from kg.retrieve.hints import SHOWN, Guide, Hints
from kg.retrieve.model import FoundCommunity, Mode
from kg.retrieve.names import named
from kg.retrieve.neighbours import by_entities, by_facts
from kg.retrieve.overview import asks_for_overview, shown
from kg.retrieve.overview import near as near_communities
from kg.retrieve.overview import units as community_units
from kg.retrieve.path import Weights, walk
from kg.retrieve.question import Question
from kg.retrieve.statements import Statements, statements

GUIDED = (Mode.path, Mode.auto, Mode.local, Mode.global_, Mode.hybrid, Mode.mix)
BESIDE = 0.3  # of what the graph says, in local, global, hybrid and mix, against 0 to 1.5 for nearness
_NAMED = 1.0  # an entity whose name is in the question, against 0 to 2 for its text


@dataclass(frozen=True)
class Scored:
    """Scores of units, entities and facts; -inf for those that are out."""

    units: np.ndarray
    entities: np.ndarray
    facts: np.ndarray
    communities: tuple[FoundCommunity, ...] = ()
    hints: Hints | None = None


def score(
    view: View,
    question: Question,
    mode: Mode,
    documents: np.ndarray | None,
    hops: int,
    weights: Weights,
    guide: Guide | None = None,
) -> Scored:
    """`documents`: which units are allowed, None for all. A `guide` sees what is found first, and adds words
    to look for and the statements that a walk starts from."""
    if guide is None or mode not in GUIDED:
        return _score(view, question, mode, documents, hops, weights)
    hints, helpful = _hints(view, question, documents, guide)
    asked = question.looking_for(hints.keywords)
    return replace(_score(view, asked, mode, documents, hops, weights, helpful), hints=hints)


def _hints(
    view: View, question: Question, documents: np.ndarray | None, guide: Guide
) -> tuple[Hints, Statements | None]:
    """What the guide says of the statements nearest to the question; those that it chose, if any."""
    _, sentences = passages(view, question, documents)
    first = statements(view, sentences, near(view, "facts", question, _stated(view, documents)))
    shown = top(nearness(first.vector, question.vector), SHOWN)
    hints = guide.hints(question.text, [first.text(view, int(at)) for at in shown])
    return hints, first.chosen(shown[list(hints.helpful)]) if hints.helpful else None


def _score(
    view: View,
    question: Question,
    mode: Mode,
    documents: np.ndarray | None,
    hops: int,
    weights: Weights,
    helpful: Statements | None = None,
) -> Scored:
    if mode is Mode.words:
        return Scored(
            by_words(view, "units", question, documents),
            by_words(view, "entities", question, _spoken(view, documents)),
            by_words(view, "facts", question, _stated(view, documents)),
        )
    flat, sentences = passages(view, question, documents)
    full_text = mode not in (Mode.path, Mode.auto)  # there names and the walk say what the words would
    facts = near(view, "facts", question, _stated(view, documents), full_text)
    entities = _entities(view, question, documents, full_text)
    if mode is Mode.naive:
        return Scored(flat, entities, facts)
    seen = np.isfinite(flat)
    overview = mode is Mode.global_ or (mode is Mode.auto and asks_for_overview(question))
    found = near_communities(view, question) if overview and documents is None else ()
    if mode is Mode.auto and found:
        units = community_units(view, found) + 0.5 * np.maximum(flat, 0)
        return Scored(np.where(seen, units, -np.inf), entities, facts, shown(found))
    if mode in (Mode.local, Mode.global_, Mode.hybrid, Mode.mix):
        units = np.zeros(len(flat), np.float32)
        if mode is not Mode.global_:
            units += BESIDE * by_entities(view, question, entities, hops)
        if mode is not Mode.local:
            units += BESIDE * by_facts(view, question, facts, sentences)
        # among what the graph found the nearer first; mix takes what is near as well
        units += np.maximum(flat, 0) if mode is Mode.mix else 0.5 * np.maximum(flat, 0) * (units > 0)
        return Scored(np.where(seen & (units > 0), units, -np.inf), entities, facts, shown(found))
    walked = walk(view, question, flat, sentences, facts, hops, weights, helpful)
    units = _nearest_kept(np.where(seen, share(walked.units), -np.inf), flat)
    at = view.entity_things
    entities = np.where(np.isfinite(entities), entities + share(walked.things)[at], -np.inf)
    ends = view.fact_ends
    reached = share(walked.things)[ends].max(axis=1, initial=0, where=ends >= 0) if len(ends) else 0
    return Scored(units, entities, np.where(np.isfinite(facts), facts + reached, -np.inf))


def _nearest_kept(walked: np.ndarray, flat: np.ndarray) -> np.ndarray:
    """The walk's scores, with the nearest passage first.

    A question about one fact is answered by the passage nearest to it, which a walk may push down.
    """
    out = walked.copy()
    for nearest in top(flat, 1):
        out[nearest] = 1 + float(walked[nearest])
    return out


def _entities(view: View, question: Question, documents: np.ndarray | None, full_text: bool) -> np.ndarray:
    graph = view.graph
    score = near(view, "entities", question, _spoken(view, documents), full_text)
    linked = np.zeros(len(graph.thing), np.float32)
    things = named(view, question)
    if not things or not len(score):
        return score
    linked[list(things)] = _NAMED
    near_by = graph.adjacency[graph.units + np.array(things)].indices
    linked[near_by[near_by >= graph.units] - graph.units] = _NAMED
    return score + linked[view.entity_things]


def _stated(view: View, documents: np.ndarray | None) -> np.ndarray | None:
    """Facts that an allowed unit states."""
    if documents is None:
        return None
    holder, unit = view.fact_units
    out = np.zeros(len(view.facts.row), bool)
    out[holder[documents[unit]]] = True
    return out


def _spoken(view: View, documents: np.ndarray | None) -> np.ndarray | None:
    """Entities that an allowed unit speaks of."""
    if documents is None:
        return None
    holder, unit = view.entity_units
    out = np.zeros(len(view.entities.row), bool)
    out[holder[documents[unit]]] = True
    return out
