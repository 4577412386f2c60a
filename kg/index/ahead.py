"""Sentences of facts and names of things embedded before the version that will bring them: by their text, so
that it does not matter which of them are approved."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.embed import Embedder
from kg.index import schema
from kg.index.tables import Tables
from kg.vocab import digest

AT_ONCE = 500  # keys of one look
FORGOTTEN_AT_ONCE = 10_000  # keys: each time writes the table's list of what is deleted anew


@dataclass(frozen=True, slots=True)
class Ahead:
    """An embedder that takes what is there already from `tables`, whose vectors are its own."""

    tables: Tables
    embedder: Embedder

    @property
    def name(self) -> str:
        return self.embedder.name

    @property
    def dimensions(self) -> int:
        return self.embedder.dimensions

    @property
    def window(self) -> int:
        return self.embedder.window

    def questions(self, texts: Sequence[str]) -> np.ndarray:
        return self.embedder.questions(texts)

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        keys = [key(t) for t in texts]
        known = read(self.tables, keys)
        missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in known}
        if missing:
            known |= dict(zip(missing, self.embedder.passages(list(missing.values())), strict=True))
        return np.array([known[k] for k in keys], np.float32).reshape(-1, self.dimensions)


def prepare(tables: Tables, texts: Sequence[str], embedder: Embedder) -> None:
    """Embed those that are not there yet."""
    wanted = {key(t): t for t in texts}
    missing = {k: wanted[k] for k in wanted.keys() - read(tables, list(wanted)).keys()}
    if missing:
        made = zip(missing, embedder.passages(list(missing.values())), strict=True)
        tables.add_rows(schema.SAID, [{"key": k, "vector": v} for k, v in made])


def forget(tables: Tables, texts: Sequence[str]) -> None:
    keys = sorted({key(t) for t in texts})
    for start in range(0, len(keys), FORGOTTEN_AT_ONCE):
        tables.delete(schema.SAID, _among(keys[start : start + FORGOTTEN_AT_ONCE]))


def key(text: str) -> str:
    return digest(text, length=32)


def read(tables: Tables, keys: Sequence[str]) -> dict[str, np.ndarray]:
    """float32[dimensions] by key, of those that are there."""
    found: dict[str, np.ndarray] = {}
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), AT_ONCE):
        rows = tables.read(schema.SAID, ["key", "vector"], _among(wanted[start : start + AT_ONCE]))
        if len(rows):
            vectors = rows["vector"].combine_chunks().flatten().to_numpy().reshape(len(rows), -1)
            found |= dict(zip(rows["key"].to_pylist(), vectors, strict=True))
    return found


def _among(keys: Sequence[str]) -> str:
    """Of digests: nothing in them needs quoting."""
    quoted = ",".join(f"'{k}'" for k in keys)
    return f"key IN ({quoted})" if quoted else "false"
