"""Sentences of passages and approved facts side by side: what a walk may start from."""

from dataclasses import dataclass

import numpy as np

from kg.index.view import View
from kg.index.writing import cut
from kg.retrieve.flat import Sentences, top

_FACTS = 50  # approved facts that may be seeds


@dataclass(frozen=True)
class Statements:
    """m of them: their vectors, and where they stand."""

    vector: np.ndarray  # float32[m, d]
    unit: np.ndarray  # int64[m]: position of the unit, -1 for an approved fact
    segment: np.ndarray  # int64[m]
    position: np.ndarray  # int64[m]: of the sentence in its segment, or of the fact

    def names(self, view: View, at: int) -> np.ndarray:
        """Things (positions) in a statement."""
        if self.unit[at] < 0:
            found = view.fact_ends[self.position[at]]
        else:
            found = view.graph.things(view.sentences.names(int(self.segment[at]), int(self.position[at])))
        return found[found >= 0]

    def text(self, view: View, at: int) -> str:
        """A fact's sentence, or a passage's under its title."""
        if self.unit[at] < 0:
            return str(view.facts.told(int(self.position[at]))["sentence"])
        unit = view.units.told(int(self.unit[at]))
        start, end = cut(unit["text"], unit["title"], unit["language"])[
            view.sentences.number(int(self.segment[at]), int(self.position[at]))
        ]
        said = unit["text"][start:end]
        return f"{unit['title']}: {said}" if unit["title"] else said

    def chosen(self, at: np.ndarray) -> "Statements":
        return Statements(self.vector[at], self.unit[at], self.segment[at], self.position[at])

    def before(self, others: "Statements") -> "Statements":
        """These, then the others."""
        return Statements(
            np.concatenate([self.vector, others.vector]),
            np.concatenate([self.unit, others.unit]),
            np.concatenate([self.segment, others.segment]),
            np.concatenate([self.position, others.position]),
        )


def statements(view: View, sentences: Sentences, facts: np.ndarray) -> Statements:
    """The sentences, and the facts that score best."""
    near = top(facts, _FACTS)
    said = Statements(sentences.vector, sentences.unit, sentences.segment, sentences.position)
    nowhere = np.full(len(near), -1), np.zeros(len(near), np.int64)
    return said.before(Statements(view.facts.vector(near), *nowhere, near))
