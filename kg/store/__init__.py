"""The graph store: one protocol, two servers that speak SPARQL 1.1 (Oxigraph, Apache Jena Fuseki)."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from rdflib import Graph, URIRef

from kg.model import Term
from kg.store.turns import Flight
from kg.vocab import Dataset

Row = dict[str, Term]

SECONDS = 30.0  # a read's limit unless told otherwise
WRITE_SECONDS = 3600.0  # of silence: a first version of a million facts takes a while
ANSWER_BYTES = 64 * 2**20
ROWS = 5_000_000


@dataclass(frozen=True, slots=True)
class Scope:
    """What a read may see: the graphs merged as the default graph, and those that GRAPH can name."""

    default: tuple[URIRef, ...]
    named: tuple[URIRef, ...]


def approved(dataset: Dataset) -> Scope:
    """The approved version: ontology and facts merged; all its graphs by name."""
    return Scope(default=(dataset.ontology, dataset.facts), named=(*dataset.approved, dataset.meta))


def staged(dataset: Dataset, cycle: int) -> Scope:
    """The approved version and a cycle's staged graphs by name."""
    graphs = tuple(dataset.staged(cycle, change, g) for change in ("add", "remove") for g in dataset.approved)
    known = approved(dataset)
    return Scope(default=known.default, named=known.named + graphs)


class GraphStore(Protocol):
    """A server with one dataset per RAG.

    Reads raise StoreDown (no answer), TooSlow (over `timeout` seconds), QueryRefused (answer over
    `limit_bytes`), StoreError (the server says no, or its answer is broken). Writes raise StoreDown
    when their outcome is unknown, StoreError when nothing was written.
    A scope of None means `approved(dataset)`.
    """

    def select(
        self,
        dataset: Dataset,
        sparql: str,
        *,
        scope: Scope | None = None,
        timeout: float = SECONDS,
        limit_bytes: int = ANSWER_BYTES,
        limit_rows: int = ROWS,
    ) -> list[Row]:
        """The rows of a SELECT; the first `limit_rows` of them."""
        ...

    def ask(
        self, dataset: Dataset, sparql: str, *, scope: Scope | None = None, timeout: float = SECONDS
    ) -> bool: ...

    def construct(
        self,
        dataset: Dataset,
        sparql: str,
        *,
        scope: Scope | None = None,
        timeout: float = SECONDS,
        limit_bytes: int = ANSWER_BYTES,
    ) -> Graph:
        """The triples of a CONSTRUCT or DESCRIBE."""
        ...

    def update(self, dataset: Dataset, sparql: str, *, timeout: float = WRITE_SECONDS) -> None:
        """Run a trusted SPARQL Update request as one transaction."""
        ...

    def put(self, dataset: Dataset, graph: URIRef, ntriples: Iterable[bytes]) -> None:
        """Replace a named graph by these N-Triples, in one transaction."""
        ...

    def load(self, dataset: Dataset, graph: URIRef, ntriples: Iterable[bytes]) -> None:
        """Add N-Triples to a graph that nobody reads yet, fast: after a failure, any part may be there."""
        ...

    def get(self, dataset: Dataset, graph: URIRef) -> Iterator[bytes]:
        """A named graph as N-Triples, in pieces of any length; nothing if it does not exist."""
        ...

    def graphs(self, dataset: Dataset) -> frozenset[URIRef]:
        """The named graphs that exist; costs a scan on Fuseki."""
        ...

    def drop_graphs(self, dataset: Dataset, graphs: Iterable[URIRef]) -> None:
        """Remove these graphs, which nobody reads; those that do not exist count as removed.

        Small ones go in one transaction, after a failure any part of a large one may still be there.
        """
        ...

    def create(self, dataset: Dataset) -> None:
        """Make the dataset; nothing happens if it is there."""
        ...

    def destroy(self, dataset: Dataset) -> None:
        """Remove the dataset and all its graphs; nothing happens if it is not there."""
        ...

    def compact(self, dataset: Dataset) -> None:
        """Give back the room of what was overwritten, where the store does not by itself."""
        ...

    def turn(
        self, dataset: Dataset, mine: Flight, landed: Callable[[Flight], bool]
    ) -> AbstractContextManager[None]:
        """The one publishing section of this dataset, if the store itself does not serialise updates."""
        ...

    def ping(self) -> str:
        """Name and version of the server, with the credentials checked."""
        ...
