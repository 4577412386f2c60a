"""The addresses of things: `/data/ferag-00001/entity/…` is a page for people and RDF for programs.

Where FERAG_BASE_IRI is the portal's own address with `/data/`, these are the IRIs themselves. Who asks is
known by a token in the header, or by the login; nobody else learns whether there is such a thing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from rdflib import Graph
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from kg.errors import KgError
from portal import logins, notices, open_data, tokens
from portal.access import Actor
from portal.doors.bearer import OPEN, PREFLIGHT, who
from portal.doors.negotiation import best
from portal.doors.sparql_results import TRIPLES, graph
from portal.errors import BeyondScope, Closed, Forbidden, NotFound, PartDown, PortalError, Unknown
from portal.explore import address
from portal.open_data import PATH
from portal.routes import cookies
from portal.routes.rendering import sentence, speak
from portal.wiring import Parts

WELL_KNOWN = "/.well-known/void"
PAGE = "text/html"
METHODS = ["GET", "OPTIONS"]
OFFERED = (PAGE, *TRIPLES)  # what a browser asks for first of all
RDF_FIRST = (*TRIPLES, PAGE)
_STATUS = ((Unknown, 401), (Forbidden, 403), (NotFound, 404))


def routes(parts: Parts) -> list[Route]:
    data = Data(parts)
    found = [Route(WELL_KNOWN, data.catalogue, methods=METHODS)]
    for prefix in prefixes(parts):
        found.append(Route(f"{prefix}ferag-{{rag:int}}", data.dataset, methods=METHODS))
        found.append(Route(f"{prefix}ferag-{{rag:int}}/{{rest:path}}", data.thing, methods=METHODS))
    return found


def prefixes(parts: Parts) -> list[str]:
    """`/data/`, and where the base of all IRIs is another folder of the portal's own address."""
    base, own = urlsplit(parts.settings.base_iri), urlsplit(parts.settings.address)
    here = (base.scheme, base.netloc) == (own.scheme, own.netloc) and base.path.endswith("/")
    return list(dict.fromkeys([PATH, base.path])) if here else [PATH]


@dataclass(frozen=True)
class Data:
    parts: Parts

    async def catalogue(self, request: Request) -> Response:
        return await self._answer(request, lambda actor: open_data.catalogue(self.parts, actor), lambda: "/")

    async def dataset(self, request: Request) -> Response:
        rag_id = request.path_params["rag"]
        return await self._answer(
            request,
            lambda actor: open_data.describe(self.parts, actor, rag_id),
            lambda: f"/overview?rag={rag_id}",
        )

    async def thing(self, request: Request) -> Response:
        rag_id, rest = request.path_params["rag"], request.path_params["rest"]
        if not rest:
            return await self.dataset(request)
        version = request.query_params.get("version", "")
        at = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
        return await self._answer(
            request,
            lambda actor: open_data.about(self.parts, actor, rag_id, rest, at),
            lambda: self._page(rag_id, rest),
        )

    def _page(self, rag_id: int, rest: str) -> str:
        kind, _, name = rest.partition("/")
        if kind == "document":
            return f"/document?rag={rag_id}&revision={quote(name, safe='')}"
        if kind == "entity":
            dataset = self.parts.dataset(rag_id)
            return f"/entity?rag={rag_id}&entity={quote(address.of(dataset, dataset.root + rest), safe='')}"
        return f"/graph?rag={rag_id}"

    async def _answer(
        self, request: Request, made: Callable[[Actor], Graph], page: Callable[[], str]
    ) -> Response:
        def run() -> Response:
            speak(request)
            by_token = bool(request.headers.get("authorization"))
            more = {"Vary": "Accept, Authorization, Cookie"} | (OPEN if by_token else {})
            try:
                actor = self._who(request)
            except PortalError as e:
                return _failed(e, more)
            try:
                return self._form(request, actor, made, page, more)
            except PortalError as e:
                if isinstance(e, BeyondScope):
                    tokens.refused(self.parts, actor, e, f"GET {request.url.path}")
                return _failed(e, more)
            except KgError:
                return _failed(PartDown("store"), more)

        if request.method == "OPTIONS":
            return Response(status_code=204, headers=PREFLIGHT)
        return await run_in_threadpool(run)

    def _form(
        self,
        request: Request,
        actor: Actor,
        made: Callable[[Actor], Graph],
        page: Callable[[], str],
        more: dict[str, str],
    ) -> Response:
        accept = request.headers.get("accept", "")
        media = best(accept, OFFERED if PAGE in accept else RDF_FIRST)
        if media is None:
            return PlainTextResponse(f"One of {', '.join(OFFERED)}.\n", 406, more)
        if media == PAGE:
            if request.path_params.get("rest", "").partition("/")[0] != "document":
                made(actor)  # a page for what is there; its own check says the rest
            return RedirectResponse(page(), 303, more)
        return Response(graph(made(actor), media), media_type=media, headers=more)

    def _who(self, request: Request) -> Actor:
        """By the token, if one is shown; else by the login. Raises Unknown and Closed."""
        if request.headers.get("authorization"):
            return who(self.parts, request)
        signed = logins.who(self.parts, request.cookies.get(cookies.session_name(self.parts.settings), ""))
        if signed is None:
            raise Unknown("token-missing")
        if notices.closed_for(self.parts, signed.actor):
            raise Closed
        return signed.actor


def _failed(error: PortalError, more: Mapping[str, str]) -> Response:
    status = next((s for kind, s in _STATUS if isinstance(error, kind)), 503)
    headers = dict(more) | ({"WWW-Authenticate": "Bearer"} if status == 401 else {})
    return PlainTextResponse(sentence(error) + "\n", status, headers)
