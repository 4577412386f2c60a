"""Questions that the graph itself answers: counts, lists, who, where and when, by a checked query."""

from kg.answer.graph.found import FromGraph, from_graph

__all__ = ["FromGraph", "from_graph"]
