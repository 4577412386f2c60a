"""The store that dies under a publish: old or new, and the pages say "publishing" until it is known."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from kg import versions as graph_versions
from kg.model import Ontology
from kg.retrieve import retrieve
from portal import publications, publishing, reviews, versions
from portal.errors import Conflict
from portal.models import CycleState
from portal.wiring import Parts
from tests.lossy_proxy import Proxy, lossy
from tests.people import Team, make_team
from tests.worlds import World


@pytest.fixture
def team(parts: Parts) -> Team:
    return make_team(parts)


@pytest.fixture
def cycle(team: Team) -> int:
    world = World(team.dataset)
    return team.review(
        Ontology((world.person, world.company), (world.works_at,)),
        (world.alice, world.acme),
        (world.alice_at_acme,),
    )


@pytest.fixture
def network(team: Team, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Parts, Proxy]]:
    """The same parts with a network before the store that can lose what is sent to it."""
    monkeypatch.setattr(graph_versions, "ASKED_AGAIN", (0.01, 0.01))
    store = team.parts.store
    with lossy(urlsplit(store.url).port) as proxy:  # type: ignore[attr-defined]
        far = replace(store, url=f"http://127.0.0.1:{proxy.port}")  # type: ignore[type-var]
        yield replace(team.parts, store=far), proxy


def found(team: Team, version: int) -> list[str]:
    view = retrieve(team.parts.index, team.dataset, version, "Where does Alice Smith work?", "local")
    return [f.sentence for f in view.facts]


def test_the_store_dies_between_the_index_and_the_graph(
    team: Team, cycle: int, network: tuple[Parts, Proxy]
) -> None:
    far, proxy = network
    proxy.refuse.set()
    versions.approve(team.parts, team.owner, team.rag_id, cycle, all_=True)
    assert publishing.run(far, team.cycle_id(cycle)) is None
    # it is not known yet: the pages say so, and nobody can turn it down or read half of it
    assert reviews.summary(team.parts, team.viewer, team.rag_id, cycle).state is CycleState.publishing
    on_its_way = publications.latest(team.parts, team.viewer, team.rag_id)
    assert on_its_way == publications.Publication(cycle, None, failed=False)
    with pytest.raises(Conflict):
        versions.reject(team.parts, team.owner, team.rag_id, cycle)
    assert (team.version(), team.graph.version()) == (0, 0)
    assert found(team, 0) == []

    proxy.refuse.clear()
    done = publishing.run(far, team.cycle_id(cycle))
    assert done is not None
    assert team.version() == team.graph.version() == done.version == 1
    assert found(team, 1) == ["Alice Smith works at ACME"]
    assert publications.latest(team.parts, team.viewer, team.rag_id) is None


def test_the_stores_answer_is_lost(team: Team, cycle: int, network: tuple[Parts, Proxy]) -> None:
    far, proxy = network
    proxy.lose.set()
    versions.approve(team.parts, team.owner, team.rag_id, cycle, all_=True)
    publishing.run(far, team.cycle_id(cycle))
    proxy.lose.clear()
    publishing.run(far, team.cycle_id(cycle))
    assert team.version() == team.graph.version() == 1
    assert found(team, 1) == ["Alice Smith works at ACME"]


def test_a_return_that_another_version_overtook_says_so(team: Team, cycle: int) -> None:
    versions.approve(team.parts, team.owner, team.rag_id, cycle, all_=True)
    publishing.run(team.parts, team.cycle_id(cycle))
    two = [versions.rollback(team.parts, team.owner, team.rag_id, 0) for _ in range(2)]
    assert publishing.run(team.parts, two[0]) is not None
    publishing.run(team.parts, two[1])
    assert team.version() == team.graph.version()
    assert publications.latest(team.parts, team.viewer, team.rag_id) in (
        None,
        publications.Publication(cycle + 2, 0, failed=True),
    )
