"""The store killed with -9 at random moments of publishing: no torn version, none lost, none twice.

FERAG_KILLS says how many kills per store (10 here; 200 before a release).
"""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import rdf, versions
from kg.errors import StoreDown, VersionMoved
from kg.model import Delta, Entity, Fact, Quad
from kg.store import GraphStore
from kg.store.fuseki import Fuseki
from kg.store.oxigraph import Oxigraph
from kg.versions import marker, publish, published, withdraw
from kg.vocab import Dataset
from tests import servers
from tests.conftest import absent
from tests.worlds import World

KILLS = int(os.environ.get("FERAG_KILLS", "10"))
FACTS = 1_500

Start = Callable[..., servers.Server]


def connect(server: servers.Server) -> GraphStore:
    return Fuseki(server.url, server.user, server.password) if server.user else Oxigraph(server.url)


def start_again(start: Start, folder: Path, port: int) -> servers.Server:
    return start(folder, port=port)


def states(world: World) -> tuple[Delta, Delta]:
    """A delta large enough to be hit in the middle, and its opposite."""
    dataset, contents = world.dataset, []
    for n in range(FACTS // 2):
        person = Entity(dataset.entity("person", n), f"Person {n}", types=(world.person.iri,))
        contents += [person, Fact(person.iri, world.works_at.iri, world.acme.iri, version=1)]
    return world.delta(*contents), world.delta(*contents).inverse()


def held(store: GraphStore, dataset: Dataset) -> frozenset[Quad]:
    found: set[Quad] = set()
    for graph in dataset.approved:
        name = f" <{graph}> .\n".encode()
        found |= rdf.from_nquads(b"".join(store.get(dataset, graph)).replace(b" .\n", name))
    return frozenset(found)


@pytest.mark.faults
@pytest.mark.timeout(60 + 30 * KILLS)
@pytest.mark.parametrize("start", [servers.oxigraph, servers.fuseki], ids=["oxigraph", "fuseki"])
def test_killed_while_publishing(
    start: Start, tmp_path: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "ASKED_AGAIN", (0.05,))
    chance, world = random.Random(7), World(dataset)
    try:
        server = start(tmp_path)
    except servers.Missing as e:
        absent(e)
    try:
        store = connect(server)
        store.create(dataset)
        forth, back = states(world)
        begun = time.monotonic()
        publish(store, dataset, forth, 0, 1, "v1")
        span = 1.3 * (time.monotonic() - begun)
        version, outcomes = 1, {"before": 0, "after": 0, "unhurt": 0}
        for n in range(KILLS):
            delta, token = (back, forth)[version % 2 == 0], f"kill {n}"
            timer = threading.Timer(
                chance.uniform(0, span), lambda pid=server.pid: os.killpg(pid, signal.SIGKILL)
            )
            timer.start()
            try:
                publish(store, dataset, delta, version, version + 1, token)
                outcomes["unhurt"] += 1
                answered = True
            except StoreDown:
                answered = False
            timer.join()
            servers.end(server.pid, signal.SIGKILL)
            server = start_again(start, tmp_path, server.port)
            now = marker(store, dataset).version
            assert now in (version, version + 1)
            assert not answered or now == version + 1, "an approval that was confirmed is not lost"
            assert published(store, dataset, version + 1, token) == (now == version + 1)
            assert held(store, dataset) == (forth.add if now % 2 else frozenset()), "no torn version"
            if not answered:
                outcomes["after" if now > version else "before"] += 1
            if n % 3 == 0 and now == version:  # the sweeper gives up: it must stay undone
                assert not withdraw(store, dataset, version + 1, token)
                token += " again"
            # the sweeper finishes: with the same token, whatever happened
            publish(store, dataset, delta, version, version + 1, token)
            version += 1
            assert marker(store, dataset).version == version
            with pytest.raises(VersionMoved):
                publish(store, dataset, delta, version - 1, version, "somebody later")
        assert held(store, dataset) == (forth.add if version % 2 else frozenset())
        print(outcomes)  # noqa: T201 - how the kills fell is worth reading
        assert outcomes["unhurt"] < KILLS, "some kills hit"
    finally:
        servers.end(server.pid, signal.SIGKILL)
