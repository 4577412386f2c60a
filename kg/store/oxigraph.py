"""Oxigraph server: all RAGs in one store, told apart by the first part of their graphs' IRIs.

It has no users and SERVICE cannot be switched off: run it on loopback only, and give it no query
that `kg.store.sparql.checked` has not parsed. Every read names the graphs that it may see in
`default-graph-uri` and `named-graph-uri`, which win over FROM, FROM NAMED and GRAPH in the query.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rdflib import Graph, URIRef

from kg.store import ANSWER_BYTES, ROWS, SECONDS, WRITE_SECONDS, Row, Scope, approved
from kg.store.http import Endpoint, drop, expect
from kg.store.terms import nt
from kg.store.turns import Flight, turn
from kg.vocab import Dataset

_GRAPH_NAMES = "SELECT ?g WHERE { GRAPH ?g { } }"
# what it loads, or removes in a transaction, it holds in memory: 1 GB of a million triples loaded at once
LOADED_AT_ONCE = 16 * 2**20  # bytes
DROPPED_AT_ONCE = 100_000  # triples


@dataclass(frozen=True, slots=True)
class Oxigraph:
    url: str
    turns: Path | None = None  # where publishers of this installation take turns; see `kg.store.turns`

    @property
    def _endpoint(self) -> Endpoint:
        root = self.url.rstrip("/")
        return Endpoint(f"{root}/query", f"{root}/update", f"{root}/store")

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
        wall = scope or approved(dataset)
        return self._endpoint.select(sparql, wall, timeout, limit_bytes, limit_rows)

    def ask(
        self, dataset: Dataset, sparql: str, *, scope: Scope | None = None, timeout: float = SECONDS
    ) -> bool:
        return self._endpoint.ask(sparql, scope or approved(dataset), timeout)

    def construct(
        self,
        dataset: Dataset,
        sparql: str,
        *,
        scope: Scope | None = None,
        timeout: float = SECONDS,
        limit_bytes: int = ANSWER_BYTES,
    ) -> Graph:
        return self._endpoint.construct(sparql, scope or approved(dataset), timeout, limit_bytes)

    def update(self, dataset: Dataset, sparql: str, *, timeout: float = WRITE_SECONDS) -> None:
        self._endpoint.change(sparql, timeout)

    def put(self, dataset: Dataset, graph: URIRef, ntriples: Iterable[bytes]) -> None:
        self._endpoint.send("PUT", graph, ntriples, WRITE_SECONDS)

    def load(self, dataset: Dataset, graph: URIRef, ntriples: Iterable[bytes]) -> None:
        # its bulk loader: eight times faster than a transaction
        for piece in _pieces(ntriples):
            self._endpoint.send("POST", graph, piece, WRITE_SECONDS, no_transaction="")

    def get(self, dataset: Dataset, graph: URIRef) -> Iterator[bytes]:
        return self._endpoint.get(graph, WRITE_SECONDS)

    def graphs(self, dataset: Dataset) -> frozenset[URIRef]:
        everything = Scope(default=(), named=())
        rows = self._endpoint.select(_GRAPH_NAMES, everything, SECONDS, ANSWER_BYTES, ROWS)
        return frozenset(URIRef(r["g"]) for r in rows if str(r["g"]).startswith(dataset.root))

    def drop_graphs(self, dataset: Dataset, graphs: Iterable[URIRef]) -> None:
        named = tuple(graphs)
        for graph in named:
            while self._is_large(graph):
                self.update(dataset, _less(graph))
        self.update(dataset, drop(named))

    def _is_large(self, graph: URIRef) -> bool:
        text = f"ASK {{ SELECT ?s {{ GRAPH {nt(graph)} {{ ?s ?p ?o }} }} OFFSET {DROPPED_AT_ONCE} LIMIT 1 }}"
        return self._endpoint.ask(text, Scope(default=(), named=(graph,)), WRITE_SECONDS)

    def create(self, dataset: Dataset) -> None:
        """Nothing to make: a graph exists once it has a triple."""

    def destroy(self, dataset: Dataset) -> None:
        self.drop_graphs(dataset, self.graphs(dataset))

    def compact(self, dataset: Dataset) -> None:
        """Nothing to do: RocksDB compacts by itself."""

    def turn(
        self, dataset: Dataset, mine: Flight, landed: Callable[[Flight], bool]
    ) -> AbstractContextManager[None]:
        # the port, for localhost and 127.0.0.1 are one
        return turn(f"{urlsplit(self.url).port}/{dataset.name}", mine, landed, self.turns)

    def ping(self) -> str:
        answer = expect(self._endpoint.request("GET", f"{self.url.rstrip('/')}/", timeout=5.0), 200)
        return answer.headers.get("server", "Oxigraph").replace("/", " ")


def _less(graph: URIRef) -> str:
    """Takes so many triples out of a graph that nobody reads."""
    triples = f"GRAPH {nt(graph)} {{ ?s ?p ?o }}"
    return f"DELETE {{ {triples} }} WHERE {{ SELECT ?s ?p ?o {{ {triples} }} LIMIT {DROPPED_AT_ONCE} }}"


def _pieces(ntriples: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Of about `LOADED_AT_ONCE`, cut where a line ends."""
    piece: list[bytes] = []
    size = 0
    for part in ntriples:
        piece.append(part)
        size += len(part)
        if size >= LOADED_AT_ONCE and part.endswith(b"\n"):
            yield piece
            piece, size = [], 0
    if piece:
        yield piece
