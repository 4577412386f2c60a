"""Communities of things that facts and texts join: Leiden, in levels, with an extractive summary each.

What a version did not touch keeps its communities and their words: Leiden over the whole would part a third
of them anew for ten facts. All are made anew once less than half could be kept, and by `rebuild`.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import graspologic_native

from kg.index.web import Web
from kg.vocab import digest

LARGEST = 40  # entities of a community that is not divided further
SMALLEST = 3
_TOLD = 6  # facts of a summary, and units
_TITLED = 3  # entities in a title
_LONGEST = 200  # characters of a fact in a summary
_SEED = 7


@dataclass(frozen=True, slots=True)
class Community:
    """`entities` by how much they join, `facts` as they are told, `units` by how many members they name."""

    key: str  # names its members and facts
    level: int  # 0 the widest
    title: str
    summary: str
    entities: tuple[str, ...]  # IRIs
    facts: tuple[str, ...]  # IRIs of assertions
    units: tuple[str, ...]  # unit ids


@dataclass(frozen=True, slots=True)
class Earlier:
    """The communities of an earlier version, 0 for none."""

    version: int = 0
    communities: tuple[Community, ...] = ()


def communities(web: Web, earlier: Earlier = Earlier()) -> tuple[Community, ...]:
    """All communities of a version, the widest first; the same for the same version and earlier one."""
    kept = _untouched(web, earlier)
    held = sum(len(c.entities) for (level, _), c in kept.items() if level == 0)
    if 2 * held < sum(len(c.entities) for c in earlier.communities if c.level == 0):
        kept = {}
    found = [
        kept.get((level, members)) or _community(web, level, members)
        for level, members in _Leiden(web, kept).divided(frozenset(web.degree))
        if len(members) >= SMALLEST
    ]
    return tuple(sorted(found, key=lambda c: (c.level, c.key)))


def told(web: Web, members: frozenset[int], most: int, each: int) -> list[int]:
    """The facts between members that join most, at most `most`, of each member at most `each`."""
    pairs = list(web.inside(members))
    degree = Counter(e for pair, facts in pairs for e in pair for _ in facts)
    used: Counter[int] = Counter()
    chosen: list[int] = []
    for (a, b), facts in sorted(pairs, key=lambda p: (-degree[p[0][0]] - degree[p[0][1]], p[0])):
        if len(chosen) < most and used[a] < each and used[b] < each:
            chosen.append(facts[0])
            used[a] += 1
            used[b] += 1
    return chosen


_Place = tuple[int, frozenset[int]]  # level and members


def _untouched(web: Web, earlier: Earlier) -> dict[_Place, Community]:
    """Those of the earlier version that stand as they stood."""
    touched = web.touched(earlier.version) if earlier.communities else set()
    found: dict[_Place, Community] = {}
    for c in earlier.communities:
        members = frozenset(web.positions(c.entities))
        if touched.isdisjoint(members) and -1 not in members and _key(web, c.level, members) == c.key:
            found[c.level, members] = c
    return found


class _Leiden:
    """Leiden in levels. A community that is kept is one lump, as heavy as what is inside: others may join
    it and nothing parts it, so that all others find their places as in the whole.
    """

    def __init__(self, web: Web, kept: Collection[_Place]) -> None:
        self._web, self._kept = web, kept
        self._around: dict[int, list[_Place]] = defaultdict(list)  # what an entity is in, widest first
        for place in sorted(kept, key=lambda p: p[0]):
            for entity in place[1]:
                self._around[entity].append(place)

    def divided(self, whole: frozenset[int], level: int = 0) -> Iterator[_Place]:
        """The communities of a part of the web, each followed by those in it."""
        found = self._parts(whole, level)
        if len(found) == 1 and level:
            return  # it cannot be divided
        for members in sorted(found, key=min):
            yield level, members
            if (level, members) in self._kept:
                yield from dict.fromkeys(p for e in sorted(members) for p in self._around[e] if p[0] > level)
            elif len(members) > LARGEST:
                yield from self.divided(members, level + 1)

    def _parts(self, whole: frozenset[int], level: int) -> list[frozenset[int]]:
        lump = {e: next((m for n, m in self._around[e] if n >= level), frozenset({e})) for e in whole}
        name = {e: str(min(members)) for e, members in lump.items()}
        edges: dict[tuple[str, str], float] = defaultdict(float)
        for (a, b), weight in self._web.between(whole):
            inside = name[a] == name[b]
            pair = (name[a], f"{name[a]} too") if inside else (min(name[a], name[b]), max(name[a], name[b]))
            edges[pair] += weight
        if not edges:
            return []
        _, place = graspologic_native.leiden([(a, b, w) for (a, b), w in sorted(edges.items())], seed=_SEED)
        found: dict[int, set[int]] = defaultdict(set)
        for entity in whole:
            if name[entity] in place:
                found[place[name[entity]]].add(entity)
        return [frozenset(members) for members in found.values()]


def _community(web: Web, level: int, members: frozenset[int]) -> Community:
    view = web.view
    order = sorted(members, key=lambda m: (-web.degree[m], m))
    things = [view.entities.told(m) for m in order]
    facts = [view.facts.told(f) for f in told(web, members, _TOLD, 2)]
    said = [f["sentence"][:_LONGEST].rstrip(".") for f in facts]
    named = Counter(u for m in order for u in set(web.units.get(m, ())))
    units = sorted(named, key=lambda u: (-named[u], u))[:_TOLD]
    return Community(
        key=_key(web, level, members),
        level=level,
        title=", ".join(t["label"] for t in things[:_TITLED]),
        summary=". ".join(said) + "." if said else ", ".join(t["label"] for t in things),
        entities=tuple(t["key"] for t in things),
        facts=tuple(f["key"] for f in facts),
        units=tuple(view.units.told(u)["key"] for u in units),
    )


def _key(web: Web, level: int, members: frozenset[int]) -> str:
    view = web.view
    facts = [int(view.facts.key[f]) for _, found in web.inside(members) for f in found]
    entities = [int(view.entities.key[m]) for m in members]
    return digest(level, *sorted(entities), "facts", *sorted(facts), length=24)
