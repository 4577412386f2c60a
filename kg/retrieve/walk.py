"""Personalised PageRank: how often a walk that keeps starting from the seeds comes by each node."""

import numpy as np

from kg.index.graph import Graph

EXACT = 1_000_000  # entries of the adjacency up to which the whole graph is walked
_STEPS = 25
_ENOUGH = 1e-3  # of the walk's mass: the first twenty do not change any more
_LEAST = 3e-6  # of it that a node of strength 1 holds without passing it on


def pagerank(graph: Graph, seeds: np.ndarray, damping: float) -> np.ndarray:
    """float32[nodes], sums to 1; `seeds` non-negative, not all zero."""
    start = (seeds / seeds.sum()).astype(np.float32)
    if graph.adjacency.nnz > EXACT:
        return push(graph, start, damping)
    inverse = (damping / np.maximum(graph.strength, 1e-12)).astype(np.float32)
    x = start
    for _ in range(_STEPS):
        y = graph.adjacency @ (x * inverse)
        y += (1 - y.sum()) * start
        if np.abs(y - x).sum() < _ENOUGH:
            return y
        x = y
    return x


def push(graph: Graph, start: np.ndarray, damping: float, least: float = _LEAST) -> np.ndarray:
    """The same by local push: only nodes that hold more than their share pass it on.

    Andersen, Chung, Lang 2006, for many nodes at a time.
    """
    a = graph.adjacency
    rank = np.zeros_like(start)
    held = start.copy()
    strength = np.maximum(graph.strength, 1e-12)
    bar = least * np.maximum(strength, 1)
    edges_of = np.diff(a.indptr)
    for _ in range(4 * _STEPS):
        active = np.flatnonzero(held > bar)
        if not len(active):
            break
        mass = held[active]
        rank[active] += (1 - damping) * mass
        held[active] = 0
        low, count = a.indptr[active], edges_of[active]
        shift = np.repeat(low - (np.cumsum(count) - count), count)
        edges = np.arange(int(count.sum())) + shift
        passed = np.repeat(damping * mass / strength[active], count) * a.data[edges]
        held += np.bincount(a.indices[edges], passed, minlength=len(held)).astype(np.float32)
        lost = count == 0  # a node without edges starts again
        held += start * float(damping * mass[lost].sum())
    return rank / max(float(rank.sum()), 1e-12)
