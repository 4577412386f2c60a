"""Apache Jena Fuseki: one TDB2 dataset per RAG, made through the admin API, behind Shiro.

The dataset is the wall between RAGs. Reads still name their graphs, so that a query sees the same
default graph as on Oxigraph.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import httpx
from rdflib import Graph, URIRef

from kg.errors import StoreError
from kg.store import ANSWER_BYTES, ROWS, SECONDS, WRITE_SECONDS, Row, Scope, approved
from kg.store.http import Endpoint, drop, expect
from kg.store.turns import Flight
from kg.vocab import Dataset

_GRAPH_NAMES = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"


@dataclass(frozen=True, slots=True)
class Fuseki:
    url: str
    user: str = ""
    password: str = field(default="", repr=False)

    def _endpoint(self, dataset: Dataset) -> Endpoint:
        root = f"{self.url.rstrip('/')}/{dataset.name}"
        return Endpoint(
            f"{root}/query", f"{root}/update", f"{root}/data", self.user, self.password, limit="timeout"
        )

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
        return self._endpoint(dataset).select(sparql, wall, timeout, limit_bytes, limit_rows)

    def ask(
        self, dataset: Dataset, sparql: str, *, scope: Scope | None = None, timeout: float = SECONDS
    ) -> bool:
        return self._endpoint(dataset).ask(sparql, scope or approved(dataset), timeout)

    def construct(
        self,
        dataset: Dataset,
        sparql: str,
        *,
        scope: Scope | None = None,
        timeout: float = SECONDS,
        limit_bytes: int = ANSWER_BYTES,
    ) -> Graph:
        return self._endpoint(dataset).construct(sparql, scope or approved(dataset), timeout, limit_bytes)

    def update(self, dataset: Dataset, sparql: str, *, timeout: float = WRITE_SECONDS) -> None:
        self._endpoint(dataset).change(sparql, timeout)

    def put(self, dataset: Dataset, graph: URIRef, ntriples: Iterable[bytes]) -> None:
        self._endpoint(dataset).send("PUT", graph, ntriples, WRITE_SECONDS)

    def load(self, dataset: Dataset, graph: URIRef, ntriples: Iterable[bytes]) -> None:
        self._endpoint(dataset).send("POST", graph, ntriples, WRITE_SECONDS)

    def get(self, dataset: Dataset, graph: URIRef) -> Iterator[bytes]:
        return self._endpoint(dataset).get(graph, WRITE_SECONDS)

    def graphs(self, dataset: Dataset) -> frozenset[URIRef]:
        everything = Scope(default=(), named=())
        rows = self._endpoint(dataset).select(_GRAPH_NAMES, everything, WRITE_SECONDS, ANSWER_BYTES, ROWS)
        return frozenset(URIRef(r["g"]) for r in rows)

    def drop_graphs(self, dataset: Dataset, graphs: Iterable[URIRef]) -> None:
        self.update(dataset, drop(graphs))

    def create(self, dataset: Dataset) -> None:
        answer = self._admin("POST", "datasets", data={"dbName": dataset.name, "dbType": "tdb2"})
        expect(answer, 200, 409)  # 409: it is there already

    def destroy(self, dataset: Dataset) -> None:
        expect(self._admin("DELETE", f"datasets/{dataset.name}"), 200, 404)
        if self._admin("GET", f"datasets/{dataset.name}").status_code != 404:
            raise StoreError(f"Fuseki said that it removed {dataset.name}, but it is still there")

    def compact(self, dataset: Dataset) -> None:
        expect(self._admin("POST", f"compact/{dataset.name}", params={"deleteOld": "true"}), 200)

    def turn(
        self, dataset: Dataset, mine: Flight, landed: Callable[[Flight], bool]
    ) -> AbstractContextManager[None]:
        return nullcontext()  # TDB2 runs one update at a time

    def ping(self) -> str:
        answer = expect(self._admin("GET", "server", timeout=5.0), 200)
        return f"Fuseki {answer.json().get('version', '')}".strip()

    def _admin(self, method: str, path: str, timeout: float = 60.0, **options: object) -> httpx.Response:
        """One call of the admin API, `/$/path`."""
        endpoint = Endpoint("", "", "", self.user, self.password)
        return endpoint.request(method, f"{self.url.rstrip('/')}/$/{path}", timeout=timeout, **options)
