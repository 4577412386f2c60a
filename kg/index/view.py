"""A dataset's index as it stands at one version: what is visible, and the arrays of it side by side.

The arrays are those of a base segment (opened by memory map) and of what came after it. Nothing is
copied but numbers: vectors stay where they are, and rows that are not visible keep their place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from kg.index import schema
from kg.index.graph import Graph, weave
from kg.index.network import Network, join
from kg.index.segment import Rows, Segment
from kg.index.tables import Tables


@dataclass(frozen=True)
class Side:
    """One table's rows of all segments, one after the other; `alive` says which the version has."""

    row: np.ndarray  # int64[n], ascending
    key: np.ndarray  # int64[n]
    alive: np.ndarray  # bool[n]
    vectors: tuple[np.ndarray, ...]  # one for each segment
    shown: tuple[pa.Table, ...]  # the same

    def nearness(self, question: np.ndarray) -> np.ndarray:
        """Cosines with the question, float32[n]."""
        if not question.any():  # of another embedder, see kg.retrieve.question
            return np.zeros(len(self.row), np.float32)
        return np.concatenate([np.zeros(0, np.float32), *(part @ question for part in self.vectors)])

    def vector(self, positions: np.ndarray) -> np.ndarray:
        """float32[len(positions), d]"""
        first = np.cumsum([0, *(len(part) for part in self.vectors)])
        out = np.zeros((len(positions), self.vectors[0].shape[1]), np.float32)
        for n, part in enumerate(self.vectors):
            mine = (positions >= first[n]) & (positions < first[n + 1])
            out[mine] = part[positions[mine] - first[n]]
        return out

    def told(self, position: int) -> dict[str, Any]:
        """What is told of a row, see `kg.index.schema.SHOWN`."""
        for table in self.shown:
            if position < len(table):
                return dict(table.slice(position, 1).to_pylist()[0])
            position -= len(table)
        raise IndexError(position)

    def positions(self, rows: np.ndarray) -> np.ndarray:
        """Row numbers to positions; -1 for rows that are not here or not alive."""
        if not len(self.row):
            return np.full(len(rows), -1)
        at = np.minimum(np.searchsorted(self.row, rows), len(self.row) - 1)
        return np.where((self.row[at] == rows) & self.alive[at], at, -1)


@dataclass(frozen=True)
class View:
    version: int
    tables: Tables
    embedder: str  # whose vectors these are
    segments: tuple[Segment, ...]
    units: Side
    entities: Side
    facts: Side
    graph: Graph

    @cached_property
    def unit_document(self) -> np.ndarray:
        """int64[units]"""
        return np.concatenate([s.unit_document for s in self.segments])

    @cached_property
    def sentences(self) -> "Sentences":
        return Sentences(self.segments)

    @cached_property
    def fact_units(self) -> tuple[np.ndarray, np.ndarray]:
        """(position of a fact, position of a unit that states it), ascending by the fact."""
        return self.graph.units_of(
            [s.fact_unit for s in self.segments], [len(s.facts.row) for s in self.segments]
        )

    @cached_property
    def entity_units(self) -> tuple[np.ndarray, np.ndarray]:
        """(position of an entity, position of a unit that speaks of it)."""
        return self.graph.units_of(
            [s.entity_unit for s in self.segments], [len(s.entities.row) for s in self.segments]
        )

    @cached_property
    def entity_things(self) -> np.ndarray:
        """int64[entities]: their positions among the graph's things."""
        return self.graph.things(self.entities.key)

    @cached_property
    def fact_ends(self) -> np.ndarray:
        """int64[facts, 2]: nodes of subject and object, -1 for none."""
        return self.graph.things(np.concatenate([s.fact_ends for s in self.segments]))

    @cached_property
    def entity_degree(self) -> np.ndarray:
        """int64[entities]: how many facts each is the subject or the object of."""
        ends = self.fact_ends[self.facts.alive].ravel()
        many = np.bincount(ends[ends >= 0], minlength=len(self.graph.thing) or 1)
        return many[self.entity_things] if len(self.graph.thing) else np.zeros(0, np.int64)

    @cached_property
    def network(self) -> Network:
        """The facts between entities."""
        return join(self.entities.alive, self.entity_things, self.fact_ends, self.facts.alive)

    @cached_property
    def fact_times(self) -> "Times":
        first = np.cumsum([0, *(len(s.facts.row) for s in self.segments)])
        return Times(
            predicate=np.concatenate([s.fact_predicate for s in self.segments]),
            status=np.concatenate([s.fact_status for s in self.segments]),
            period=np.concatenate(
                [s.fact_period + np.array([first[n], 0, 0]) for n, s in enumerate(self.segments)]
            ),
        )


