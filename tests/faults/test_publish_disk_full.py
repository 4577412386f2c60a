"""The store's disk is full while publishing: the old version stays, the next publish works."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg import versions
from kg.errors import StoreError
from kg.model import Entity
from kg.versions import marker, publish, withdraw
from kg.vocab import Dataset
from tests import servers
from tests.conftest import absent
from tests.faults.test_publish_kills import Start, connect, held
from tests.worlds import World


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own of 400 MB; only root can make one, and not everywhere."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = shutil.which("mount") and os.geteuid() == 0
    if (
        not made
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(folder)],
            check=False,
            capture_output=True,
        ).returncode
    ):
        absent("a small disk: run as root where mounting is allowed")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.faults
@pytest.mark.parametrize("start", [servers.oxigraph, servers.fuseki], ids=["oxigraph", "fuseki"])
def test_disk_full_while_publishing(
    start: Start, small_disk: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "ASKED_AGAIN", (0.05,))
    world = World(dataset)
    with servers.own(start, small_disk) as server:
        store = connect(server)
        store.create(dataset)
        publish(store, dataset, world.delta(), 0, 1, "one")
        ballast = small_disk / "ballast"
        room = shutil.disk_usage(small_disk).free - 2 * 2**20
        with ballast.open("wb") as file:
            file.write(b"\1" * room)
        text = "long " * 1000
        many = [Entity(dataset.entity("e", n), f"E{n}", description=f"{text}{n}") for n in range(3000)]
        with pytest.raises(StoreError):
            publish(store, dataset, world.delta(*many), 1, 2, "too much")
        ballast.unlink()
        # an embedded store is started again by its keeper when it gave up
        servers.end(server.pid)
    with servers.own(start, small_disk, port=server.port) as server:
        store = connect(server)
        done = withdraw(store, dataset, 2, "too much")
        assert marker(store, dataset).version == (2 if done else 1)
        assert held(store, dataset) == world.delta().add | (world.delta(*many).add if done else frozenset())
        version = marker(store, dataset).version
        publish(store, dataset, world.delta(world.acme_founded).inverse(), version, version + 1, "next")
        assert marker(store, dataset).version == version + 1
