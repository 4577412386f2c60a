"""What the graph store goes on doing for a client that has gone is ended; nothing that was kept is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import KgError, StoreDown, TooSlow
from kg.store import sparql
from kg.store.oxigraph import Oxigraph
from kg.vocab import Dataset
from portal.embedded import servers
from portal.embedded.runaway import Runaway
from portal.embedded.supervisor import Kept
from tests.installation import wait_until

CROSS = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HOSTILE = {
    "sorted": f"SELECT * {CROSS} ORDER BY ?c LIMIT 5",
    "minus": "SELECT * { ?a ?b ?c MINUS { ?a ?e ?f . ?g ?h ?i . ?j ?k ?l } }",
    "optional": "SELECT * { ?a ?b ?c OPTIONAL { ?a ?e ?f . ?g ?h ?i . ?j ?k ?l } }",
}
DATASET = Dataset("https://runaway.example/", 1)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[Kept, Oxigraph]]:
    """A store of its own with 2,000 facts, seen to as `ferag up` does it, but with less patience."""
    child, url = servers.start_store(tmp_path, print)
    store = Oxigraph(url)
    store.put(DATASET, DATASET.facts, [f'<urn:s{n}> <urn:p> "{n}" .\n'.encode() for n in range(2000)])
    runaway = Runaway(child, gone_seconds=1, look_seconds=0.1)
    runaway.begin()
    yield Kept(child, runaway=runaway), store
    runaway.end()
    child.kill()
    child.wait(5)


@pytest.mark.parametrize("name", HOSTILE)
def test_work_for_nobody_is_ended(kept: tuple[Kept, Oxigraph], name: str) -> None:
    seen, store = kept
    first, said = seen.child.pid, list[str]()
    with pytest.raises(TooSlow):
        sparql.run(store, DATASET, sparql.checked(HOSTILE[name], DATASET), timeout=1)
    _started_again(seen, store, first, said)
    assert "worked on for nobody" in said[0]


def test_one_that_takes_the_memory_is_ended_before_that(kept: tuple[Kept, Oxigraph]) -> None:
    seen, store = kept
    assert seen.runaway
    seen.runaway.gone_seconds, seen.runaway.most = 3600, 300 * 2**20
    first = seen.child.pid
    with pytest.raises((TooSlow, StoreDown)):
        sparql.run(store, DATASET, sparql.checked(HOSTILE["sorted"], DATASET), timeout=2)
    _started_again(seen, store, first, [])


def test_who_waits_is_waited_for(kept: tuple[Kept, Oxigraph]) -> None:
    """Long work whose client is there, and clients that have had their answer, are nothing of the kind."""
    seen, store = kept
    for _ in range(20):
        assert len(store.select(DATASET, "SELECT * { ?s ?p ?o }")) == 2000
    with pytest.raises(TooSlow):
        sparql.run(store, DATASET, sparql.checked(f"SELECT (COUNT(*) AS ?n) {CROSS}", DATASET), timeout=3)
    assert seen.runaway
    assert not seen.runaway.ran_away


def _started_again(seen: Kept, store: Oxigraph, first: int | None, said: list[str]) -> None:
    def again() -> bool:
        seen.look(said.append)
        if seen.child.pid == first:
            return False
        try:
            return len(store.select(DATASET, "SELECT * { ?s ?p ?o }", timeout=2)) == 2000
        except KgError:
            return False

    wait_until(again, 60)
