"""What went wrong, in the client's own format: problem+json (RFC 9457); below /v1 OpenAI's error object."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.errors import BadInput, KgError, ModelError, StoreError
from portal import arrivals, tokens
from portal.errors import (
    BeyondScope,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PartDown,
    PortalError,
    Throttled,
    Unknown,
)
from portal.routes.rendering import sentence, speak

log = logging.getLogger(__name__)

OPENAI = "/v1/"
_STATUS = (
    (Unknown, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Invalid, 422),
    (Throttled, 429),
    (PortalError, 503),
)


class Fault(BaseModel):
    """One thing in the request that does not fit."""

    where: str = Field(description="As `body.name` or `query.size`.")
    why: str


class Problem(BaseModel):
    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="A sentence in the language of Accept-Language: en or ru.")
    code: str = Field(description="Stays the same in every language.")
    errors: list[Fault] = []
    request: str = Field("", description="As in the header X-Request-Id and in the log.")


class OpenAIErrorDetail(BaseModel):
    message: str
    type: str
    param: str | None = None
    code: str | None = None


class OpenAIError(BaseModel):
    error: OpenAIErrorDetail


_CODES = {400: "not-json", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}
_SAID = {
    400: "The body is not JSON.",
    401: "No access token, or one that is not good (any more).",
    403: "The token lacks the scope, or its maker the right.",
    404: "It is not there, or its maker is no member.",
    409: "The state of things does not allow it now.",
    413: "The body is too large.",
    422: "Something in the request does not fit.",
    429: "Too many questions or uploads, or the day's tokens are used up: Retry-After says when it ends.",
    503: "A part of the installation does not answer.",
}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {"description": said, "content": _PROBLEM} for status, said in _SAID.items()
}
DOCUMENTED_AS_OPENAI: dict[int | str, dict[str, Any]] = {
    status: {"description": said, "model": OpenAIError} for status, said in _SAID.items()
}


def handle(doors: FastAPI) -> None:
    """Answer every error of these doors in its client's format."""

    async def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, BeyondScope):
            what = f"{request.method} {request.url.path}"
            await run_in_threadpool(tokens.refused, request.app.state.parts, request.state.actor, error, what)
        return response(request, error)

    for kind in (PortalError, KgError, HTTPException, RequestValidationError):
        doors.add_exception_handler(kind, answer)
    doors.add_exception_handler(Exception, _unexpected)


def problem(request: Request, error: Exception) -> Problem:
    """The error as a value, in the client's language."""
    speak(request)
    status, code, detail, faults = _told(error)
    return Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        errors=faults,
        request=arrivals.current(),
    )


def response(request: Request, error: Exception) -> Response:
    told = problem(request, error)
    headers = dict(getattr(error, "headers", None) or {})
    if told.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if told.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "5"
    if isinstance(error, Throttled):
        headers["Retry-After"] = str(error.retry_after)
    if request.url.path.startswith(OPENAI):
        return JSONResponse(as_openai(told).model_dump(), told.status, headers)
    return JSONResponse(told.model_dump(), told.status, headers, media_type="application/problem+json")


def as_openai(told: Problem) -> OpenAIError:
    """Types and codes as OpenAI's clients know them."""
    kinds = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    codes = {401: "invalid_api_key", 404: "model_not_found"}
    at_fault = told.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return OpenAIError(
        error=OpenAIErrorDetail(
            message=" ".join([told.detail, *(f"{f.where}: {f.why}." for f in told.errors)]),
            type=kinds.get(told.status, "invalid_request_error" if at_fault else "server_error"),
            param=told.errors[0].where.removeprefix("body.") if told.errors else None,
            code=codes.get(told.status, told.code.replace("-", "_")),
        )
    )


def _told(error: Exception) -> tuple[int, str, str, list[Fault]]:
    """Status, code, sentence, and what of the request is at fault."""
    if isinstance(error, RequestValidationError | HTTPException):
        return _of_request(error)
    if isinstance(error, BadInput):
        return 422, "does-not-fit", str(error), []
    if isinstance(error, KgError):
        log.warning("a door answers 503: %s", error)
        error = PartDown(_part(error))
    if isinstance(error, PortalError):
        status = next(s for kind, s in _STATUS if isinstance(error, kind))
        faults = [Fault(where=error.field, why=sentence(error))] if isinstance(error, Invalid) else []
        return status, error.code, sentence(error), faults
    return 500, "unexpected", "Something unexpected happened; the log has it.", []


def _of_request(error: RequestValidationError | HTTPException) -> tuple[int, str, str, list[Fault]]:
    if isinstance(error, HTTPException):
        code = _CODES.get(error.status_code, f"http-{error.status_code}")
        return error.status_code, code, str(error.detail), []
    if any(e["type"] == "json_invalid" for e in error.errors()):
        return 400, "not-json", "The body is not JSON.", []
    faults = [Fault(where=".".join(map(str, e["loc"])), why=e["msg"]) for e in error.errors()[:20]]
    return 422, "does-not-fit", "Something in the request does not fit.", faults


def _part(error: KgError) -> str:
    for kind, part in ((StoreError, "store"), (ModelError, "model")):
        if isinstance(error, kind):
            return part
    return "index"


async def _unexpected(request: Request, error: Exception) -> Response:
    return response(request, error)
