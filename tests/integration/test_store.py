"""Both stores keep what they are given, and say what went wrong."""

from typing import Any

import pytest
from rdflib import Literal, URIRef
from rdflib.namespace import RDFS, XSD

from kg.errors import StoreDown, StoreError
from kg.store import GraphStore, Scope, oxigraph
from kg.store.fuseki import Fuseki
from kg.store.http import Endpoint
from kg.store.oxigraph import Oxigraph
from kg.store.terms import canonical, nt
from kg.vocab import Dataset
from tests import servers

ALICE = URIRef("https://portal.example/alice")


def put(store: GraphStore, dataset: Dataset, graph: URIRef, *objects: Literal) -> None:
    store.put(dataset, graph, (f"{nt(ALICE)} {nt(RDFS.label)} {nt(o)} .\n".encode() for o in objects))


def test_put_get_select_ask_construct(graph_store: GraphStore, dataset: Dataset) -> None:
    put(graph_store, dataset, dataset.facts, Literal("Alice"), Literal("Алиса", lang="ru"))
    got = b"".join(graph_store.get(dataset, dataset.facts))
    assert len(got.splitlines()) == 2
    rows = graph_store.select(dataset, f"SELECT ?o WHERE {{ GRAPH {nt(dataset.facts)} {{ ?s ?p ?o }} }}")
    assert {r["o"] for r in rows} == {Literal("Alice"), Literal("Алиса", lang="ru")}
    assert graph_store.ask(dataset, 'ASK { ?s ?p "Alice" }')
    assert not graph_store.ask(dataset, 'ASK { ?s ?p "Bob" }')
    assert len(graph_store.construct(dataset, "CONSTRUCT WHERE { ?s ?p ?o }")) == 2
    put(graph_store, dataset, dataset.facts, Literal("Bob"))
    assert b"Alice" not in b"".join(graph_store.get(dataset, dataset.facts)), "put replaces"
    assert graph_store.graphs(dataset) == {dataset.facts}
    graph_store.drop_graphs(dataset, [dataset.facts, dataset.meta])
    assert b"".join(graph_store.get(dataset, dataset.facts)) == b""
    assert "." in graph_store.ping()


def test_load_adds(graph_store: GraphStore, dataset: Dataset) -> None:
    line = f"{nt(ALICE)} {nt(RDFS.label)} 'x%d' .\n".replace("'", '"')
    graph_store.load(dataset, dataset.facts, ((line % n).encode() for n in range(5_000)))
    graph_store.load(dataset, dataset.facts, [(line % 5_000).encode()])
    assert len(b"".join(graph_store.get(dataset, dataset.facts)).splitlines()) == 5_001
    with pytest.raises(StoreError):
        graph_store.load(dataset, dataset.facts, [b"not N-Triples"])


