"""The graph of passages and things, woven from the segments that a version sees.

Nodes are the units first (also those no longer visible, without edges), then the things: names as
seen in texts and approved entities. An entity lies beside its names and the units that speak of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kg.index.segment import Segment

TITLE = 3.0  # a unit to the name it stands under, against 1 to a name it mentions
COMMON = 0.25  # how much less a name weighs that many units mention: df ** -COMMON
NAMED = 1.0  # an approved entity to its names
ALIKE = 0.3  # a name to one that is alike, times their cosine


@dataclass(frozen=True)
class Graph:
    units: int
    thing: np.ndarray  # int64[things], ascending: their ids
    frequency: np.ndarray  # float32[things]: how many units each is in
    adjacency: sparse.csr_array  # float32[nodes, nodes], symmetric
    strength: np.ndarray  # float32[nodes]: row sums
    unit_key: np.ndarray  # int64, ascending: keys of visible units ...
    unit_at: np.ndarray  # ... and their positions

    def things(self, ids: np.ndarray) -> np.ndarray:
        """Positions among the things; -1 for unknown ones."""
        return _positions(self.thing, ids)

    def units_at(self, keys: np.ndarray) -> np.ndarray:
        """Positions of the visible ones of these units."""
        at = _positions(self.unit_key, keys)
        return self.unit_at[at[at >= 0]]

    def units_of(self, pairs: Sequence[np.ndarray], counts: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """(holder, unit key) pairs of each segment as positions, of the units that are visible."""
        first = np.cumsum([0, *counts])
        holder = np.concatenate([p[:, 0] + first[n] for n, p in enumerate(pairs)])
        at = _positions(self.unit_key, np.concatenate([p[:, 1] for p in pairs]))
        seen = at >= 0
        return holder[seen], self.unit_at[at[seen]]


def weave(
    segments: Sequence[Segment], alive: np.ndarray, alive_entities: np.ndarray, unit_keys: np.ndarray
) -> Graph:
    """The graph over the units and entities that are alive."""
    units = len(alive)
    first_unit = np.cumsum([0, *(len(s.units.row) for s in segments)])
    first_entity = np.cumsum([0, *(len(s.entities.row) for s in segments)])
    entity_key = np.concatenate([s.entities.key for s in segments])
    thing = np.unique(np.concatenate([entity_key, *(s.name for s in segments)]))
    living = np.flatnonzero(alive)
    order = living[np.argsort(unit_keys[living], kind="stable")]
    graph = Graph(units, thing, np.zeros(0), sparse.csr_array((0, 0)), np.zeros(0), unit_keys[order], order)

    unit = np.concatenate([s.seen_unit + first_unit[n] for n, s in enumerate(segments)]).astype(np.int64)
    name = graph.things(np.concatenate([s.seen_name for s in segments]))
    title = np.concatenate([s.seen_sentence for s in segments]) < 0
    seen = alive[unit]
    holder, about = graph.units_of([s.entity_unit for s in segments], [len(s.entities.row) for s in segments])
    told = alive_entities[holder]
    at = graph.things(entity_key)
    rows = np.concatenate([unit[seen], about[told]])
    columns = np.concatenate([name[seen], at[holder[told]]])
    weights = np.concatenate([np.where(title[seen], TITLE, 1.0), np.ones(int(told.sum()))])
    mentions = _distinct(rows, columns, weights, (units, len(thing)))
    frequency = np.asarray(np.bincount(mentions.col, minlength=len(thing)), np.float32)
    weight = mentions.data * np.maximum(frequency, 1)[mentions.col] ** -COMMON

    pairs = np.concatenate([s.entity_name + np.array([first_entity[n], 0]) for n, s in enumerate(segments)])
    pairs = pairs[alive_entities[pairs[:, 0]]]
    a, b = at[pairs[:, 0]], graph.things(pairs[:, 1])
    pair = graph.things(np.concatenate([s.alike for s in segments])) + units
    like = ALIKE * np.concatenate([s.likeness for s in segments])
    left = np.concatenate([mentions.row, a + units, pair[:, 0]]).astype(np.int32)
    right = np.concatenate([mentions.col + units, b + units, pair[:, 1]]).astype(np.int32)
    both = np.concatenate([weight, np.full(len(a), NAMED), like]).astype(np.float32)
    size = units + len(thing)
    adjacency = sparse.coo_array(
        (np.concatenate([both, both]), (np.concatenate([left, right]), np.concatenate([right, left]))),
        shape=(size, size),
    ).tocsr()
    strength = np.asarray(adjacency.sum(axis=1), np.float32)
    return Graph(units, thing, frequency, adjacency, strength, unit_keys[order], order)


def _distinct(
    rows: np.ndarray, columns: np.ndarray, weights: np.ndarray, shape: tuple[int, int]
) -> sparse.coo_array:
    """Each pair once, with its greatest weight."""
    order = np.lexsort((-weights, columns, rows))
    rows, columns, weights = rows[order], columns[order], weights[order]
    first = np.append(True, (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1]))[: len(rows)]
    return sparse.coo_array((weights[first], (rows[first], columns[first])), shape=shape)


def _positions(ascending: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    if not len(ascending):
        return np.full(wanted.shape, -1)
    at = np.minimum(np.searchsorted(ascending, wanted), len(ascending) - 1)
    return np.where(ascending[at] == wanted, at, -1)
