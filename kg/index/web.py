"""Which entities facts and texts join, and how much: what communities are found in. Entities, facts and units
are positions in a view."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from kg.index.view import View
from kg.index.words import thing_id
from kg.index.writing import row_version

CROWDED = 20  # entities in one unit from which it joins none of them
_BESIDE = 0.5  # of two entities in one unit against a fact, shared by all that it names

Pair = tuple[int, int]  # of entities, the smaller first


@dataclass(frozen=True)
class Web:
    view: View
    links: dict[int, list[tuple[int, float]]]  # an entity -> those after it that it is joined with, weights
    degree: dict[int, float]  # sum of an entity's weights
    facts: dict[Pair, list[int]]
    units: dict[int, list[int]]  # those that speak of an entity
    at: dict[int, int]  # id of an entity -> its position

    def positions(self, iris: Collection[str]) -> list[int]:
        """-1 for an entity that the version does not have."""
        return [self.at.get(thing_id(iri), -1) for iri in iris]

    def inside(self, members: Collection[int]) -> Iterator[tuple[Pair, list[int]]]:
        """The facts between members, by pair."""
        for pair, _ in self.between(members):
            if pair in self.facts:
                yield pair, self.facts[pair]

    def between(self, members: Collection[int]) -> Iterator[tuple[Pair, float]]:
        """The weights between members, by pair; `members` is a set."""
        for a in sorted(members):
            for b, weight in self.links.get(a, ()):
                if b in members:
                    yield (a, b), weight

    def touched(self, since: int) -> set[int]:
        """Entities that are new or changed after version `since`, and those of such facts."""
        entities, facts = self.view.entities, self.view.facts
        fresh = np.flatnonzero(entities.alive & (row_version(entities.row) > since))
        network = self.view.network
        said = row_version(facts.row[network.fact]) > since
        return {*fresh.tolist(), *network.ends[said].ravel().tolist()}


def web(view: View) -> Web:
    """The web of a version."""
    weight: dict[Pair, float] = defaultdict(float)
    facts: dict[Pair, list[int]] = defaultdict(list)
    network = view.network
    for fact, (a, b) in zip(network.fact.tolist(), network.ends.tolist(), strict=True):
        pair = (min(a, b), max(a, b))
        weight[pair] += 1.0
        facts[pair].append(fact)
    holder, unit = view.entity_units
    living = view.entities.alive[holder]
    named: dict[int, set[int]] = defaultdict(set)
    units: dict[int, list[int]] = defaultdict(list)
    for entity, at in zip(holder[living].tolist(), unit[living].tolist(), strict=True):
        named[at].add(entity)
        units[entity].append(at)
    for _, together in sorted(named.items()):
        if 2 <= len(together) <= CROWDED:
            ordered = sorted(together)
            for i, a in enumerate(ordered):
                for b in ordered[i + 1 :]:
                    weight[a, b] += _BESIDE / len(ordered)
    links: dict[int, list[tuple[int, float]]] = defaultdict(list)
    degree: dict[int, float] = defaultdict(float)
    for (a, b), w in sorted(weight.items()):
        links[a].append((b, w))
        degree[a] += w
        degree[b] += w
    alive = np.flatnonzero(view.entities.alive)
    at_ = dict(zip(view.entities.key[alive].tolist(), alive.tolist(), strict=True))
    return Web(view, links, degree, facts, units, at_)