def test_much_goes_in_and_out_of_oxigraph_in_pieces(
    oxigraph_server: servers.Server, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it takes at once it holds in memory: 1 GB of a million triples."""
    monkeypatch.setattr(oxigraph, "LOADED_AT_ONCE", 10_000)
    monkeypatch.setattr(oxigraph, "DROPPED_AT_ONCE", 300)
    store = Oxigraph(oxigraph_server.url)
    asked = written(monkeypatch)
    lines = [f'{nt(ALICE)} {nt(RDFS.label)} "{n}" .\n'.encode() for n in range(1_000)]
    store.load(dataset, dataset.facts, lines)
    assert sum("no_transaction" in a for a in asked) == len(b"".join(lines)) // 10_000 + 1
    put(store, dataset, dataset.meta, Literal("stays"))
    assert len(b"".join(store.get(dataset, dataset.facts)).splitlines()) == 1_000
    asked.clear()
    store.drop_graphs(dataset, [dataset.facts, dataset.ontology])
    assert sum("update" in a for a in asked) == 4  # 300, 300, 300, and what is left
    assert b"".join(store.get(dataset, dataset.facts)) == b""
    assert len(b"".join(store.get(dataset, dataset.meta)).splitlines()) == 1
    store.destroy(dataset)


def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written to the store from now on: method, address and parameters."""
    seen: list[str] = []
    request, change = Endpoint.request, Endpoint.change

    def requested(self: Endpoint, method: str, url: str, **how: Any) -> Any:
        seen.append(f"{method} {url} {how.get('params')}")
        return request(self, method, url, **how)

    def changed(self: Endpoint, text: str, timeout: float) -> None:
        seen.append("update")
        change(self, text, timeout)

    monkeypatch.setattr(Endpoint, "request", requested)
    monkeypatch.setattr(Endpoint, "change", changed)
    return seen


def test_unbound_variables_are_absent(graph_store: GraphStore, dataset: Dataset) -> None:
    assert graph_store.select(dataset, "SELECT ?a ?b WHERE { BIND(1 AS ?a) }") == [
        {"a": Literal("1", datatype=XSD.integer)}
    ]


@pytest.mark.parametrize(
    ("lexical", "datatype"),
    [
        ("007", XSD.integer), ("5", XSD.int), ("99999999999999999999", XSD.integer), ("-0", XSD.integer),
        ("1.10", XSD.decimal), ("2.0", XSD.decimal), ("-0.0", XSD.decimal), ("1e0", XSD.double),
        ("1.5E-7", XSD.double), ("0.30000000000000004", XSD.double), ("1e300", XSD.double),
        ("-0.0", XSD.double), ("NaN", XSD.double), ("0.1", XSD.float), ("1", XSD.boolean),
        ("2015", XSD.gYear), ("2015Z", XSD.gYear), ("-0044", XSD.gYear), ("2015-03", XSD.gYearMonth),
        ("2015-03-01", XSD.date), ("2015-03-01Z", XSD.date), ("2015-02-31", XSD.date),
        ("2020-01-01T00:00:00Z", XSD.dateTime), ("2020-01-01T00:00:00.500", XSD.dateTime),
        ("2020-01-01T00:00:00.123456+03:00", XSD.dateTime), ("12:00:00", XSD.time), ("24:00:00", XSD.time),
        ("P12M", XSD.duration), ("abc", XSD.integer), ("x y", XSD.anyURI), ("0f", XSD.hexBinary),
        ("--03", XSD.gMonth), ("x", URIRef("urn:own:type")), ("1.0", URIRef("urn:own:type")),
    ],
)  # fmt: skip
def test_literals_come_back_in_canonical_form(
    graph_store: GraphStore, dataset: Dataset, lexical: str, datatype: URIRef
) -> None:
    written = canonical(Literal(lexical, datatype=datatype, normalize=False))
    put(graph_store, dataset, dataset.facts, written)
    assert [r["o"] for r in graph_store.select(dataset, "SELECT ?o { ?s ?p ?o }")] == [written]
    graph_store.update(
        dataset,
        f"DELETE DATA {{ GRAPH {nt(dataset.facts)} {{ {nt(ALICE)} {nt(RDFS.label)} {nt(written)} }} }}",
    )
    assert not graph_store.ask(dataset, "ASK { ?s ?p ?o }"), "what was read can be removed"


@pytest.mark.parametrize(
    "words", ['"', "\\", "a\nb\r\nc\td", "\x01\x07\x1f\x7f\x85", "\u2028\ufeff", "'''\"\"\"", "😀é"]
)
def test_hostile_strings_survive(graph_store: GraphStore, dataset: Dataset, words: str) -> None:
    graph_store.update(
        dataset,
        f"INSERT DATA {{ GRAPH {nt(dataset.facts)} {{ <urn:s> <urn:p> {nt(Literal(words))} }} }}",
    )
    assert graph_store.select(dataset, "SELECT ?o { ?s ?p ?o }") == [{"o": Literal(words)}]
    assert Literal(words) in set(graph_store.construct(dataset, "CONSTRUCT WHERE { ?s ?p ?o }").objects())


def test_create_and_destroy_are_idempotent(graph_store: GraphStore, dataset: Dataset) -> None:
    graph_store.create(dataset)
    put(graph_store, dataset, dataset.facts, Literal("Alice"))
    graph_store.create(dataset)
    assert graph_store.ask(dataset, "ASK { ?s ?p ?o }"), "create keeps what is there"
    graph_store.destroy(dataset)
    graph_store.destroy(dataset)
    graph_store.create(dataset)
    assert not graph_store.ask(dataset, "ASK { ?s ?p ?o }")
    graph_store.compact(dataset)


def test_an_update_is_one_transaction(graph_store: GraphStore, dataset: Dataset) -> None:
    insert = f"INSERT DATA {{ GRAPH {nt(dataset.facts)} {{ {nt(ALICE)} {nt(RDFS.label)} 'kept' }} }}"
    with pytest.raises(StoreError):
        graph_store.update(dataset, f"{insert} ; LOAD <file:///nowhere/at/all>")
    assert not graph_store.ask(dataset, "ASK { ?s ?p ?o }")


def test_a_broken_query_is_an_error_of_the_query(graph_store: GraphStore, dataset: Dataset) -> None:
    with pytest.raises(StoreError) as error:
        graph_store.select(dataset, "SELECT nonsense")
    assert not isinstance(error.value, StoreDown)
    with pytest.raises(StoreError):
        graph_store.update(dataset, "INSERT nonsense")


@pytest.mark.parametrize("kind", [Oxigraph, Fuseki])
def test_nobody_there_is_store_down(kind: type[Oxigraph] | type[Fuseki], dataset: Dataset) -> None:
    store: GraphStore = kind(f"http://127.0.0.1:{servers.free_port()}")
    with pytest.raises(StoreDown):
        store.ask(dataset, "ASK {}")
    with pytest.raises(StoreDown):
        store.update(dataset, "CLEAR ALL")
    with pytest.raises(StoreDown):
        store.ping()
    with pytest.raises(StoreDown):
        list(store.get(dataset, dataset.facts))


def test_fuseki_wants_the_password(fuseki_server: servers.Server, dataset: Dataset) -> None:
    for store in (Fuseki(fuseki_server.url), Fuseki(fuseki_server.url, "ferag", "wrong")):
        with pytest.raises(StoreError):
            store.ping()
        with pytest.raises(StoreError):
            store.ask(dataset, "ASK {}")


def test_a_scope_is_all_that_a_read_sees(graph_store: GraphStore, dataset: Dataset) -> None:
    put(graph_store, dataset, dataset.facts, Literal("facts"))
    put(graph_store, dataset, dataset.provenance, Literal("provenance"))
    put(graph_store, dataset, dataset.staged(1, "add", dataset.facts), Literal("staged"))
    default = {str(r["o"]) for r in graph_store.select(dataset, "SELECT ?o { ?s ?p ?o }")}
    assert default == {"facts"}
    named = {str(r["o"]) for r in graph_store.select(dataset, "SELECT ?o { GRAPH ?g { ?s ?p ?o } }")}
    assert named == {"facts", "provenance"}
    narrow = Scope(default=(dataset.provenance,), named=(dataset.provenance,))
    rows = graph_store.select(
        dataset, "SELECT ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", scope=narrow
    )
    assert {str(r["o"]) for r in rows} == {"provenance"}
