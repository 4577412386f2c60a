"""Which things of the graph a question names."""

import numpy as np

from kg.index.view import View
from kg.index.words import name_id
from kg.retrieve.question import Question

_LONGEST_NAME = 8  # words


def named(view: View, question: Question) -> list[int]:
    """Things that the question names, the longest names first; nothing inside a longer name."""
    graph, sequence = view.graph, question.sequence
    found: list[int] = []
    taken = np.zeros(len(sequence), bool)
    for length in range(min(_LONGEST_NAME, len(sequence)), 0, -1):
        for start in range(len(sequence) - length + 1):
            part = sequence[start : start + length]
            if taken[start : start + length].any() or not any(is_name for _, is_name in part):
                continue
            at = int(graph.things(np.array([name_id([s for s, _ in part])]))[0])
            if at >= 0 and graph.strength[graph.units + at] > 0:
                taken[start : start + length] = True
                found.append(at)
    return found
