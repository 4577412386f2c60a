"""The SPARQL 1.1 protocol, `/sparql/NUMBER`: queries over one knowledge base, and what the endpoint is.

Errors are sentences in plain text with the protocol's statuses. A query has ten seconds, a few run at
once, and what a client that has gone left behind ends with them.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from rdflib import RDF, BNode, Graph, Namespace, URIRef
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from kg.errors import BadInput, KgError, QueryRefused, TooSlow
from kg.store.sparql import Answered
from kg.vocab import Dataset
from portal import sparql, tokens
from portal.access import Actor
from portal.doors.bearer import OPEN, PREFLIGHT, who
from portal.doors.negotiation import best
from portal.doors.sparql_results import TRIPLES, graph, written
from portal.errors import BeyondScope, Forbidden, NotFound, PortalError, Unknown
from portal.routes.rendering import sentence, speak
from portal.wiring import Parts

PREFIX = "/sparql/"
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
MOST_BODY = 2**18  # bytes: the longest query, percent-encoded
AT_ONCE, WAITING = 4, 16
_MORE: Mapping[int, Mapping[str, str]] = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}
_STATUS = ((Unknown, 401), (Forbidden, 403), (NotFound, 404))


def routes(parts: Parts) -> list[Route]:
    door = Door(parts)
    return [Route(f"{PREFIX}{{rag:int}}", door.answer, methods=["GET", "POST", "OPTIONS"])]


class Refused(Exception):
    """An answer that is no result."""

    def __init__(self, status: int, text: str, **headers: str) -> None:
        self.status, self.text, self.headers = status, text, headers
        super().__init__(status, text)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the protocol says it."""

    query: str | None
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass
class Door:
    parts: Parts
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _waiting: int = 0

    async def answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=PREFLIGHT)
        speak(request)
        try:
            actor = await run_in_threadpool(who, self.parts, request)
        except PortalError as e:
            return _failed(e)
        try:
            return await self._result(request, actor)
        except (Refused, PortalError, KgError, ClientDisconnect) as e:
            if isinstance(e, BeyondScope):
                what = f"{request.method} {request.url.path}"
                await run_in_threadpool(tokens.refused, self.parts, actor, e, what)
            return _failed(e)

    async def _result(self, request: Request, actor: Actor) -> Response:
        asked, rag_id = await _read(request), request.path_params["rag"]
        accept = request.headers.get("accept", "")
        if asked.query is None:
            of = await run_in_threadpool(sparql.dataset, self.parts, actor, rag_id)
            return _described(request, of, accept)
        answered = await self._run(actor, rag_id, asked, asked.query)
        found = await run_in_threadpool(written, answered, accept)
        if found is None:
            raise Refused(406, "No form that this client accepts fits the result.")
        media, body = found
        more = {"X-Ferag-Cut": str(sparql.ROWS)} if answered.cut else {}
        return Response(body, media_type=media, headers=OPEN | {"Vary": "Accept"} | more)

    async def _run(self, actor: Actor, rag_id: int, asked: Asked, text: str) -> Answered:
        """In its turn: only so many at once, so that the pages still get answers from the store."""
        if self._waiting >= WAITING:
            raise Refused(503, "Too many queries at once: try again soon.", **{"Retry-After": "5"})
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            return await run_in_threadpool(
                sparql.query, self.parts, actor, rag_id, text, asked.default, asked.named
            )
        finally:
            self._places.release()


async def _read(request: Request) -> Asked:
    """Refused if it is no query of the protocol."""
    given = _pairs(request.url.query)
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in ("application/x-www-form-urlencoded", "application/sparql-query"):
            raise Refused(415, "Send a form, or the query as application/sparql-query; this reads only.")
        body = await _body(request)
        if kind == "application/sparql-query":
            given.append(("query", body))
        else:
            given += _pairs(body)
    if any(name == "update" for name, _ in given):
        raise Refused(400, "This endpoint only reads: it takes no update.")
    queries = [value for name, value in given if name == "query"]
    if len(queries) > 1 or (request.method == "POST" and not queries):
        raise Refused(400, "Send one query.")
    return Asked(
        queries[0] if queries else None,
        tuple(value for name, value in given if name == "default-graph-uri"),
        tuple(value for name, value in given if name == "named-graph-uri"),
    )


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=100)
    except ValueError as e:
        raise Refused(400, f"These are no parameters: {e}.") from None


async def _body(request: Request) -> str:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BODY:
            raise Refused(413, f"The query is larger than {MOST_BODY:,} bytes.")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Refused(400, "The query is not UTF-8.") from None


def _described(request: Request, of: Dataset, accept: str) -> Response:
    """The service description (SPARQL 1.1), which a GET without a query asks for."""
    media = best(accept, tuple(TRIPLES)) or "text/turtle"
    made, service, held, default = Graph(), BNode(), BNode(), BNode()
    made.bind("sd", SD)
    made.add((service, RDF.type, SD.Service))
    made.add((service, SD.endpoint, URIRef(str(request.url.replace(query="")))))
    made.add((service, SD.supportedLanguage, SD.SPARQL11Query))
    for form in ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
                 "Turtle", "N-Triples", "RDF_XML", "JSON-LD"):  # fmt: skip
        made.add((service, SD.resultFormat, FORMATS[form]))
    made.add((service, SD.defaultDataset, held))
    made.add((held, RDF.type, SD.Dataset))
    made.add((held, SD.defaultGraph, default))
    made.add((default, RDF.type, SD.Graph))
    for name in of.approved:
        named = BNode()
        made.add((held, SD.namedGraph, named))
        made.add((named, RDF.type, SD.NamedGraph))
        made.add((named, SD.name, name))
    return Response(graph(made, media), media_type=media, headers=OPEN | {"Vary": "Accept"})


def _failed(error: Exception) -> Response:
    """The protocol's status, and a sentence."""
    match error:
        case Refused():
            return _said(error.status, error.text, error.headers)
        case PortalError():
            status = next((s for kind, s in _STATUS if isinstance(error, kind)), 503)
            return _said(status, sentence(error), _MORE.get(status, {}))
        case QueryRefused() | BadInput():
            return _said(400, str(error))
        case TooSlow():
            return _said(503, str(error))
        case KgError():
            return _said(503, "The graph store does not answer.", {"Retry-After": "5"})
    return _said(400, "The request broke off.")


def _said(status: int, text: str, headers: Mapping[str, str] = {}) -> Response:
    return Response(text + "\n", status, OPEN | dict(headers), media_type="text/plain")
