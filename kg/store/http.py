"""SPARQL 1.1 protocol and graph store protocol over HTTP, as both servers speak them."""

import http.client
import time
import urllib.error
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import RawIOBase
from typing import IO, cast

import httpx
import pyoxigraph
from rdflib import Graph, URIRef
from SPARQLWrapper import JSON, POST, POSTDIRECTLY, TURTLE, SPARQLExceptions, SPARQLWrapper

from kg.errors import BadInput, QueryRefused, StoreAway, StoreDown, StoreError, TooSlow
from kg.store import Row, Scope
from kg.store.terms import nt, read
from kg.tracing import span

CONNECT_SECONDS = 5.0
_AWAY = (urllib.error.URLError, ConnectionError, http.client.HTTPException)
# between us and the store: what happened behind them is not known
_GATEWAY = frozenset((502, 503, 504))


class _Answer(RawIOBase):
    """An answer's bytes, up to a number of them and a moment; a short answer is an error, not an end."""

    def __init__(self, response: IO[bytes], limit_bytes: int, timeout: float) -> None:
        self._response, self._left, self._limit = response, limit_bytes, limit_bytes
        self._timeout, self._end = timeout, time.monotonic() + timeout

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if time.monotonic() > self._end:
            raise TooSlow(self._timeout)
        try:
            piece = self._response.read(65536 if size < 0 else min(size, 65536))
        except TimeoutError:
            raise TooSlow(self._timeout) from None
        except (OSError, http.client.HTTPException) as e:
            raise StoreDown(f"the graph store broke off in mid-answer: {e}") from e
        self._left -= len(piece)
        if self._left < 0:
            raise QueryRefused(f"the answer is larger than {self._limit:,} bytes")
        return piece

    def all(self) -> bytes:
        return b"".join(iter(self.read, b""))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The three addresses of a dataset, with the credentials for them.

    `limit` is the parameter by which this kind of server is told a query's seconds, if it can be.
    """

    query: str
    update: str
    graphs: str
    user: str = ""
    password: str = ""
    limit: str = ""

    @property
    def auth(self) -> httpx.BasicAuth | None:
        return httpx.BasicAuth(self.user, self.password) if self.user else None

    def _wrapper(self, form: str, text: str, timeout: float) -> SPARQLWrapper:
        wrapper = SPARQLWrapper(self.query, self.update)
        wrapper.setMethod(POST)
        wrapper.setRequestMethod(POSTDIRECTLY)  # no form: those are limited to 25 MiB on Fuseki
        wrapper.setReturnFormat(JSON)
        wrapper.setOnlyConneg(True)
        # seconds of silence on the socket; whole ones only, and 0 would mean for ever
        wrapper.setTimeout(max(1, round(timeout)))
        if self.user:
            wrapper.setCredentials(self.user, self.password)
        # set, not `setQuery`: its regular expressions take seconds on megabytes of text
        wrapper.queryString, wrapper.queryType = text, form
        return wrapper

    def _read(self, form: str, text: str, scope: Scope, timeout: float, limit_bytes: int) -> _Answer:
        wrapper = self._wrapper(form, text, timeout)
        for graph in scope.default:
            wrapper.addParameter("default-graph-uri", str(graph))
        for graph in scope.named:
            wrapper.addParameter("named-graph-uri", str(graph))
        if self.limit:
            wrapper.addParameter(self.limit, str(max(1, round(timeout))))  # Fuseki reads whole ones only
        if form == "CONSTRUCT":
            wrapper.setReturnFormat(TURTLE)
            wrapper.addCustomHttpHeader("Accept", "application/n-triples")
        try:
            response = wrapper.query().response
        except TimeoutError:
            raise TooSlow(timeout) from None
        except SPARQLExceptions.SPARQLWrapperException as e:
            raise StoreError(f"the graph store refused a query: {e}") from e
        except urllib.error.HTTPError as e:
            with e:
                if e.code in _GATEWAY:  # Fuseki says 503 when its own time limit is over
                    raise TooSlow(timeout) from None
                raise StoreError(f"the graph store answered {e.code} to a query") from None
        except _AWAY as e:
            raise _down(e) from e
        return _Answer(cast(IO[bytes], response), limit_bytes, timeout)

    @span("store SELECT")
    def select(self, text: str, scope: Scope, timeout: float, limit_bytes: int, limit_rows: int) -> list[Row]:
        answer = self._read("SELECT", text, scope, timeout, limit_bytes)
        rows: list[Row] = []
        try:
            solutions = pyoxigraph.parse_query_results(
                cast(IO[bytes], answer), pyoxigraph.QueryResultsFormat.JSON
            )
            if not isinstance(solutions, pyoxigraph.QuerySolutions):
                raise StoreError("the graph store answered no rows to a SELECT")
            names = [v.value for v in solutions.variables]
            for solution in solutions:
                if len(rows) >= limit_rows:
                    break
                rows.append({n: read(t) for n in names if (t := solution[n]) is not None})
        except BadInput as e:
            raise QueryRefused(str(e)) from e
        except (SyntaxError, OSError) as e:
            raise _broken(e) from e
        finally:
            answer._response.close()
        return rows

    @span("store ASK")
    def ask(self, text: str, scope: Scope, timeout: float) -> bool:
        answer = self._read("ASK", text, scope, timeout, 2**16)
        try:
            found = pyoxigraph.parse_query_results(answer.all(), pyoxigraph.QueryResultsFormat.JSON)
        except SyntaxError as e:
            raise _broken(e) from e
        finally:
            answer._response.close()
        if not isinstance(found, pyoxigraph.QueryBoolean):
            raise StoreError("the graph store answered rows to an ASK")
        return bool(found)

    @span("store CONSTRUCT")
    def construct(self, text: str, scope: Scope, timeout: float, limit_bytes: int) -> Graph:
        answer = self._read("CONSTRUCT", text, scope, timeout, limit_bytes)
        graph = Graph()
        try:
            for quad in pyoxigraph.parse(answer.all(), pyoxigraph.RdfFormat.N_TRIPLES):
                graph.add((read(quad.subject), read(quad.predicate), read(quad.object)))
        except BadInput as e:
            raise QueryRefused(str(e)) from e
        except SyntaxError as e:
            raise _broken(e) from e
        finally:
            answer._response.close()
        return graph

    @span("store UPDATE")
    def change(self, text: str, timeout: float) -> None:
        """Run an update request."""
        try:
            with self._wrapper("INSERT", text, timeout).query().response as response:
                response.read()
        except SPARQLExceptions.SPARQLWrapperException as e:
            raise StoreError(f"the graph store refused an update: {e}") from e
        except urllib.error.HTTPError as e:
            with e:
                if e.code in _GATEWAY:
                    raise StoreDown(f"the graph store answered {e.code} to an update") from None
                raise StoreError(f"the graph store answered {e.code} to an update") from None
        except (*_AWAY, TimeoutError) as e:
            raise _down(e) from e

    @span("store SEND")
    def send(
        self, method: str, graph: URIRef, ntriples: Iterable[bytes], timeout: float, **params: str
    ) -> None:
        """PUT (replace) or POST (add) a graph's N-Triples, streaming."""
        answer = self.request(
            method,
            self.graphs,
            params={"graph": str(graph), **params},
            content=iter(ntriples),
            headers={"Content-Type": "application/n-triples"},
            timeout=httpx.Timeout(timeout, connect=CONNECT_SECONDS),
        )
        expect(answer, 200, 201, 204)

    def get(self, graph: URIRef, timeout: float) -> Iterator[bytes]:
        try:
            with (
                span("store GET", current=False),
                httpx.stream(
                    "GET",
                    self.graphs,
                    params={"graph": str(graph)},
                    headers={"Accept": "application/n-triples"},
                    auth=self.auth,
                    timeout=httpx.Timeout(timeout, connect=CONNECT_SECONDS),
                ) as answer,
            ):
                if answer.status_code == 404:
                    return
                if answer.status_code != 200:
                    raise StoreError(f"the graph store answered {answer.status_code} for {graph}")
                yield from answer.iter_bytes(2**18)
        except httpx.ConnectError as e:
            raise StoreAway(f"the graph store does not answer: {e}") from e
        except httpx.TransportError as e:
            raise StoreDown(f"the graph store does not answer: {e}") from e

    def request(self, method: str, url: str, **options: object) -> httpx.Response:
        try:
            return httpx.request(method, url, auth=self.auth, **options)  # type: ignore[arg-type]
        except httpx.TransportError as e:
            raise StoreDown(f"the graph store does not answer: {e!r}") from e


def _down(why: BaseException) -> StoreDown:
    refused = isinstance(getattr(why, "reason", why), ConnectionRefusedError)
    return (StoreAway if refused else StoreDown)(f"the graph store does not answer: {why}")


def expect(answer: httpx.Response, *codes: int) -> httpx.Response:
    """The answer if it has one of these statuses; else StoreDown from a gateway, StoreError."""
    if answer.status_code in codes:
        return answer
    error = StoreDown if answer.status_code in _GATEWAY else StoreError
    raise error(f"the graph store answered {answer.status_code}: {answer.text[:300]}")


def _broken(why: BaseException) -> StoreError:
    """A broken answer: usually cut short by the server's own time limit, which still says 200."""
    return StoreError(f"the graph store's answer is cut short or broken: {why}")


def drop(graphs: Iterable[URIRef]) -> str:
    """One update request that removes these graphs."""
    return " ;\n".join(f"DROP SILENT GRAPH {nt(g)}" for g in graphs)
