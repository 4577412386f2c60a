"""The doors as one FastAPI application inside the portal's: its paths, its OpenAPI document, its errors."""

from typing import Any

from fastapi import FastAPI
from starlette.routing import BaseRoute, Route

from portal.doors import (
    PREFIXES,
    answers,
    changes,
    completions,
    cycles,
    documents,
    edits,
    problems,
    rags,
    versions,
)
from portal.doors.entry import Entry
from portal.doors.problems import Problem
from portal.doors.work import Work
from portal.wiring import Parts

DOCUMENT = "/api/openapi.json"
ABOUT = """
Everything is done in the name of whoever made the access token (My account, Access tokens), within its scopes
and never beyond what that person may do. Send it as `Authorization: Bearer ferag_…`.

Errors are `application/problem+json`; below `/v1`, where OpenAI's clients talk, OpenAI's error object.
"""


def make(parts: Parts) -> FastAPI:
    doors = FastAPI(
        title="Ferag Portal",
        version="1",
        summary="Documents in, reviewed facts, cited answers out.",
        description=ABOUT,
        openapi_url=DOCUMENT,
        docs_url=None,  # FastAPI's pages load their scripts from other hosts
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False},  # its spans have the query, and so the question
        servers=[{"url": parts.settings.address}],
    )
    doors.state.parts = parts
    doors.state.work = Work(parts)
    for part in (rags, documents, cycles, changes, edits, versions, answers):
        doors.include_router(part.router, prefix="/api/v1", responses=problems.DOCUMENTED)
    doors.include_router(completions.router, prefix="/v1", responses=problems.DOCUMENTED_AS_OPENAI)
    problems.handle(doors)
    doors.openapi = lambda: _document(doors)  # type: ignore[method-assign]  # FastAPI's own way to extend it
    doors.add_middleware(Entry, parts=parts, public=frozenset({DOCUMENT}))
    return doors


def routes(parts: Parts) -> list[BaseRoute]:
    """Whatever begins with a prefix of ours; the doors see the whole path."""
    doors = make(parts)
    return [Route(f"{prefix}{{rest:path}}", doors) for prefix in PREFIXES]


def _document(doors: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the one form of its errors that no answer is read from."""
    if not doors.openapi_schema:
        made = FastAPI.openapi(doors)
        forms = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        made["components"]["schemas"] |= {**forms.pop("$defs"), "Problem": forms}
    return doors.openapi_schema or {}
