"""Texts to vectors: locally, or by an OpenAI-compatible endpoint."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from kg.vocab import digest

LOCAL = "e5-small-q4-int8-single"  # the local embedder's name, known without loading it


def endpoint_name(model: str, url: str) -> str:
    """The name of an endpoint's embedder: what tells its vectors from another model's."""
    return f"{model}@{digest(url)}"


class Embedder(Protocol):
    """Vectors are float32 rows of length 1: a dot product is a cosine. Texts beyond the model's window
    are cut. `name` changes when vectors of before no longer compare."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def window(self) -> int:
        """Tokens."""
        ...

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        """Shape [len(texts), dimensions]."""
        ...

    def questions(self, texts: Sequence[str]) -> np.ndarray:
        """Shape [len(texts), dimensions]."""
        ...