@dataclass(frozen=True)
class Times:
    """When facts hold: of n of them property, status and periods, as in a segment."""

    predicate: np.ndarray  # int64[n]
    status: np.ndarray  # int8[n]
    period: np.ndarray  # int64[?, 3]: fact, first and last day

    @cached_property
    def dated(self) -> np.ndarray:
        """Whether anything is known of a fact's time, bool[n]."""
        known = self.status != 0
        known[self.period[:, 0]] = True
        return known

    def hold(self, first: int, last: int, now: bool) -> np.ndarray:
        """Which facts hold on one of these days, as far as is known, bool[n]; `now` if that is today."""
        fact, begins, ends = self.period.T
        inside = np.zeros(len(self.status), bool)
        inside[fact[(begins <= last) & (ends >= first)]] = True
        told = np.zeros(len(self.status), bool)
        told[fact] = True
        if not now:
            return inside | ~told
        return (self.status > 0) | ((inside | ~told) & (self.status == 0))


class Sentences:
    """The sentences of all units: the facts of a graph that no model has read."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._first_unit = np.cumsum([0, *(len(s.units.row) for s in segments)])

    def of(self, units: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """(segment, position in it, unit, vector float32[m, d]) of all sentences of these units."""
        out: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
        for n, segment in enumerate(self._segments):
            first, last = self._first_unit[n], self._first_unit[n + 1]
            mine = np.sort(units[(units >= first) & (units < last)]) - first
            at = _ranges(segment.sentence_unit, mine)
            vectors = segment.sentence_vector[at].astype(np.float32)
            out.append((np.full(len(at), n), at, segment.sentence_unit[at] + first, vectors))
        return (
            np.concatenate([o[0] for o in out]),
            np.concatenate([o[1] for o in out]),
            np.concatenate([o[2] for o in out]),
            np.concatenate([o[3] for o in out]),
        )

    def number(self, segment: int, sentence: int) -> int:
        """Which sentence of its unit it is, from 0."""
        units = self._segments[segment].sentence_unit
        return sentence - int(np.searchsorted(units, units[sentence], side="left"))

    def names(self, segment: int, sentence: int) -> np.ndarray:
        """Ids of the names in a sentence and of its title."""
        part = self._segments[segment]
        unit = part.sentence_unit[sentence]
        low, high = np.searchsorted(part.seen_unit, [unit, unit + 1])
        where = part.seen_sentence[low:high]
        return np.unique(part.seen_name[low:high][(where == sentence) | (where < 0)])


def see(
    version: int,
    tables: Tables,
    embedder: str,
    segments: Sequence[Segment],
    removed: dict[str, tuple[np.ndarray, np.ndarray]],
) -> View:
    """The view of these segments at a version; `removed`: table -> (keys, versions)."""
    sides = {
        name: _side([getattr(s, name) for s in segments], *removed[name], version)
        for name in ("units", "entities", "facts")
    }
    graph = weave(segments, sides["units"].alive, sides["entities"].alive, sides["units"].key)
    return View(version, tables, embedder, tuple(segments), **sides, graph=graph)


def removals(tables: Tables) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Table -> (keys, versions) of what was removed."""
    table = tables.read(schema.REMOVALS, ["kind", "key_id", "version"])
    kind = np.array(table["kind"].to_pylist(), dtype=np.str_)
    key, version = table["key_id"].to_numpy(), table["version"].to_numpy()
    return {name: (key[kind == name], version[kind == name]) for name in schema.SEARCHED}


def _side(parts: Sequence[Rows], gone: np.ndarray, gone_at: np.ndarray, version: int) -> Side:
    row = np.concatenate([p.row for p in parts])
    key = np.concatenate([p.key for p in parts])
    start = np.concatenate([p.version for p in parts])
    kept = start <= version
    # of the rows of one key the newest that the version knows is the one
    order = np.lexsort((row, key))
    order = order[kept[order]]
    newest = np.zeros(len(row), bool)
    if len(order):
        last = np.append(key[order][1:] != key[order][:-1], True)
        newest[order[last]] = True
    known = gone_at <= version
    ended = np.zeros(len(row), np.int64)
    if known.any():
        keys, at = gone[known], gone_at[known]
        sorted_ = np.lexsort((at, keys))
        keys, at = keys[sorted_], at[sorted_]
        last_of = np.append(keys[1:] != keys[:-1], True)
        keys, at = keys[last_of], at[last_of]
        found = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        ended = np.where(keys[found] == key, at[found], 0)
    return Side(
        row, key, newest & (ended <= start), tuple(p.vector for p in parts), tuple(p.shown for p in parts)
    )


def _ranges(ascending: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Positions of all values that are wanted, in order."""
    low = np.searchsorted(ascending, wanted, side="left")
    count = np.searchsorted(ascending, wanted, side="right") - low
    shift = np.repeat(low - np.concatenate([[0], np.cumsum(count)[:-1]]) if len(low) else low, count)
    return np.arange(int(count.sum())) + shift
