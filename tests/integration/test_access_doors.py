"""The access matrix at the doors of programs: each route, each person, and tokens of too few scopes."""

import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from portal import db, tokens
from portal.access import TABLE, Action, Scope
from portal.doors import app
from portal.settings import Settings
from portal.wiring import wire
from tests.access_world import PEOPLE, World, build
from tests.web_server import served

# each route of the doors with the scopes that it needs, of a knowledge base the first one by role too
NEEDS: dict[str, tuple[Action, ...]] = {
    "GET /api/v1/rags": (Action.read,),
    "POST /api/v1/rags": (Action.manage, Action.read),
    "GET /api/v1/rags/{rag}": (Action.read,),
    "GET /api/v1/rags/{rag}/documents": (Action.read,),
    "POST /api/v1/rags/{rag}/documents": (Action.upload,),
    "DELETE /api/v1/rags/{rag}/documents/{document}": (Action.upload,),
    "GET /api/v1/rags/{rag}/revisions/{revision}/text": (Action.read,),
    "GET /api/v1/rags/{rag}/revisions/{revision}/original": (Action.read,),
    "GET /api/v1/rags/{rag}/cycles": (Action.read,),
    "GET /api/v1/rags/{rag}/cycles/{cycle}": (Action.read,),
    "POST /api/v1/rags/{rag}/cycles/{cycle}/cancel": (Action.upload, Action.read),
    "POST /api/v1/rags/{rag}/cycles/{cycle}/retry": (Action.upload, Action.read),
    "POST /api/v1/rags/{rag}/cycles/{cycle}/reject": (Action.decide, Action.read),
    "GET /api/v1/rags/{rag}/cycles/{cycle}/events": (Action.read,),
    "GET /api/v1/rags/{rag}/cycles/{cycle}/changes": (Action.read,),
    "GET /api/v1/rags/{rag}/cycles/{cycle}/changes/{change}": (Action.read,),
    "POST /api/v1/rags/{rag}/cycles/{cycle}/decisions": (Action.decide,),
    "POST /api/v1/rags/{rag}/cycles/{cycle}/approve": (Action.approve, Action.read),
    "GET /api/v1/rags/{rag}/versions": (Action.read,),
    "POST /api/v1/rags/{rag}/rollback": (Action.approve, Action.read),
    "GET /api/v1/rags/{rag}/export": (Action.export,),
    "GET /api/v1/rags/{rag}/feed": (Action.read,),
    "GET /api/v1/rags/{rag}/edits": (Action.edit,),
    "POST /api/v1/rags/{rag}/edits": (Action.edit,),
    "DELETE /api/v1/rags/{rag}/edits/{edit}": (Action.edit,),
    "POST /api/v1/rags/{rag}/edits/send": (Action.edit,),
    "GET /data/ferag-{rag:05d}": (Action.read,),
    "GET /data/ferag-{rag:05d}/ontology": (Action.read,),
    "POST /api/v1/rags/{rag}/ask": (Action.ask,),
    "GET /api/v1/rags/{rag}/search": (Action.ask,),
    "GET /v1/models": (Action.ask,),
    "GET /v1/models/{model}": (Action.ask,),
    "POST /v1/chat/completions": (Action.ask,),
    "GET /sparql/{rag}": (Action.read,),
}
ALL = tuple(s for s in Scope if s is not Scope.metrics)
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/v1/rags": {"json": {"name": "Of a program"}},
    "POST /api/v1/rags/{rag}/documents": {"files": [("files", ("b.txt", b"Bob Johnson works at ACME."))]},
    "POST /api/v1/rags/{rag}/cycles/{cycle}/decisions": {"json": {"ids": ["none"], "decision": "accepted"}},
    "POST /api/v1/rags/{rag}/edits": {
        "json": {"do": "add_thing", "label": "Leeds", "reason": "I live there."}
    },
    "POST /api/v1/rags/{rag}/rollback": {"json": {"to": 1}},
    "POST /api/v1/rags/{rag}/ask": {"json": {"question": "Who?"}},
    "GET /api/v1/rags/{rag}/search": {"params": {"q": "Alice"}},
    "GET /sparql/{rag}": {"params": {"query": "ASK {}"}},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    parts = wire(Settings(data_dir=tmp_path_factory.mktemp("doors"), _env_file=None))  # type: ignore[call-arg]
    db.upgrade(parts.engine)
    yield build(parts)
    parts.close()


