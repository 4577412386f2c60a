"""Questions that the graph itself answers: counts, lists, who, where and when, by a checked query."""

from kg.answer.graph.found import FromGraph, from_graph
from kg.answer.graph.words import asks_for_query

__all__ = ["FromGraph", "asks_for_query", "from_graph"]
