"""Vectors borrowed from sentences, so that nothing is embedded twice: a text unit's is the mean of its own, a
thing's that of those that speak of it, which say more than its name would. What no sentence at hand speaks of
is embedded by its name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kg.embed import Embedder
from kg.model import Evidence

MOST = 8  # sentences that a thing's vector is the mean of


def mean(vectors: np.ndarray | Sequence[np.ndarray]) -> np.ndarray | None:
    """Of length 1, float32[d]; None if there is none."""
    found = np.mean(vectors, axis=0, dtype=np.float32) if len(vectors) else np.zeros(1)
    length = float(np.linalg.norm(found))
    return np.asarray(found / length, np.float32) if length else None


@dataclass
class Sentences:
    """The sentences of the text units that were written: where each begins, and its vector."""

    _of: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)

    def add(self, unit_id: str, starts: Sequence[int], vectors: np.ndarray) -> None:
        """`starts` in the document, ascending; `vectors` float16[len(starts), d]."""
        if len(starts):
            self._of[unit_id] = (np.array(starts, np.int64), vectors)

    def mean(self, evidence: Iterable[Evidence]) -> np.ndarray | None:
        """The mean of the vectors of the first few sentences, of length 1; None if there is none."""
        return mean([v for e in evidence if (v := self._vector(e)) is not None][:MOST])

    def _vector(self, evidence: Evidence) -> np.ndarray | None:
        """Of the sentence in which the evidence begins, float32[d]."""
        if evidence.unit_id not in self._of:
            return None
        starts, vectors = self._of[evidence.unit_id]
        at = max(0, int(np.searchsorted(starts, evidence.start, side="right")) - 1)
        return np.asarray(vectors[at], np.float32)


def entity_vectors(
    means: Sequence[np.ndarray | None], texts: Sequence[str], embedder: Embedder
) -> list[np.ndarray]:
    """The means, and for things without one the vectors of their texts."""
    missing = [i for i, mean in enumerate(means) if mean is None]
    made = dict(zip(missing, embedder.passages([texts[i] for i in missing]), strict=True)) if missing else {}
    return [made[i] if mean is None else mean for i, mean in enumerate(means)]
