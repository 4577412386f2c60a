"""The store or the queue goes away in mid-work and comes back: the cycle goes on by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.vocab import Dataset
from portal.embedded import addresses
from portal.models import CycleState
from tests import installation as installations
from tests import servers
from tests.installation import Installation, installed, wait_until

pytestmark = pytest.mark.faults

TEXT = "\n\n".join(
    f"Person{n} Smith works at Company{n} Ltd. Company{n} Ltd was founded in {1900 + n} in Boston. "
    f"Company{n} Ltd has an office in London. Person{n} Smith lives in Paris with her two cats and a dog."
    for n in range(12)
)


@pytest.fixture
def own_parts(
    run_folder: Path, tmp_path: Path, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Installation, servers.Server, servers.Server]]:
    """An installation whose store and queue are its own, to be ended."""
    with (
        servers.own(servers.oxigraph, tmp_path / "graph") as graph,
        servers.own(servers.valkey, tmp_path / "queue") as queue,
    ):
        monkeypatch.setattr(installations, "_queue_of_this_worker", lambda _server: queue.url)
        with installed("embedded", run_folder, tmp_path / "here", dataset.rag_id) as here:
            data = Path(here.environment["FERAG_DATA_DIR"])
            addresses.write(data, addresses.mine(queue.url, graph.url))
            here.parts.store.url  # noqa: B018  # both stores have one
            yield here, graph, queue


def test_the_queue_goes_away_and_comes_back(
    own_parts: tuple[Installation, servers.Server, servers.Server], tmp_path: Path
) -> None:
    here, _, queue = own_parts
    here.start()
    here.upload(many_txt=TEXT)
    wait_until(lambda: here.view(1).steps[0].done > 0, 90, here.log)
    servers.end(queue.pid)
    receipt = here.upload(late_txt="Late Smith works at Slow Ltd.")
    assert receipt.cycle == 2
    back = servers.valkey(tmp_path / "queue", queue.port)
    try:
        assert here.wait(1).state is CycleState.review, here.log()
        assert here.wait(2).state is CycleState.review, here.log()
    finally:
        here.end_workers()
        servers.end(back.pid)


def test_the_store_goes_away_and_comes_back(
    own_parts: tuple[Installation, servers.Server, servers.Server], tmp_path: Path
) -> None:
    here, graph, _ = own_parts
    servers.end(graph.pid)
    here.start()
    here.upload(many_txt=TEXT)
    wait_until(lambda: bool(here.view(1).step and here.view(1).step.error), 90, here.log)  # type: ignore[union-attr]
    step = here.view(1).step
    assert step is not None
    assert (step.name, step.error) == ("schema", "store-down")
    back = servers.oxigraph(tmp_path / "graph", graph.port)
    try:
        assert here.wait(1).state is CycleState.review, here.log()
    finally:
        here.end_workers()
        servers.end(back.pid)
