"""A publisher killed with -9 while the store still works on its request, and another right behind it."""

import multiprocessing
import random
import time

import pytest

from kg.errors import VersionMoved
from kg.model import Delta, Entity
from kg.store import GraphStore
from kg.versions import marker, publish, published
from kg.vocab import Dataset
from tests.faults.test_publish_kills import held
from tests.worlds import World


@pytest.mark.faults
def test_the_next_publisher_waits_for_the_flight(graph_store: GraphStore, dataset: Dataset) -> None:
    chance, world = random.Random(5), World(dataset)
    people = [Entity(dataset.entity("p", n), f"P{n}", types=(world.person.iri,)) for n in range(3_000)]
    large, small = world.delta(*people), world.delta(world.alice)
    publish(graph_store, dataset, Delta(), 0, 1, "one")
    version, first, second = 1, 0, 0
    for n in range(6):
        child = multiprocessing.get_context("spawn").Process(
            target=publish, args=(graph_store, dataset, large, version, version + 1, f"killed {n}")
        )
        child.start()
        begun = time.monotonic()
        # let it come as far as its request, which takes the spawned interpreter a while
        while child.is_alive() and time.monotonic() - begun < chance.uniform(0, 0.9):
            time.sleep(0.01)
        child.kill()
        try:
            publish(graph_store, dataset, small, version, version + 1, f"next {n}")
            second += 1
            expected = small
        except VersionMoved:
            first += 1
            expected = large
        child.join()
        time.sleep(0.5)
        assert marker(graph_store, dataset).version == version + 1
        assert published(graph_store, dataset, version + 1, f"killed {n}") == (expected is large)
        assert held(graph_store, dataset) == expected.add
        publish(graph_store, dataset, expected.inverse(), version + 1, version + 2, f"undo {n}")
        version += 2
    print(first, "first,", second, "second")  # noqa: T201 - how the kills fell is worth reading
