"""The tools of an assistant, with the protocol's own client: over HTTP with tokens, and over a pipe."""

import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from sqlmodel import select

from kg.model import Ontology
from portal import publishing, tokens, versions
from portal.access import Scope
from portal.models import AuditEvent, Rag
from portal.wiring import Parts
from tests.people import Team, make_team
from tests.web_server import served
from tests.worlds import World

Use = Callable[[Client], Awaitable[None]]


@dataclass(frozen=True)
class Assistant:
    """Somebody's program, with a token for reading and asking."""

    team: Team
    url: str
    token: str

    def use(self, what: Use, token: str = "") -> None:
        async def run() -> None:
            headers = {"Authorization": f"Bearer {token or self.token}"}
            async with (
                httpx2.AsyncClient(headers=headers) as http,
                Client(streamable_http_client(self.url, http_client=http)) as client,
            ):
                await what(client)

        anyio.run(run)


@pytest.fixture
def assistant(parts: Parts) -> Iterator[Assistant]:
    team = make_team(parts)
    world = World(team.dataset)
    number = team.review(
        Ontology((world.person, world.company), (world.works_at, world.founded)),
        (world.alice, world.bob, world.acme),
        (world.alice_at_acme, world.bob_at_acme, world.acme_founded),
    )
    versions.approve(parts, team.owner, team.rag_id, number, all_=True)
    assert publishing.run(parts, team.cycle_id(number)) is not None
    _, token = tokens.create(parts, team.viewer, "an assistant", [Scope.read, Scope.ask], 1)
    with served(parts) as address:
        yield Assistant(team, f"{address}/mcp", token)


def said(result: Any) -> str:
    return " ".join(block.text for block in result.content)


def test_an_assistant_reads_the_graph(assistant: Assistant) -> None:
    rag = assistant.team.rag_id

    async def use(client: Client) -> None:
        assert all(t.annotations.read_only_hint for t in (await client.list_tools()).tools)
        mine = await client.call_tool("knowledge_bases", {})
        assert [(r["id"], r["name"]) for r in mine.structured_content["result"]] == [(rag, "Contracts")]
        around = await client.call_tool("neighbours", {"rag": rag, "thing": "ACME"})
        edges = {tuple(e.values()) for e in around.structured_content["edges"]}
        assert ("Alice Smith", "works at", "ACME") in edges
        assert ("ACME", "founded", "1999") in edges
        query = "SELECT ?l { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?l FILTER(LANG(?l) = 'ru') }"
        table = await client.call_tool("sparql", {"rag": rag, "query": query})
        assert table.structured_content["rows"] == [['"Боб"@ru']]
        truth = await client.call_tool("sparql", {"rag": rag, "query": "ASK { ?s ?p ?o }"})
        assert truth.structured_content["truth"] is True

        answer = await client.call_tool("ask", {"rag": rag, "question": "Where does Alice Smith work?"})
        assert "ACME" in answer.structured_content["text"]
        assert answer.structured_content["citations"][0]["quote"] == "Alice works at ACME"
        found = await client.call_tool("search", {"rag": rag, "words": "ACME"})
        assert "ACME" in [e["label"] for e in found.structured_content["entities"]]

    assistant.use(use)


def test_what_cannot_be_done_is_the_tools_error(assistant: Assistant) -> None:
    rag = assistant.team.rag_id
    wrong: dict[str, tuple[str, dict[str, object], str]] = {
        "an update": ("sparql", {"rag": rag, "query": "DROP ALL"}, "not a SPARQL query"),
        "service": ("sparql", {"rag": rag, "query": "ASK { SERVICE <urn:x> { ?s ?p ?o } }"}, "SERVICE"),
        "no such": ("search", {"rag": 2**30, "words": "x"}, "no such knowledge base"),
        "no number": ("ask", {"rag": "x", "question": "?"}, "valid integer"),
        "nothing asked": ("ask", {"rag": rag, "question": ""}, "at least 1 character"),
        "too many hops": ("neighbours", {"rag": rag, "thing": "x", "hops": 99}, "less than or equal to 3"),
    }

    async def use(client: Client) -> None:
        for name, (tool, arguments, sentence) in wrong.items():
            refused = await client.call_tool(tool, arguments)
            assert refused.is_error, name
            assert sentence in said(refused), (name, said(refused))
            assert "Traceback" not in said(refused)

    assistant.use(use)


def test_a_token_stays_within_its_scope_and_ends(assistant: Assistant) -> None:
    team = assistant.team
    view, reader = tokens.create(team.parts, team.viewer, "reads only", [Scope.read], 1)

    async def beyond(client: Client) -> None:
        refused = await client.call_tool("ask", {"rag": team.rag_id, "question": "Who works at ACME?"})
        assert refused.is_error
        tokens.revoke(team.parts, team.viewer, view.id)
        with pytest.raises(Exception, match=r"401|token|TaskGroup|closed|error"):
            await client.call_tool("knowledge_bases", {})

    assistant.use(beyond, reader)
    with team.parts.session() as db:
        record = db.exec(select(AuditEvent).where(AuditEvent.action == "token.beyond-scope")).one()
        assert (record.user_id, record.detail["scope"]) == (team.viewer.user_id, "ask")
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    for token in ("", "Bearer nonsense", f"Bearer {reader}"):
        answer = httpx.post(assistant.url, json=call, headers={"Authorization": token})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, -32001)
    good = {"Authorization": f"Bearer {assistant.token}", "Accept": "application/json, text/event-stream"}
    assert httpx.post(assistant.url, content="{", headers=good).status_code in (400, 415)
    assert httpx.post(assistant.url, content=b"x" * 2**20, headers=good).status_code == 413


@pytest.mark.parametrize("parts", ["embedded"], indirect=True)
def test_over_a_pipe_on_this_machine(assistant: Assistant, tmp_path: Path) -> None:
    """`ferag mcp` in the name of a user, without a token."""
    parts = assistant.team.parts
    settings = parts.settings
    with parts.session() as db:
        assert db.get_one(Rag, assistant.team.rag_id).name == "Contracts"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("FERAG_")},
        "FERAG_DATA_DIR": str(settings.data_dir),
        "FERAG_BASE_IRI": settings.base_iri,
    }
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "portal.cli", "mcp", "--as", "viewer@example.org"],
        env=environment,
        cwd=tmp_path,
    )

    async def run() -> None:
        async with Client(server) as client:
            mine = await client.call_tool("knowledge_bases", {})
            assert [r["name"] for r in mine.structured_content["result"]] == ["Contracts"]

    anyio.run(run)
