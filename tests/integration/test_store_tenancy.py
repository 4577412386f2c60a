"""One RAG never sees another, whatever the query says: on both stores, with and without the parser."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rdflib import Literal
from rdflib.namespace import RDFS

from kg.errors import QueryRefused, StoreError, TooSlow
from kg.store import GraphStore
from kg.store.oxigraph import Oxigraph
from kg.store.sparql import checked, run
from kg.store.terms import nt
from kg.vocab import Dataset
from tests import servers

SECRET = "the secret of the other team"


@dataclass(frozen=True)
class Neighbours:
    """Two RAGs in one store; the other holds a secret in each of its graphs."""

    store: GraphStore
    ours: Dataset
    theirs: Dataset


@pytest.fixture
def neighbours(graph_store: GraphStore, dataset: Dataset) -> Iterator[Neighbours]:
    theirs = Dataset(dataset.base, dataset.rag_id + 50_000)
    graph_store.create(theirs)
    for owner, word in ((dataset, "ours"), (theirs, SECRET)):
        for graph in (*owner.approved, owner.meta, owner.staged(1, "add", owner.facts)):
            graph_store.put(owner, graph, [f"<urn:s> {nt(RDFS.label)} {nt(Literal(word))} .\n".encode()])
    yield Neighbours(graph_store, dataset, theirs)
    graph_store.destroy(theirs)


QUERIES = {
    "default": "SELECT ?o {{ ?s ?p ?o }}",
    "from": "SELECT ?o FROM <{g}> {{ ?s ?p ?o }}",
    "from named": "SELECT ?o FROM NAMED <{g}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "both": "SELECT ?o FROM <{g}> FROM NAMED <{g}> {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?h {{ ?s ?p ?o }} }} }}",
    "graph": "SELECT ?o {{ GRAPH <{g}> {{ ?s ?p ?o }} }}",
    "graph variable": "SELECT ?o {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "graph by values": "SELECT ?o {{ VALUES ?g {{ <{g}> }} GRAPH ?g {{ ?s ?p ?o }} }}",
    "exists": "SELECT ('" + SECRET + "' AS ?o) {{ FILTER EXISTS {{ GRAPH <{g}> {{ ?s ?p ?x }} }} }}",
    "sub-select": "SELECT ?o {{ {{ SELECT ?o {{ GRAPH <{g}> {{ ?s ?p ?o }} }} }} }}",
    "minus": "SELECT ('" + SECRET + "' AS ?o) {{ ?s ?p ?y MINUS {{ ?s ?p ?z FILTER NOT EXISTS "
    "{{ GRAPH <{g}> {{ ?s ?p ?x }} }} }} }}",
    "path": "SELECT ?o {{ GRAPH ?g {{ ?s (<urn:none>|!<urn:none>)* ?o }} }}",
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_the_protocol_alone_keeps_the_other_out(neighbours: Neighbours, query: str) -> None:
    """As if the parser had let everything through."""
    for graph in (*neighbours.theirs.approved, neighbours.theirs.meta):
        rows = neighbours.store.select(neighbours.ours, query.format(g=graph))
        assert SECRET not in {str(r.get("o")) for r in rows}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_checked_queries_see_the_approved_graphs_only(neighbours: Neighbours, query: str) -> None:
    text = query.format(g=neighbours.theirs.facts)
    try:
        allowed = checked(text, neighbours.ours)
    except QueryRefused:
        return
    answer = run(neighbours.store, neighbours.ours, allowed)
    assert SECRET not in {str(r.get("o")) for r in answer.rows}


def test_from_one_of_ours(neighbours: Neighbours) -> None:
    ours = neighbours.ours
    named = checked(f"SELECT ?g FROM <{ours.facts}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", ours)
    assert run(neighbours.store, ours, named).rows == [], "no FROM NAMED, no named graphs"
    default = checked(f"SELECT ?o FROM NAMED <{ours.facts}> {{ ?s ?p ?o }}", ours)
    assert run(neighbours.store, ours, default).rows == [], "no FROM, no default graph"
    both = checked(f"SELECT ?g FROM NAMED <{ours.facts}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", ours)
    assert run(neighbours.store, ours, both).rows == [{"g": ours.facts}]


def test_describe_and_construct_stay_inside(neighbours: Neighbours) -> None:
    for text in (
        "DESCRIBE <urn:s>",
        "CONSTRUCT { ?s ?p ?o } WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }",
    ):
        answer = run(neighbours.store, neighbours.ours, checked(text, neighbours.ours))
        assert answer.graph is not None
        assert {str(o) for o in answer.graph.objects()} == {"ours"}


def test_service_to_itself_is_refused(neighbours: Neighbours) -> None:
    url = getattr(neighbours.store, "url", "") + "/query"
    text = f"SELECT ?o {{ SERVICE <{url}> {{ GRAPH <{neighbours.theirs.facts}> {{ ?s ?p ?o }} }} }}"
    with pytest.raises(QueryRefused):
        checked(text, neighbours.ours)
    if not isinstance(neighbours.store, Oxigraph):  # which cannot switch SERVICE off
        with pytest.raises(StoreError):
            neighbours.store.select(neighbours.ours, text)


def test_destroying_one_leaves_the_other(neighbours: Neighbours) -> None:
    neighbours.store.destroy(neighbours.ours)
    assert neighbours.store.ask(neighbours.theirs, "ASK { ?s ?p ?o }")
    neighbours.store.create(neighbours.ours)
    assert not neighbours.store.ask(neighbours.ours, "ASK { ?s ?p ?o }")


@pytest.fixture
def many(graph_store: GraphStore, dataset: Dataset, tmp_path: Path) -> Iterator[GraphStore]:
    """2,000 triples: a product of three is eight thousand million rows.

    Oxigraph is one of its own: what it goes on sorting for a client that gave up ends with it.
    """
    with contextlib.ExitStack() as ending:
        if isinstance(graph_store, Oxigraph):
            graph_store = Oxigraph(ending.enter_context(servers.own(servers.oxigraph, tmp_path)).url)
            graph_store.create(dataset)
        lines = [
            f"<urn:s{n}> {nt(RDFS.label)} {nt(Literal('x' * 50 + str(n)))} .\n".encode() for n in range(2000)
        ]
        graph_store.put(dataset, dataset.facts, lines)
        yield graph_store


PRODUCT = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def test_a_product_is_cut_at_the_limit(many: GraphStore, dataset: Dataset) -> None:
    answer = run(many, dataset, checked(f"SELECT * {PRODUCT}", dataset, limit=100))
    assert len(answer.rows) == 100
    assert answer.cut
    assert answer.names == tuple("abcdefghi")
    whole = run(many, dataset, checked("SELECT * { <urn:s1> ?b ?c }", dataset, limit=100))
    assert len(whole.rows) == 1
    assert not whole.cut


def test_a_huge_limit_is_cut_as_well(many: GraphStore, dataset: Dataset) -> None:
    query = checked(f"SELECT * {PRODUCT} LIMIT 4000000000", dataset, limit=100)
    assert len(run(many, dataset, query).rows) == 100
    big = checked(f"CONSTRUCT {{ ?a ?e ?i . ?d ?e ?c }} {PRODUCT} LIMIT 4000000000", dataset)
    with pytest.raises((QueryRefused, TooSlow)):
        run(many, dataset, big, limit_bytes=2**20, timeout=5)


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT (COUNT(*) AS ?n) {PRODUCT}",
        f"SELECT * {PRODUCT} ORDER BY ?c ?f ?i",
        f"SELECT DISTINCT ?x {PRODUCT[:-1]} BIND(1 AS ?x) }}",
        f"ASK {PRODUCT[:-1]} FILTER(STRLEN(CONCAT(?c, ?f, ?i)) < 3) }}",
        f"SELECT (GROUP_CONCAT(?c) AS ?x) {PRODUCT}",
    ],
)
def test_a_product_that_counts_is_stopped_in_time(many: GraphStore, dataset: Dataset, query: str) -> None:
    begun = time.monotonic()
    with pytest.raises((TooSlow, StoreError)):
        run(many, dataset, checked(query, dataset), timeout=2)
    assert time.monotonic() - begun < 6
    begun = time.monotonic()
    assert many.ask(dataset, "ASK { <urn:s1> ?p ?o }"), "others are served meanwhile"
    assert time.monotonic() - begun < 5
