"""An embedder that remembers: the questions' vectors stay out of the times, and a run can be repeated."""

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from kg.embed import Embedder


class Kept:
    """Vectors by text, on disk if `file` is given. `seconds` is what embedding took."""

    def __init__(self, embedder: Embedder, file: Path | None = None) -> None:
        self._embedder, self._file = embedder, file
        self.name, self.dimensions, self.window = embedder.name, embedder.dimensions, embedder.window
        self.seconds = 0.0
        self._known: dict[str, np.ndarray] = {}
        if file and file.exists():
            with np.load(file) as kept:
                self._known = dict(zip(kept["key"].tolist(), kept["vector"], strict=True))

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        return self._of("passage", texts, self._embedder.passages)

    def questions(self, texts: Sequence[str]) -> np.ndarray:
        return self._of("question", texts, self._embedder.questions)

    def either(self, texts: Sequence[str]) -> np.ndarray:
        """For who does not say which: a question if it was one before, else a passage."""
        asked = [self._key("question", t) in self._known for t in texts]
        return self.questions(texts) if all(asked) else self.passages(texts)

    def save(self) -> None:
        if self._file:
            np.savez(self._file, key=np.array(list(self._known)), vector=np.array(list(self._known.values())))

    def _of(
        self, kind: str, texts: Sequence[str], embed: Callable[[Sequence[str]], np.ndarray]
    ) -> np.ndarray:
        keys = [self._key(kind, t) for t in texts]
        missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._known}
        if missing:
            began = time.perf_counter()
            self._known |= dict(zip(missing, embed(list(missing.values())), strict=True))
            self.seconds += time.perf_counter() - began
        return np.array([self._known[k] for k in keys], np.float32).reshape(-1, self.dimensions)

    @staticmethod
    def _key(kind: str, text: str) -> str:
        return hashlib.md5(f"{kind} {text}".encode("utf-8", "surrogatepass")).hexdigest()