@pytest.fixture(scope="module")
def web(world: World) -> Iterator[httpx.Client]:
    with served(world.parts) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def sent(world: World, web: httpx.Client, route: str, token: str) -> tuple[int, str]:
    """(status, the body if it is an error)."""
    method, path = route.split(" ")
    given = {
        "rag": world.rag, "document": 999_999, "edit": 999_999, "revision": world.revision, "cycle": 1,
        "change": "none", "model": f"ferag-{world.rag:05d}",
    }  # fmt: skip
    body = BODIES.get(route, {})
    if route == "POST /v1/chat/completions":
        body = {"json": {"model": given["model"], "messages": [{"role": "user", "content": "Who?"}]}}
    headers = {"authorization": f"Bearer {token}"} if token else {}
    with web.stream(method, path.format(**given), headers=headers, **body) as answer:
        return answer.status_code, "" if answer.is_success else answer.read().decode()


def token_of(world: World, who: str, scopes: tuple[Scope, ...]) -> str:
    actor = world.actors[who]
    if actor.user_id is None:
        return ""
    return tokens.create(world.parts, actor, "walked", scopes, 1)[1]


def test_every_route_is_in_the_list(world: World) -> None:
    document = app.make(world.parts).openapi()["paths"]
    listed = {f"{method.upper()} {path}" for path, methods in document.items() for method in methods}
    beside = {name for name in NEEDS if name.startswith(("GET /sparql/", "GET /data/"))}
    assert listed | beside == set(NEEDS)


def test_every_route_for_everybody(
    world: World, web: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong: list[str] = []
    walked = 0
    full = {who: token_of(world, who, ALL) for who in PEOPLE}
    for route, (action, *_) in NEEDS.items():
        own = "{rag" in route or "{model}" in route or route.endswith("completions")
        for who in PEOPLE:
            role, before = world.role(who), world.digests(NOTED)
            status, said = sent(world, web, route, full[who])
            walked += 1
            if who == "anonymous":
                right = status == 401
            elif not own:
                right = status < 300
            elif role is None:
                right = status == 404
            elif role not in TABLE[action]:
                right = status == 403
            else:
                right = status not in (401, 403) and "no-rag" not in said
            allowed = role in TABLE[action] if own else who != "anonymous"
            if not right or (not allowed and world.digests(NOTED) != before):
                wrong.append(f"{route} as {who}: {status} {said}")
    few = walked_with_too_few(world, web, wrong)
    with capsys.disabled():
        told = f"{walked} combinations of route and person, {few} of route and scopes walked"
        sys.stdout.write(f"\naccess matrix, doors: {told}, {len(wrong)} wrong\n")
    assert not wrong


NOTED = ("access_token",)  # when it was last used


def walked_with_too_few(world: World, web: httpx.Client, wrong: list[str]) -> int:
    """The owner's token with every scope but one that the route needs, and one with none of them."""
    walked = 0
    lacking = {s: token_of(world, "owner", tuple(o for o in ALL if o is not s)) for s in ALL}
    for route, needed in NEEDS.items():
        for action in needed:
            before = world.digests(NOTED)
            status, said = sent(world, web, route, lacking[Scope(action.value)])
            walked += 1
            if status != 403 or world.digests(NOTED) != before:
                wrong.append(f"{route} without {action}: {status} {said}")
    return walked


def test_figures_and_assistants_ask_for_their_scopes(world: World, web: httpx.Client) -> None:
    admin, owner = token_of(world, "admin", (Scope.metrics,)), token_of(world, "owner", ALL)
    every = token_of(world, "admin", ALL)
    status = {
        name: sent_to(web, "/metrics", token)
        for name, token in {"admin": admin, "owner": owner, "without": every, "nobody": ""}.items()
    }
    assert status == {"admin": 200, "owner": 403, "without": 403, "nobody": 401}
    assert sent_to(web, "/mcp", "") == 401


def sent_to(web: httpx.Client, path: str, token: str) -> int:
    return web.get(path, headers={"authorization": f"Bearer {token}"} if token else {}).status_code
