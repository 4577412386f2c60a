"""Publishing: all or nothing, once, by one; and known afterwards."""

import threading
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from kg import rdf, versions
from kg.approved import ApprovedGraph
from kg.deltas import compose, effective, undoing
from kg.errors import StoreDown, StoreError, VersionMoved
from kg.model import Delta, Quad
from kg.store import GraphStore
from kg.versions import Marker, marker, publish, published, withdraw
from kg.vocab import Dataset
from tests.lossy_proxy import lossy
from tests.worlds import World


@pytest.fixture
def world(dataset: Dataset) -> World:
    return World(dataset)


def state(store: GraphStore, dataset: Dataset) -> frozenset[Quad]:
    """Every approved quad."""
    found: set[Quad] = set()
    for graph in dataset.approved:
        name = f" <{graph}> .\n".encode()
        found |= rdf.from_nquads(b"".join(store.get(dataset, graph)).replace(b" .\n", name))
    return frozenset(found)


def test_a_version_is_published(graph_store: GraphStore, dataset: Dataset, world: World) -> None:
    assert marker(graph_store, dataset) == Marker()
    publish(graph_store, dataset, world.delta(), 0, 1, "one")
    assert marker(graph_store, dataset) == Marker(1, "one", entities=3, facts=3)
    assert state(graph_store, dataset) == world.delta().add
    publish(graph_store, dataset, world.delta(world.alice_at_acme).inverse(), 1, 2, "two")
    assert marker(graph_store, dataset) == Marker(2, "two", entities=3, facts=2)
    assert state(graph_store, dataset) == world.delta().add - world.delta(world.alice_at_acme).add


def test_publishing_again_with_the_token_does_nothing(
    graph_store: GraphStore, dataset: Dataset, world: World
) -> None:
    publish(graph_store, dataset, world.delta(), 0, 1, "one")
    publish(graph_store, dataset, world.delta(), 0, 1, "one")
    publish(graph_store, dataset, world.delta(world.acme_founded).inverse(), 1, 2, "two")
    publish(graph_store, dataset, world.delta(), 0, 1, "one")
    assert marker(graph_store, dataset).version == 2, "later versions stay"
    assert ApprovedGraph(graph_store, dataset).facts_of([world.acme.iri]) == ()
    assert published(graph_store, dataset, 1, "one")
    assert not published(graph_store, dataset, 1, "two")


def test_a_moved_version_is_refused_and_changes_nothing(
    graph_store: GraphStore, dataset: Dataset, world: World
) -> None:
    publish(graph_store, dataset, world.delta(), 0, 1, "one")
    before = state(graph_store, dataset)
    with pytest.raises(VersionMoved) as moved:
        publish(graph_store, dataset, world.delta().inverse(), 0, 1, "another")
    assert (moved.value.expected, moved.value.found) == (0, 1)
    with pytest.raises(VersionMoved):
        publish(graph_store, dataset, world.delta().inverse(), 7, 8, "too early")
    assert state(graph_store, dataset) == before


def test_an_empty_delta_is_a_version(graph_store: GraphStore, dataset: Dataset) -> None:
    publish(graph_store, dataset, Delta(), 0, 1, "one")
    assert marker(graph_store, dataset).version == 1


def test_foreign_graphs_are_refused(graph_store: GraphStore, dataset: Dataset, world: World) -> None:
    other = World(Dataset(dataset.base, dataset.rag_id + 50_000))
    with pytest.raises(StoreError):
        publish(graph_store, dataset, Delta(add=world.delta().add | other.delta().add), 0, 1, "one")
    assert state(graph_store, dataset) == frozenset()


def test_a_token_may_hold_anything(graph_store: GraphStore, dataset: Dataset, world: World) -> None:
    token = "\" } ; CLEAR ALL #\n'й"
    publish(graph_store, dataset, world.delta(), 0, 1, token)
    assert published(graph_store, dataset, 1, token)
    assert marker(graph_store, dataset).token == token


@pytest.mark.parametrize("bytes_", [10, 4_000])
def test_large_deltas_travel_as_graphs(
    graph_store: GraphStore, dataset: Dataset, world: World, monkeypatch: pytest.MonkeyPatch, bytes_: int
) -> None:
    monkeypatch.setattr(versions, "UPDATE_BYTES", bytes_)
    monkeypatch.setattr(versions, "QUADS_PER_OPERATION", 7)
    publish(graph_store, dataset, world.delta(), 0, 1, "one")
    publish(graph_store, dataset, world.delta(world.acme_founded).inverse(), 1, 2, "тwo/..")
    publish(graph_store, dataset, world.delta(world.acme_founded).inverse(), 1, 2, "тwo/..")
    assert state(graph_store, dataset) == world.delta().add - world.delta(world.acme_founded).add
    with pytest.raises(VersionMoved):
        publish(graph_store, dataset, world.delta(), 0, 1, "late")
    assert not [g for g in graph_store.graphs(dataset) if "/publish/" in g], "nothing is left behind"


def test_many_small_operations_are_still_one_transaction(
    graph_store: GraphStore, dataset: Dataset, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "QUADS_PER_OPERATION", 3)
    publish(graph_store, dataset, world.delta(), 0, 1, "one")
    assert state(graph_store, dataset) == world.delta().add


