"""Names that are alike: weak bridges of the walk between spellings that nobody has declared one thing.

A name is a vector of its stems, each weighed by how rare it is; names whose cosine is high are alike
("West Chicago" and "West Chicago, Illinois"). Only names that share a rare stem are compared.
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from kg.index.words import name_id, name_key

LIKE = 0.65  # cosine from which two names are alike
_MOST = 10  # names that one is alike
_RARE = 100  # names that share a stem, at most, for it to bring them together


def alike(names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of positions, int64[n, 2], the first the smaller; and their cosines, float32[n]."""
    keys = [name_key(name) for name in names]
    vectors = _vectors(keys)
    spread = np.bincount(vectors.indices, minlength=vectors.shape[1])
    rare = vectors[:, np.flatnonzero((spread > 1) & (spread <= _RARE))]
    together = sparse.triu(rare @ rare.T, k=1).tocoo()
    left, right = together.row.astype(np.int64), together.col.astype(np.int64)
    if not len(left):
        return np.zeros((0, 2), np.int64), np.zeros(0, np.float32)
    cosine = np.asarray(vectors[left].multiply(vectors[right]).sum(axis=1), np.float32).ravel()
    numbers = np.array([_numbers(key) for key in keys], np.int64)
    a, b = numbers[left], numbers[right]
    kept = (cosine >= LIKE) & ((a == b) | (a == 0) | (b == 0))
    left, right, cosine = left[kept], right[kept], cosine[kept]
    kept = (_rank(left, cosine) < _MOST) & (_rank(right, cosine) < _MOST)
    return np.stack([left[kept], right[kept]], axis=1), cosine[kept]


def _numbers(key: Sequence[str]) -> int:
    """What tells one of a series from the next ("Windows 7", "Windows 8"); 0 for none."""
    found = sorted(stem for stem in key if any(c.isdigit() for c in stem))
    return name_id(found) if found else 0


def _rank(holder: np.ndarray, cosine: np.ndarray) -> np.ndarray:
    """The place of each pair among those of its holder, the highest cosine first."""
    order = np.lexsort((-cosine, holder))
    place = np.zeros(len(holder), np.int64)
    first = np.searchsorted(holder[order], holder[order], side="left")
    place[order] = np.arange(len(holder)) - first
    return place


def _vectors(names: Sequence[Sequence[str]]) -> sparse.csr_array:
    """One row for each name, of length 1, or empty."""
    stems: dict[str, int] = {}
    rows, columns = [], []
    for row, name in enumerate(names):
        for stem in set(name):
            rows.append(row)
            columns.append(stems.setdefault(stem, len(stems)))
    shape = (len(names), max(len(stems), 1))
    held = sparse.csr_array((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    held.sum_duplicates()
    frequency = np.maximum(np.bincount(held.indices, minlength=shape[1]), 1)
    held.data = np.log1p(len(names) / frequency)[held.indices].astype(np.float32)
    length = np.sqrt(np.asarray(held.multiply(held).sum(axis=1)).ravel())
    held.data /= np.repeat(np.maximum(length, 1e-9), np.diff(held.indptr)).astype(np.float32)
    return held
