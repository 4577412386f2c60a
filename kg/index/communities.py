"""Communities of things that facts and texts join: Leiden, in levels, with an extractive summary each.

A community's key names its members and facts: what a version did not touch keeps its summary.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import graspologic_native
import numpy as np

from kg.index import schema
from kg.index.view import View
from kg.vocab import digest

LARGEST = 40  # entities of a community that is not divided further
SMALLEST = 3
_CROWDED = 20  # entities in one unit from which it joins none of them
_TOLD = 6  # facts of a summary
_TITLED = 3  # entities in a title
_LONGEST = 200  # characters of a fact in a summary
_SEED = 7


@dataclass(frozen=True, slots=True)
class Community:
    """`entities` by how much they join, `facts` as they are told, `units` by how many members they name."""

    key: str
    level: int  # 0 the widest
    title: str
    summary: str
    entities: tuple[str, ...]  # IRIs
    facts: tuple[str, ...]  # IRIs of assertions
    units: tuple[str, ...]  # unit ids


def communities(view: View) -> tuple[Community, ...]:
    """All communities of a version, the widest first; the same for the same version."""
    edges, inside = _edges(view)
    if not edges:
        return ()
    named = [(str(a), str(b), w) for (a, b), w in sorted(edges.items())]
    found = graspologic_native.hierarchical_leiden(named, max_cluster_size=LARGEST, seed=_SEED)
    members: dict[tuple[int, int], set[int]] = defaultdict(set)
    for part in found:
        members[part.level, part.cluster].add(int(part.node))
    degree: dict[int, float] = defaultdict(float)
    for (a, b), weight in edges.items():
        degree[a] += weight
        degree[b] += weight
    told = _Told(view)
    made = [
        told.community(level, ids, degree, inside)
        for (level, _), ids in sorted(members.items())
        if len(ids) >= SMALLEST
    ]
    return tuple({c.key: c for c in reversed(made)}.values())[::-1]


def _edges(view: View) -> tuple[dict[tuple[int, int], float], dict[tuple[int, int], list[int]]]:
    """Pairs of entities (positions) with weights: facts between them, units that speak of both; and
    the facts (positions) of each pair."""
    weights: dict[tuple[int, int], float] = defaultdict(float)
    inside: dict[tuple[int, int], list[int]] = defaultdict(list)
    alive = np.flatnonzero(view.entities.alive)
    position = dict(zip(view.entities.key[alive].tolist(), alive.tolist(), strict=True))
    things = view.graph.thing
    for fact in np.flatnonzero(view.facts.alive):
        ends = view.fact_ends[fact]
        if (ends < 0).any():
            continue
        a, b = (position.get(int(things[e]), -1) for e in ends)
        if a >= 0 and b >= 0 and a != b:
            pair = (min(a, b), max(a, b))
            weights[pair] += 1.0
            inside[pair].append(int(fact))
    for together in _together(view):
        for i, a in enumerate(together):
            for b in together[i + 1 :]:
                weights[a, b] += 0.5 / len(together)
    return weights, inside


def _together(view: View) -> Iterator[list[int]]:
    """The entities of each unit that is not crowded, ascending."""
    holder, unit = view.entity_units
    living = view.entities.alive[holder]
    by_unit: dict[int, list[int]] = defaultdict(list)
    for a, u in zip(holder[living].tolist(), unit[living].tolist(), strict=True):
        by_unit[u].append(a)
    for _, found in sorted(by_unit.items()):
        together = sorted(set(found))
        if 2 <= len(together) <= _CROWDED:
            yield together


class _Told:
    """What is said of communities: labels, sentences and units, read once."""

    def __init__(self, view: View) -> None:
        self._view = view
        tables = view.tables
        self._labels = _by_row(tables.read(schema.ENTITIES, ["row", "key", "label"]).to_pylist())
        self._sentences = _by_row(tables.read(schema.FACTS, ["row", "key", "sentence"]).to_pylist())
        self._unit_ids = _by_row(tables.read(schema.UNITS, ["row", "key"]).to_pylist())
        holder, unit = view.entity_units
        self._units: dict[int, list[int]] = defaultdict(list)
        for entity, at in zip(holder.tolist(), unit.tolist(), strict=True):
            self._units[entity].append(at)

    def community(
        self,
        level: int,
        members: set[int],
        degree: Mapping[int, float],
        inside: Mapping[tuple[int, int], list[int]],
    ) -> Community:
        order = sorted(members, key=lambda m: (-degree[m], m))
        pairs = [(p, f) for p, f in inside.items() if p[0] in members and p[1] in members]
        facts = self._chosen(pairs, degree)
        every = sorted(self._fact(f)["key"] for _, found in pairs for f in found)
        titled = [self._entity(m)["label"] for m in order[:_TITLED]]
        told = [self._fact(f)["sentence"][:_LONGEST].rstrip(".") for f in facts]
        named = Counter(u for m in order for u in set(self._units[m]))
        units = sorted(named, key=lambda u: (-named[u], u))[:_TOLD]
        iris = tuple(self._entity(m)["key"] for m in order)
        return Community(
            key=digest(level, *sorted(iris), *every, length=24),
            level=level,
            title=", ".join(titled),
            summary=". ".join(told) + "." if told else ", ".join(self._entity(m)["label"] for m in order),
            entities=iris,
            facts=tuple(self._fact(f)["key"] for f in facts),
            units=tuple(self._unit_ids[int(self._view.units.row[u])]["key"] for u in units),
        )

    def _chosen(
        self, pairs: Sequence[tuple[tuple[int, int], list[int]]], degree: Mapping[int, float]
    ) -> list[int]:
        """The facts that join most, each thing at most twice."""
        used: Counter[int] = Counter()
        chosen: list[int] = []
        for (a, b), facts in sorted(pairs, key=lambda p: (-degree[p[0][0]] - degree[p[0][1]], p[0])):
            if len(chosen) < _TOLD and used[a] < 2 and used[b] < 2:
                chosen.append(facts[0])
                used[a] += 1
                used[b] += 1
        return chosen

    def _entity(self, at: int) -> dict[str, str]:
        return self._labels[int(self._view.entities.row[at])]

    def _fact(self, at: int) -> dict[str, str]:
        return self._sentences[int(self._view.facts.row[at])]


def _by_row(rows: Sequence[dict[str, str]]) -> dict[int, dict[str, str]]:
    return {int(r["row"]): r for r in rows}