def test_rollback_gives_the_earlier_graph(graph_store: GraphStore, dataset: Dataset, world: World) -> None:
    more = replace(world.acme_founded, confidence=0.99)
    old, new = world.delta(world.acme_founded).add, world.delta(more).add
    deltas = [world.delta(), Delta(new - old, old - new), world.delta(world.alice_at_acme).inverse()]
    for n, delta in enumerate(deltas):
        publish(graph_store, dataset, delta, n, n + 1, f"v{n + 1}")
    assert state(graph_store, dataset) == compose(deltas).add
    publish(graph_store, dataset, undoing(deltas[1:]), 3, 4, "back to 1")
    assert state(graph_store, dataset) == world.delta().add
    assert marker(graph_store, dataset) == Marker(4, "back to 1", entities=3, facts=3)


def test_of_twenty_publishers_one_wins(graph_store: GraphStore, dataset: Dataset, world: World) -> None:
    publish(graph_store, dataset, world.delta(), 0, 1, "one")
    start, outcomes = threading.Barrier(20), {}

    def approve(n: int) -> None:
        delta = world.delta(replace(world.alice_at_acme, object=dataset.entity("company", n)))
        start.wait()
        try:
            publish(graph_store, dataset, delta, 1, 2, f"publisher {n}")
            outcomes[n] = "won"
        except VersionMoved:
            outcomes[n] = "moved"

    threads = [threading.Thread(target=approve, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [n for n, outcome in outcomes.items() if outcome == "won"]
    assert len(outcomes) == 20
    assert marker(graph_store, dataset) == Marker(2, f"publisher {winner}", entities=3, facts=4)
    fact = replace(world.alice_at_acme, object=dataset.entity("company", winner))
    assert state(graph_store, dataset) == world.delta().add | world.delta(fact).add


def test_clicked_twice_is_one_version(graph_store: GraphStore, dataset: Dataset, world: World) -> None:
    failures: list[BaseException] = []

    def approve() -> None:
        try:
            publish(graph_store, dataset, world.delta(), 0, 1, "the same")
        except BaseException as e:  # noqa: BLE001
            failures.append(e)

    threads = [threading.Thread(target=approve) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert marker(graph_store, dataset) == Marker(1, "the same", entities=3, facts=3)


def test_readers_see_the_old_or_the_new_version(
    graph_store: GraphStore, dataset: Dataset, world: World
) -> None:
    """In one query: the facts of Alice and the marker always fit together."""
    publish(graph_store, dataset, world.delta(), 0, 1, "v1")
    delta, stop, torn, seen = world.delta(world.alice_at_acme).inverse(), threading.Event(), [], set()
    query = f"""SELECT ?v ?o WHERE {{ GRAPH <{dataset.meta}> {{ ?m <https://w3id.org/ferag/ns#version> ?v }}
        OPTIONAL {{ GRAPH <{dataset.facts}> {{ <{world.alice.iri}> <{world.works_at.iri}> ?o }} }} }}"""

    def read() -> None:
        while not stop.is_set():
            (row,) = graph_store.select(dataset, query)
            seen.add(int(row["v"]))
            if ("o" in row) != (int(row["v"]) % 2 == 1):
                torn.append(row)

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(1, 21):
        publish(graph_store, dataset, delta if n % 2 else delta.inverse(), n, n + 1, f"v{n + 1}")
    stop.set()
    reader.join()
    assert torn == []
    assert len(seen) > 1


def test_an_effective_delta_can_be_undone_exactly(
    graph_store: GraphStore, dataset: Dataset, world: World
) -> None:
    publish(graph_store, dataset, world.delta(), 0, 1, "one")
    before = state(graph_store, dataset)
    new = replace(world.alice_at_acme, object=dataset.entity("Other"))
    wanted = Delta(
        add=world.delta(world.alice, new).add,  # Alice is there already
        remove=world.delta(world.acme_founded, replace(new, object=dataset.entity("Nobody"))).add,
    )
    found = effective(graph_store, dataset, wanted)
    assert found == Delta(add=world.delta(new).add, remove=world.delta(world.acme_founded).add)
    publish(graph_store, dataset, found, 1, 2, "two")
    publish(graph_store, dataset, found.inverse(), 2, 3, "three")
    assert state(graph_store, dataset) == before


def through(store: GraphStore, port: int) -> GraphStore:
    """The same store by way of a proxy's port."""
    return replace(store, url=f"http://127.0.0.1:{port}")  # type: ignore[type-var]


def test_a_lost_answer_is_found_out(graph_store: GraphStore, dataset: Dataset, world: World) -> None:
    with lossy(urlsplit(graph_store.url).port) as proxy:  # type: ignore[attr-defined]
        proxy.lose.set()
        publish(through(graph_store, proxy.port), dataset, world.delta(), 0, 1, "one")
        assert proxy.lost == 1
    assert marker(graph_store, dataset).version == 1
    assert state(graph_store, dataset) == world.delta().add


def test_an_update_that_never_arrived_is_unknown_then_settled(
    graph_store: GraphStore, dataset: Dataset, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "ASKED_AGAIN", (0.01, 0.01))
    with lossy(urlsplit(graph_store.url).port) as proxy:  # type: ignore[attr-defined]
        proxy.refuse.set()
        with pytest.raises(StoreDown):
            publish(through(graph_store, proxy.port), dataset, world.delta(), 0, 1, "one")
    assert not withdraw(graph_store, dataset, 1, "one"), "it has not happened"
    with pytest.raises(StoreError):
        publish(graph_store, dataset, world.delta(), 0, 1, "one")
    assert state(graph_store, dataset) == frozenset(), "and never will"
    publish(graph_store, dataset, world.delta(), 0, 1, "another")
    assert withdraw(graph_store, dataset, 1, "another"), "too late: it is published"
    assert marker(graph_store, dataset).token == "another"
