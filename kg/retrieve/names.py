"""Which things of the graph a question names."""

import numpy as np

from kg.index.view import View
from kg.index.words import name_id
from kg.retrieve.question import Question

_LONGEST_NAME = 8  # words


def named(view: View, question: Question) -> tuple[int, ...]:
    """Things that the question names, the longest names first; nothing inside a longer name."""
    graph, sequence = view.graph, question.sequence
    spans = [
        (start, start + length)
        for length in range(min(_LONGEST_NAME, len(sequence)), 0, -1)
        for start in range(len(sequence) - length + 1)
        if any(is_name for _, is_name in sequence[start : start + length])
    ]
    if not spans or not len(graph.thing):
        return ()
    ids = np.array([name_id([s for s, _ in sequence[start:end]]) for start, end in spans])
    at = graph.things(ids)
    known = np.flatnonzero((at >= 0) & (graph.strength[graph.units + at] > 0))
    found: list[int] = []
    taken = np.zeros(len(sequence), bool)
    for i in known:
        start, end = spans[i]
        if not taken[start:end].any():
            taken[start:end] = True
            found.append(int(at[i]))
    return tuple(found)
