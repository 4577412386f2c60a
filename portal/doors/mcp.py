"""The Model Context Protocol: what an assistant may do with its user's knowledge bases, as six tools.

`/mcp` takes an access token; `ferag mcp` speaks over standard input and output on this machine. Each request
stands for itself (no sessions), so a revoked token ends with its next call.
"""

from collections.abc import Callable
from typing import Annotated, TypeVar

import anyio.to_thread
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kg import answer
from kg.errors import KgError
from kg.store.sparql import Answered
from kg.store.terms import nt
from portal import finding, questions, rags, sparql, tokens, tools
from portal.access import Actor
from portal.doors.answers import Answer, Fact, Found, Passage, Thing
from portal.doors.bearer import OPEN, PREFLIGHT, who
from portal.doors.caller import Shown
from portal.errors import BeyondScope, PortalError, Unknown
from portal.options import Options
from portal.routes.rendering import sentence, speak
from portal.wiring import Parts

PATH = "/mcp"
MOST_BODY = 2**18  # bytes
AT_ONCE = 4
ROWS = 200  # of a SPARQL answer: what a model can read
READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
ABOUT = (
    "Knowledge bases whose facts were reviewed by people. Ask for a cited answer, search for passages and "
    "facts, look at what is around a thing, or query the graph with SPARQL. Quote the citations."
)

T = TypeVar("T")
Rag = Annotated[int, Field(ge=1, le=2**31 - 1, description="The knowledge base's number.")]
Words = Annotated[str, Field(min_length=1, max_length=2000)]


class KnowledgeBase(Shown):
    id: int
    name: str
    description: str
    version: int


class Edge(Shown):
    subject: str
    label: str
    object: str


class Around(Shown):
    thing: str
    edges: list[Edge] = Field(description="In words: subject, relation, object.")
    left_out: int


class Overview(Shown):
    title: str
    summary: str


class Table(Shown):
    columns: list[str] = Field([])
    rows: list[list[str]] = Field([], description="Terms as in N-Triples; empty where a variable is unbound.")
    truth: bool | None = None
    triples: str | None = None
    cut: bool = Field(False, description="There are more rows than these.")


def make(parts: Parts, fixed: Actor | None = None) -> MCPServer:
    """The tools, for `fixed`, or for whoever came through `Door`."""
    server: MCPServer = MCPServer("ferag-portal", title="Ferag Portal", instructions=ABOUT)
    places = anyio.CapacityLimiter(AT_ONCE)

    async def act(context: Context, what: Callable[[Actor], T]) -> T:
        """A service's answer, in its turn; its refusal is the tool's error, in words."""
        actor = fixed or context.request_context.request.state.actor  # type: ignore[union-attr]
        try:
            return await anyio.to_thread.run_sync(what, actor, limiter=places)
        except BeyondScope as e:
            door = f"{PATH} {context.request_id}"
            await run_in_threadpool(tokens.refused, parts, actor, e, door)
            raise ToolError(sentence(e)) from e
        except PortalError as e:
            raise ToolError(sentence(e)) from e
        except KgError as e:
            raise ToolError(str(e)) from e

    @server.tool(annotations=READS)
    async def knowledge_bases(context: Context) -> list[KnowledgeBase]:
        """The knowledge bases that you may use, with their numbers."""
        found = await act(context, lambda actor: rags.mine(parts, actor))
        return [KnowledgeBase.model_validate(r) for r in found]

    @server.tool(annotations=READS)
    async def ask(context: Context, rag: Rag, question: Words) -> Answer:
        """An answer from the approved version, with citations: document, page and exact quote."""

        def asked(actor: Actor) -> answer.Answer:
            return questions.whole(questions.asked(parts, actor, rag, question))

        found = await act(context, asked)
        return Answer.model_validate(found)

    @server.tool(annotations=READS)
    async def search(
        context: Context, rag: Rag, words: Words, limit: Annotated[int, Field(ge=1, le=50)] = 10
    ) -> Found:
        """Passages of documents, things and facts that fit these words, best first."""
        wanted = Options(mode="mix", top_k=limit)
        found = await act(context, lambda actor: finding.search(parts, actor, rag, words, wanted))
        return Found(
            mode=found.mode,
            version=found.version,
            passages=[Passage.model_validate(p) for p in found.passages],
            entities=[Thing.model_validate(e) for e in found.entities],
            facts=[Fact.model_validate(f) for f in found.facts],
        )

    @server.tool(annotations=READS)
    async def neighbours(
        context: Context, rag: Rag, thing: Words, hops: Annotated[int, Field(ge=1, le=3)] = 1
    ) -> Around:
        """What the graph says around a thing, given by its name or its IRI."""
        found = await act(context, lambda actor: tools.around(parts, actor, rag, thing, hops))
        return Around.model_validate(found)

    @server.tool(annotations=READS)
    async def summary(context: Context, rag: Rag, words: Words) -> list[Overview]:
        """An overview: what belongs together and is nearest to these words, in a few sentences each."""
        found = await act(context, lambda actor: tools.overview(parts, actor, rag, words))
        return [Overview.model_validate(c) for c in found]

    @server.tool(name="sparql", annotations=READS)
    async def query(context: Context, rag: Rag, query: Annotated[str, Field(max_length=20_000)]) -> Table:
        """A read-only SPARQL 1.1 query; the default graph is the approved ontology and facts."""
        found = await act(context, lambda actor: sparql.query(parts, actor, rag, query, limit=ROWS))
        return _table(found)

    return server


def _table(found: Answered) -> Table:
    return Table(
        columns=list(found.names),
        rows=[[nt(row[n]) if n in row else "" for n in found.names] for row in found.rows],
        truth=found.truth,
        triples=found.graph.serialize(format="turtle") if found.graph is not None else None,
        cut=found.cut,
    )


# ---- over HTTP


class Door:
    """Knows who asks, then hands the request to the protocol's own server."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.server = parts, make(parts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if request.method == "OPTIONS":
            await Response(status_code=204, headers=PREFLIGHT)(scope, receive, send)
            return
        speak(request)
        try:
            actor = await run_in_threadpool(who, self.parts, request)
        except PortalError as e:
            status = 401 if isinstance(e, Unknown) else 503
            said = {"jsonrpc": "2.0", "id": None, "error": {"code": -32001, "message": sentence(e)}}
            more = {"WWW-Authenticate": "Bearer"} if status == 401 else {"Retry-After": "5"}
            await JSONResponse(said, status, OPEN | more)(scope, receive, send)
            return
        scope["state"] = {**scope.get("state", {}), "actor": actor}
        manager = StreamableHTTPSessionManager(
            self.server._lowlevel_server,
            json_response=True,
            stateless=True,
            max_request_body_size=MOST_BODY,
            # hosts are the gate's to know; a token is never sent by a browser by itself
            security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)


def routes(parts: Parts) -> list[Route]:
    return [Route(PATH, Door(parts), methods=["GET", "POST", "DELETE", "OPTIONS"])]
