"""What versions add and remove: put together, taken back, reduced to what is not so already."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import cast

from rdflib import URIRef

from kg.model import Delta, Quad, Term
from kg.queries import bind
from kg.store import GraphStore
from kg.vocab import Dataset

LOOKED_UP = 1_000  # quads in one query


def effective(store: GraphStore, dataset: Dataset, delta: Delta) -> Delta:
    """What of the delta is not so already: its inverse gives back exactly what was.

    Costs a lookup of every quad, about as much as publishing them.
    """
    return Delta(
        add=delta.add - _present(store, dataset, delta.add),
        remove=_present(store, dataset, delta.remove),
    )


def _present(store: GraphStore, dataset: Dataset, quads: Iterable[Quad]) -> frozenset[Quad]:
    by_graph: dict[URIRef, list[tuple[URIRef, URIRef, Term]]] = defaultdict(list)
    for s, p, o, g in quads:
        by_graph[g].append((s, p, o))
    found: set[Quad] = set()
    for graph, triples in by_graph.items():
        rest = iter(triples)
        while part := list(islice(rest, LOOKED_UP)):
            rows = store.select(dataset, bind("exact.rq", graph=graph, triples=part))
            found.update((cast(URIRef, r["s"]), cast(URIRef, r["p"]), r["o"], graph) for r in rows)
    return frozenset(found)


def compose(deltas: Iterable[Delta]) -> Delta:
    """What these deltas do one after the other; each must have done all that it says.

    >>> a = (URIRef("a:s"), URIRef("a:p"), URIRef("a:o"), URIRef("a:g"))
    >>> compose([Delta(add=frozenset({a})), Delta(remove=frozenset({a}))]) == Delta()
    True
    """
    add: set[Quad] = set()
    remove: set[Quad] = set()
    for delta in deltas:
        undone, redone = add & delta.remove, remove & delta.add
        add = (add - undone) | (delta.add - redone)
        remove = (remove - redone) | (delta.remove - undone)
    return Delta(frozenset(add), frozenset(remove))


def undoing(deltas: Sequence[Delta]) -> Delta:
    """The one delta that takes back these, the oldest first: a rollback."""
    return compose(d.inverse() for d in reversed(deltas))
