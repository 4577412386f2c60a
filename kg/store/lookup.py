"""Lookups by subject and by object, in batches of VALUES: what reading the graph rests on.

A staged view asks the same of three graphs: approved, plus the staged additions, less the removals. What is
laid over the version without being staged is asked in memory.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import BinaryIO, TypeVar, cast

import pyoxigraph
from rdflib import URIRef

from kg import contents
from kg.contents import Said
from kg.errors import BadInput
from kg.model import Term
from kg.queries import bind
from kg.rdf import Triple
from kg.store import GraphStore, Row, Scope, approved, staged
from kg.store.laid import CYCLE, Laid
from kg.store.terms import nt, read
from kg.vocab import Dataset

BATCH = 400  # terms in one VALUES

T = TypeVar("T")


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


class Lookup:
    """One dataset's graphs; with `cycle`, as if all that is staged there were approved; with `laid`, that."""

    def __init__(
        self, store: GraphStore, dataset: Dataset, cycle: int | None = None, laid: Laid | None = None
    ) -> None:
        self.store, self.dataset, self._laid = store, dataset, laid
        self._scope: Scope = approved(dataset) if cycle is None or laid else staged(dataset, cycle)
        self.cycle = CYCLE if laid else cycle

    def _staged(self, change: str, graph: URIRef) -> URIRef:
        if self.cycle is None:
            raise BadInput("nothing is staged in an approved version")
        return self.dataset.staged(self.cycle, change, graph)

    def layers(self, graph: URIRef) -> Sequence[tuple[int, URIRef]]:
        """The graphs to ask, with what their answers count: 1 gained, -1 lost."""
        if self.cycle is None:
            return ((1, graph),)
        return ((1, graph), (1, self._staged("add", graph)), (-1, self._staged("remove", graph)))

    def rows(self, query: str, **values: Term | int | Iterable[Term]) -> list[Row]:
        if self._laid and values.get("graph") in self._laid.graphs:
            return self._laid.select(bind(query, **values))
        return self.store.select(self.dataset, bind(query, **values), scope=self._scope)

    def select(self, graph: URIRef, query: str, **values: Term | int | Iterable[Term]) -> list[Row]:
        """Rows of all layers: what is gained less what is lost."""
        found: dict[tuple[tuple[str, Term], ...], None] = {}
        lost: set[tuple[tuple[str, Term], ...]] = set()
        for sign, layer in self.layers(graph):
            for row in self.rows(query, graph=layer, **values):
                key = tuple(sorted(row.items()))
                if sign > 0:
                    found[key] = None
                else:
                    lost.add(key)
        return [dict(key) for key in found if key not in lost]

    def about(
        self, graph: URIRef, subjects: Sequence[URIRef], predicates: Sequence[URIRef] = ()
    ) -> Mapping[URIRef, Said]:
        triples: list[Triple] = []
        for part in batches(subjects):
            if predicates:
                rows = self.select(graph, "about_only.rq", subjects=part, predicates=predicates)
            else:
                rows = self.select(graph, "about.rq", subjects=part)
            triples.extend((cast(URIRef, r["s"]), cast(URIRef, r["p"]), r["o"]) for r in rows)
        return contents.by_subject(triples)

    def with_nodes(
        self, holders: Sequence[URIRef], predicates: Sequence[URIRef] = ()
    ) -> Mapping[URIRef, Said]:
        """The provenance of these holders and of their evidence, periods and qualifiers."""
        said = self.about(self.dataset.provenance, holders, predicates)
        below = sorted({n for s in said.values() for n in contents.nodes(s)})
        return {**said, **self.about(self.dataset.provenance, below)}

    def pointing(
        self, graph: URIRef, predicate: URIRef, objects: Iterable[Term]
    ) -> Iterator[tuple[URIRef, Term]]:
        for part in batches(objects):
            for row in self.select(graph, "pointing.rq", predicate=predicate, objects=part):
                yield cast(URIRef, row["s"]), row["o"]

    def pointing_few(
        self, graph: URIRef, predicate: URIRef, objects: Sequence[Term], most: int
    ) -> Iterator[tuple[URIRef, Term]]:
        """As `pointing`, without the objects that more than `most` point to: these are not even counted,
        since that would cost what the graph is large."""
        for part in batches(objects):
            yield from self._few(graph, predicate, part, most)

    def _few(
        self, graph: URIRef, predicate: URIRef, objects: Sequence[Term], most: int
    ) -> Iterator[tuple[URIRef, Term]]:
        limit = most + 4 * len(objects)
        found: set[tuple[URIRef, Term]] = set()
        for sign, layer in self.layers(graph):
            rows = self.rows(
                "pointing_few.rq", graph=layer, predicate=predicate, objects=objects, limit=limit
            )
            if len(rows) >= limit and len(objects) > 1:
                half = len(objects) // 2
                yield from self._few(graph, predicate, objects[:half], most)
                yield from self._few(graph, predicate, objects[half:], most)
                return
            pairs = {(cast(URIRef, r["s"]), r["o"]) for r in rows}
            found = found | pairs if sign > 0 else found - pairs
        if len(objects) > 1 or len(found) <= most:
            yield from sorted(found, key=lambda pair: (nt(pair[1]), pair[0]))

    def near(self, iri: URIRef, limit: int) -> list[Triple]:
        out = self.select(self.dataset.facts, "facts_out.rq", subject=iri, limit=limit)
        found: list[Triple] = [(iri, cast(URIRef, r["p"]), r["o"]) for r in out]
        into = self.select(self.dataset.facts, "facts_in.rq", object=iri, limit=limit)
        found.extend((cast(URIRef, r["s"]), cast(URIRef, r["p"]), iri) for r in into)
        return sorted(set(found), key=lambda t: (t[0], t[1], nt(t[2])))

    def near_any(self, iris: Iterable[URIRef], limit: int) -> set[Triple]:
        """As `near` of each, many at a time: Oxigraph keeps a thread for a minute after every query."""
        return {t for part in batches(iris) for t in self._near_some(part, limit)}

    def _near_some(self, iris: Sequence[URIRef], limit: int) -> set[Triple]:
        if len(iris) == 1:
            return set(self.near(iris[0], limit))
        found: set[Triple] = set()
        for query in ("facts_out_of.rq", "facts_into.rq"):
            for sign, layer in self.layers(self.dataset.facts):
                rows = self.rows(query, graph=layer, things=iris, limit=limit)
                if len(rows) >= limit:  # one of them may have more than it may
                    half = len(iris) // 2
                    return self._near_some(iris[:half], limit) | self._near_some(iris[half:], limit)
                triples = {(cast(URIRef, r["s"]), cast(URIRef, r["p"]), r["o"]) for r in rows}
                found = found | triples if sign > 0 else found - triples
        return found

    def all(self, graph: URIRef) -> set[Triple]:
        """Every triple: for the ontology graph, which is small."""
        found = set(self.whole(graph))
        if self.cycle is not None:
            found |= set(self.whole(self._staged("add", graph)))
            found -= set(self.whole(self._staged("remove", graph)))
        return found

    def whole(self, graph: URIRef) -> Iterator[Triple]:
        for t in self.stream(graph):
            yield (cast(URIRef, read(t.subject)), cast(URIRef, read(t.predicate)), read(t.object))

    def stream(self, graph: URIRef) -> Iterator[pyoxigraph.Quad | pyoxigraph.Triple]:
        if self._laid and graph in self._laid.graphs:
            yield from self._laid.stream(graph)
            return
        pieces = cast(BinaryIO, _Pieces(self.store.get(self.dataset, graph)))
        yield from pyoxigraph.parse(pieces, pyoxigraph.RdfFormat.N_TRIPLES)


class _Pieces:
    """Pieces of bytes as the file that a parser reads from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def read(self, size: int = -1) -> bytes:
        if not self._rest:
            self._rest = next(self._pieces, b"")
        if size < 0:
            size = len(self._rest)
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece
