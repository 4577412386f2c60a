"""The graphs of one moment, in a pause as short as that needs.

A version's graphs stay as they are until the next version. So they are copied while people go on publishing;
in the pause only what was published in between is copied again. Staged graphs are small and copied there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from rdflib import URIRef

from kg import versions
from kg.store import GraphStore
from kg.versions import Marker
from kg.vocab import Dataset
from portal.backup.archive import PIECE
from portal.errors import Conflict

ROUNDS = 3  # of copying before the pause what others go on changing


@dataclass(frozen=True, slots=True)
class Copied:
    """A graph's N-Triples as its store wrote them, at these offsets of the spool."""

    dataset: Dataset
    graph: URIRef
    begin: int
    end: int


class Copies:
    """Graphs in a file of their own, which nobody needs after the backup."""

    def __init__(self, store: GraphStore, spool: IO[bytes]) -> None:
        self._store, self._spool = store, spool
        self._approved: dict[Dataset, tuple[Marker, tuple[Copied, ...]]] = {}

    def beforehand(self, datasets: Iterable[Dataset]) -> None:
        """Copy what is approved, and again what moved meanwhile."""
        moved = list(datasets)
        for _ in range(ROUNDS):
            for dataset in moved:
                self._copy_approved(dataset)
            moved = [dataset for dataset in moved if not self._current(dataset)]

    def moment(self, dataset: Dataset, cycles: Iterable[int]) -> tuple[Copied, ...]:
        """In the pause: the approved graphs, and the staged ones of these cycles.

        Conflict if a version was published in spite of the pause.
        """
        self._store.create(dataset)
        if not self._current(dataset):
            self._copy_approved(dataset)
        staged = [
            self._copy(dataset, dataset.staged(number, change, graph))
            for number in cycles
            for change in ("add", "remove")
            for graph in dataset.approved
        ]
        if not self._current(dataset):
            raise Conflict("published-meanwhile")
        return tuple(c for c in (*self._approved[dataset][1], *staged) if c.end > c.begin)

    def read(self, copied: Copied) -> Iterator[bytes]:
        """The graph's N-Triples, in pieces of any length."""
        self._spool.seek(copied.begin)
        left = copied.end - copied.begin
        while left:
            piece = self._spool.read(min(left, PIECE))
            left -= len(piece)
            yield piece

    def _current(self, dataset: Dataset) -> bool:
        known = self._approved.get(dataset)
        return known is not None and known[0] == versions.marker(self._store, dataset)

    def _copy_approved(self, dataset: Dataset) -> None:
        self._store.create(dataset)
        begun = versions.marker(self._store, dataset)
        copied = tuple(self._copy(dataset, graph) for graph in (*dataset.approved, dataset.meta))
        self._approved[dataset] = begun, copied

    def _copy(self, dataset: Dataset, graph: URIRef) -> Copied:
        begin = self._spool.seek(0, 2)
        for piece in self._store.get(dataset, graph):
            self._spool.write(piece)
        return Copied(dataset, graph, begin, self._spool.tell())
