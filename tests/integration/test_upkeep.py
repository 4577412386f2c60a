"""The index looked after in the background: after a publish, when the embedding model changes, when it is
missing; and publishing while it is made anew. On both kinds of installation."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from kg.errors import IndexMissing
from kg.index.index import SEEN_SECONDS
from kg.model import Entity, Ontology
from kg.retrieve import retrieve
from portal import admin_models, indexing, model_listing, upkeep, wiring
from portal.embedded import addresses
from portal.errors import Conflict
from portal.finding import search
from portal.model_listing import Draft
from portal.models import ModelCall, RagIndex
from portal.options import Options
from portal.wiring import Parts
from portal.work_queue import INDEX, queued
from tests.installation import wait_until
from tests.integration.test_review_publish import publish
from tests.people import Team, make_team
from tests.scripted_model import Say, ScriptedModel, scripted
from tests.worlds import World


@pytest.fixture
def team(parts: Parts) -> Team:
    return make_team(parts)


@pytest.fixture
def world(team: Team) -> World:
    return World(team.dataset)


def propose(team: Team, world: World) -> int:
    return team.review(
        Ontology((world.person, world.company), (world.works_at, world.founded)),
        (world.alice, world.bob, world.acme),
        (world.alice_at_acme, world.bob_at_acme, world.acme_founded),
    )


def due(parts: Parts) -> list[int]:
    with parts.session() as db:
        return upkeep.due(db, parts.embedder_name)


def labels(team: Team, parts: Parts, text: str = "Alice Smith") -> list[str]:
    return [e.label for e in search(parts, team.viewer, team.rag_id, text, Options(mode="auto")).entities]


def letters(body: dict[str, Any]) -> Say:
    """An embedding model: how often a text has each of eight letters."""
    assert body["encoding_format"] == "float"
    data = [
        {"index": i, "object": "embedding", "embedding": [1.0 + t.lower().count(c) for c in "aeiourst"]}
        for i, t in enumerate(body["input"])
    ]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return Say(raw=json.dumps({"object": "list", "model": "letters", "data": data, "usage": usage}).encode())


def other_model(parts: Parts, server: ScriptedModel) -> Parts:
    """The same installation, started again with another embedding model."""
    chosen = parts.settings.model_copy(update={"embed_model": "letters", "embed_url": server.url})
    return replace(parts, settings=chosen)


def test_after_a_publish_the_index_is_looked_after_once(team: Team, world: World) -> None:
    publish(team, propose(team, world))
    assert (INDEX, str(team.rag_id)) in queued(team.parts.redis)
    assert due(team.parts) == [team.rag_id]
    assert upkeep.run(team.parts, team.rag_id)
    assert due(team.parts) == []
    assert not upkeep.run(team.parts, team.rag_id)
    (found,) = search(team.parts, team.viewer, team.rag_id, "an overview", Options()).communities
    assert "Alice Smith" in found.title


def test_a_reading_model_says_what_a_community_is_about(team: Team, world: World) -> None:
    publish(team, propose(team, world))
    said = "ACME is where Alice Smith works. Боб works at ACME as well."
    with scripted(lambda _: Say(f"{said} Zoe Quartz owns Nimbus.")) as server:
        reader = {"extract_model": "scripted", "extract_url": server.url}
        parts = replace(team.parts, settings=team.parts.settings.model_copy(update=reader))
        assert upkeep.run(parts, team.rag_id)
    (found,) = search(team.parts, team.viewer, team.rag_id, "an overview", Options()).communities
    assert found.summary == said
    with team.parts.session() as db:
        (call,) = db.exec(select(ModelCall).where(ModelCall.rag_id == team.rag_id))
        assert (call.role, call.cycle_id) == ("extract", None)


def test_another_embedding_model_makes_the_index_anew_while_the_old_one_serves(
    team: Team, world: World
) -> None:
    publish(team, propose(team, world))
    upkeep.run(team.parts, team.rag_id)
    with scripted(letters) as server:
        changed = other_model(team.parts, server)
        assert due(changed) == [team.rag_id]
        assert changed.index.outdated(team.dataset)
        assert labels(team, changed)[0] == "Alice Smith"  # by names and words, before it is made anew
        assert upkeep.run(changed, team.rag_id)
        assert not changed.index.outdated(team.dataset)
        assert due(changed) == []
        view = changed.index.view(team.dataset, 1)
        assert view is not None
        assert view.tables.dimensions == 8
        assert labels(team, changed)[0] == "Alice Smith"
    assert labels(team, other_model(team.parts, server))[0] == "Alice Smith"  # the endpoint is down


def test_a_model_chosen_on_the_page_makes_the_index_anew_while_the_old_one_serves(
    team: Team, world: World, request: pytest.FixtureRequest
) -> None:
    publish(team, propose(team, world))
    upkeep.run(team.parts, team.rag_id)
    boss = replace(team.owner, is_admin=True)
    web = wiring.wire(team.parts.settings, addresses_of(team.parts))  # another process, which goes on
    request.addfinalizer(web.close)
    assert labels(team, web)[0] == "Alice Smith"
    with scripted(letters) as server:
        number = admin_models.add(team.parts, boss, Draft("L", "vllm", server.url, "letters"))
        admin_models.serve(team.parts, boss, "embed", number)
        assert model_listing.behind(web, boss).waiting == 1
        assert due(web) == [team.rag_id]
        assert labels(team, web)[0] == "Alice Smith"
        assert upkeep.run(team.parts, team.rag_id)
        assert model_listing.behind(web, boss).waiting == 0
        wait_until(lambda: dimensions(web, team) == 8, SEEN_SECONDS + 5)  # what another process made is seen
        assert labels(team, web)[0] == "Alice Smith"
    admin_models.serve_by_settings(team.parts, boss, "embed")  # and back to the model of this machine
    assert upkeep.run(web, team.rag_id)
    assert not team.parts.index.outdated(team.dataset)


def dimensions(parts: Parts, team: Team) -> int:
    view = parts.index.view(team.dataset, 1)
    assert view is not None
    return view.tables.dimensions


def addresses_of(parts: Parts) -> addresses.Addresses:
    queue = parts.settings.redis_url.get_secret_value()
    return addresses.mine(queue, getattr(parts.store, "url", ""))


def test_an_endpoint_that_is_down_leaves_the_old_index_and_is_tried_again(team: Team, world: World) -> None:
    publish(team, propose(team, world))
    upkeep.run(team.parts, team.rag_id)
    with scripted([Say(status=401)]) as server:
        changed = other_model(team.parts, server)
        assert not upkeep.run(changed, team.rag_id)
        assert due(changed) == []  # not before a minute has passed
        assert labels(team, changed)[0] == "Alice Smith"
        with changed.session() as db:
            assert "refuses" in db.get_one(RagIndex, team.rag_id).error


def test_a_missing_index_is_made_from_the_graph(team: Team, world: World) -> None:
    publish(team, propose(team, world))
    team.parts.index.destroy(team.dataset)
    with pytest.raises(IndexMissing):  # better than to find nothing
        labels(team, team.parts)
    assert upkeep.run(team.parts, team.rag_id)
    assert labels(team, team.parts)[0] == "Alice Smith"
    found = retrieve(team.parts.index, team.dataset, 1, "Where did Alice Smith work in 2015?").facts[0]
    assert found.periods == world.alice_at_acme.periods


def test_a_version_published_while_the_index_is_made_anew_is_in_it(team: Team, world: World) -> None:
    publish(team, propose(team, world))
    carol = Entity(team.dataset.entity("Carol"), "Carol Danvers", types=(world.person.iri,))
    later = team.review(entities=(carol,))

    def read() -> tuple[int, object]:
        found = indexing.whole(team.parts, team.rag_id)
        publish(team, later)  # by another process, between the reading and the end
        return found

    team.parts.index.rebuild(team.dataset, read)  # type: ignore[arg-type]
    found = retrieve(team.parts.index, team.dataset, 2, "Carol Danvers and Alice Smith").entities
    assert {"Carol Danvers", "Alice Smith"} <= {e.label for e in found}
    again = wiring.wire(team.parts.settings)
    assert again.index.version(team.dataset) == 2
    again.close()


def test_one_process_at_a_time_makes_the_index_anew(team: Team, world: World) -> None:
    publish(team, propose(team, world))
    with team.parts.session() as db:
        assert upkeep.claim(db, team.rag_id)
        assert not upkeep.claim(db, team.rag_id)
    assert not upkeep.run(team.parts, team.rag_id)
    with pytest.raises(Conflict, match="already"):
        upkeep.reindex(team.parts, team.rag_id)
