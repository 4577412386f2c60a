"""Answers that the graph gives by itself: by a template, or by a query that a model writes."""

import time
from collections.abc import Generator, Sequence
from enum import StrEnum

from kg.answer.cited import Turn
from kg.answer.graph import FromGraph, asks_for_query, from_graph
from kg.answer.model import Event, Stage
from kg.answer.query import by_model
from kg.approved import ApprovedGraph
from kg.llm.chat import Chat
from kg.retrieve import Retrieved


class Way(StrEnum):
    """How a question is answered from what is approved."""

    auto = "auto"  # a template; a query by the model if it counts, ranks or denies; prose; steps
    query = "query"  # a query by the model, else a template, else prose
    steps = "steps"  # an agent's loop
    prose = "prose"  # from what was retrieved alone


def exact(
    question: str,
    graph: ApprovedGraph,
    found: Retrieved,
    way: Way,
    chat: Chat | None,
    history: Sequence[Turn],
) -> Generator[Event, None, FromGraph | None]:
    """None leaves the question to what was retrieved. Raises as the store does."""
    if chat is not None and way is Way.query:
        said = yield from by_model(question, graph, found, chat, history)
        if said is not None:
            return said
    began = time.monotonic()
    said = from_graph(question, graph, found.entities)
    if said is not None:
        yield Stage("graph", time.monotonic() - began, "", len(said.citations))
        return said
    if chat is not None and way is Way.auto and asks_for_query(question):
        return (yield from by_model(question, graph, found, chat, history))
    return None
