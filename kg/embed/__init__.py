"""Texts to vectors: locally, or by an OpenAI-compatible endpoint."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class Embedder(Protocol):
    """Vectors are float32 rows of length 1: a dot product is a cosine. Texts beyond the model's window
    are cut. `name` changes when vectors of before no longer compare."""

    name: str
    dimensions: int
    window: int  # tokens

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        """Shape [len(texts), dimensions]."""
        ...

    def questions(self, texts: Sequence[str]) -> np.ndarray:
        """Shape [len(texts), dimensions]."""
        ...
