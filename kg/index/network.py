"""The facts between things as arrays: who lies around a thing, and the shortest way from one to another.

Nodes are positions of entities, links positions in `Network.fact`; a link is walked both ways.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

LOOKED_AT = 2000  # candidates of one ring that `allowed` is asked about


@dataclass(frozen=True)
class Network:
    fact: np.ndarray  # int64[links]: positions of facts
    ends: np.ndarray  # int64[links, 2]: subject and object
    start: np.ndarray  # int64[nodes + 1]: where a node's links begin ...
    link: np.ndarray  # int64[2 * links]: ... which they are ...
    other: np.ndarray  # int64[2 * links]: ... and whom they join it with

    def beside(self, nodes: np.ndarray, links: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(link, other end) of all links of these nodes, of the `links` (bool[links]) that count."""
        count = self.start[nodes + 1] - self.start[nodes]
        before = np.cumsum(count) - count
        at = np.repeat(self.start[nodes] - before, count) + np.arange(int(count.sum()))
        link, other = self.link[at], self.other[at]
        return (link, other) if links is None else (link[links[link]], other[links[link]])


@dataclass(frozen=True)
class Around:
    """`nodes` nearest first, then by how many links they have; `hop` of each; `total` within reach;
    `links` between the nodes."""

    nodes: np.ndarray
    hop: np.ndarray
    total: int
    links: np.ndarray


def join(alive: np.ndarray, entity_things: np.ndarray, fact_ends: np.ndarray, facts: np.ndarray) -> Network:
    """Of the entities and facts that are alive (bool); `fact_ends` int64[facts, 2] as things."""
    at = np.full(int(max(entity_things.max(initial=-1), fact_ends.max(initial=-1))) + 1, -1, np.int64)
    living = np.flatnonzero(alive)
    at[entity_things[living]] = living
    known = facts & (fact_ends >= 0).all(axis=1)
    fact = np.flatnonzero(known)
    ends = at[fact_ends[fact]]
    whole = (ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])
    fact, ends = fact[whole], ends[whole]
    holder = np.concatenate([ends[:, 0], ends[:, 1]])
    order = np.argsort(holder, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(holder, minlength=len(alive)))])
    link = np.tile(np.arange(len(fact)), 2)[order]
    return Network(fact, ends, start, link, np.concatenate([ends[:, 1], ends[:, 0]])[order])


def around(
    network: Network,
    centres: Sequence[int],
    hops: int,
    cap: int,
    links: np.ndarray | None = None,
    allowed: Callable[[np.ndarray], np.ndarray] | None = None,
) -> Around:
    """At most `cap` nodes within `hops` of the centres, by `links` (bool[links]) alone; `allowed` says which
    of the nodes it is given count (bool), for at most LOOKED_AT of a ring."""
    degree = np.diff(network.start)
    centre = np.array(list(dict.fromkeys(centres)), np.int64)
    seen = np.zeros(len(degree), bool)
    seen[centre] = True
    reached = seen.copy()
    kept, hop = [centre], [np.zeros(len(centre), np.int64)]
    ring = everyone = centre
    room, total = max(0, cap - len(centre)), len(centre)
    for n in range(1, hops + 1):
        ring = _ring(network, ring if room else ring[:0], seen, links)
        ring = ring[np.lexsort((ring, -degree[ring]))]
        if allowed is None:
            everyone = _ring(network, everyone, reached, links)
            reached[everyone] = True
            total += len(everyone)
        else:
            ring = ring[:LOOKED_AT][allowed(ring[:LOOKED_AT])]
            total += len(ring)
        ring = ring[:room]
        room -= len(ring)
        seen[ring] = True
        kept.append(ring)
        hop.append(np.full(len(ring), n, np.int64))
    nodes = np.concatenate(kept)
    return Around(nodes, np.concatenate(hop), total, between(network, nodes, links))


def between(network: Network, nodes: np.ndarray, links: np.ndarray | None = None) -> np.ndarray:
    """The links with both ends among these."""
    inside = np.zeros(len(network.start) - 1, bool)
    inside[nodes] = True
    link, other = network.beside(nodes, links)
    return np.unique(link[inside[other]])


def shortest(
    network: Network, start: int, end: int, longest: int, links: np.ndarray | None = None
) -> tuple[int, ...]:
    """The nodes of a shortest way of at most `longest` links; () if there is none. Of equal ways the one
    through nodes with few links, which says more than one through everybody's hub."""
    if start == end:
        return (start,)
    degree = np.diff(network.start)
    before = np.full(len(degree), -1, np.int64)
    before[start] = start
    ring = np.array([start], np.int64)
    for _ in range(longest):
        ring = ring[np.argsort(degree[ring], kind="stable")]
        count = network.start[ring + 1] - network.start[ring]
        origin = np.repeat(ring, count)
        link, other = network.beside(ring)
        new = before[other] < 0
        if links is not None:
            new &= links[link]
        other, origin = other[new], origin[new]
        ring, first = np.unique(other, return_index=True)
        before[ring] = origin[first]
        if before[end] >= 0:
            way = [end]
            while way[-1] != start:
                way.append(int(before[way[-1]]))
            return tuple(reversed(way))
        if not len(ring):
            break
    return ()


def _ring(network: Network, nodes: np.ndarray, seen: np.ndarray, links: np.ndarray | None) -> np.ndarray:
    _, other = network.beside(nodes, links)
    found = np.zeros(len(seen), bool)  # quicker than to sort them: a hub has hundreds of thousands
    found[other] = True
    return np.flatnonzero(found & ~seen)
