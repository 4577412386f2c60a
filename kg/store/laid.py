"""A delta as graphs in memory, asked as the store is: what would be added, and what would be removed.

`Lookup` lays it over an approved version, without anything being written.
"""

from collections.abc import Iterator

import pyoxigraph
from rdflib import URIRef

from kg import rdf
from kg.model import Delta
from kg.store import Row
from kg.store.terms import read
from kg.vocab import Dataset

CYCLE = 0  # of the names of its graphs: no cycle has this number


class Laid:
    def __init__(self, dataset: Dataset, delta: Delta) -> None:
        self._store = pyoxigraph.Store()
        self.graphs = frozenset(
            dataset.staged(CYCLE, c, g) for c in ("add", "remove") for g in dataset.approved
        )
        for change, quads in (("add", delta.add), ("remove", delta.remove)):
            there = [(s, p, o, dataset.staged(CYCLE, change, g)) for s, p, o, g in quads]
            self._store.bulk_load(rdf.to_nquads(there), pyoxigraph.RdfFormat.N_QUADS)

    def select(self, sparql: str) -> list[Row]:
        found = self._store.query(sparql)
        assert isinstance(found, pyoxigraph.QuerySolutions)
        names = [v.value for v in found.variables]
        return [{n: read(row[n]) for n in names if row[n] is not None} for row in found]

    def stream(self, graph: URIRef) -> Iterator[pyoxigraph.Quad]:
        yield from self._store.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(graph))
