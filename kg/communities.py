"""Communities of entities: hierarchical Leiden, from one seed, so that the same graph gives the same ones."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import graspologic_native

LARGEST = 10  # entities of a community that is not divided further; GraphRAG's default
SEED = 0xDEADBEEF


@dataclass(frozen=True, slots=True)
class Community:
    """`members` are node names; `parent` is -1 at the top level."""

    number: int
    level: int
    parent: int
    children: tuple[int, ...]
    members: tuple[str, ...]


def communities(edges: Iterable[tuple[str, str, float]], largest: int = LARGEST) -> tuple[Community, ...]:
    """Of an undirected weighted graph; nodes without an edge are in none."""
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for a, b, weight in edges:
        if a != b and weight > 0:
            weights[(min(a, b), max(a, b))] += weight
    if not weights:
        return ()
    found = graspologic_native.hierarchical_leiden(
        edges=[(a, b, w) for (a, b), w in sorted(weights.items())],
        max_cluster_size=largest,
        seed=SEED,
        iterations=1,
    )
    members: dict[tuple[int, int], list[str]] = defaultdict(list)
    parents: dict[tuple[int, int], int] = {}
    for c in found:
        members[(c.level, c.cluster)].append(c.node)
        parents[(c.level, c.cluster)] = -1 if c.parent_cluster is None else c.parent_cluster
    return _numbered(members, parents)


def _numbered(
    members: Mapping[tuple[int, int], Sequence[str]], parents: Mapping[tuple[int, int], int]
) -> tuple[Community, ...]:
    """The largest first within each level, numbered from 0."""
    order = sorted(members, key=lambda k: (k[0], -len(members[k]), sorted(members[k])))
    number = {cluster: n for n, (_, cluster) in enumerate(order)}
    children: dict[int, list[int]] = defaultdict(list)
    for level, cluster in order:
        if parents[(level, cluster)] >= 0:
            children[number[parents[(level, cluster)]]].append(number[cluster])
    return tuple(
        Community(
            number=number[cluster],
            level=level,
            parent=number.get(parents[(level, cluster)], -1),
            children=tuple(sorted(children[number[cluster]])),
            members=tuple(sorted(members[(level, cluster)])),
        )
        for level, cluster in order
    )
