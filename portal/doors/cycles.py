"""Cycles: how far they have come, as it happens, and what can be done with one as a whole."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from kg.errors import KgError
from portal import cycles, versions
from portal.cycles import CycleView
from portal.doors import problems
from portal.doors.caller import SHOWS, Asked, At, Caller, CycleNumber, RagId, Shown, Text
from portal.doors.streams import STREAM
from portal.doors.work import Watch
from portal.errors import PortalError
from portal.models import CycleKind, CycleState, StepName, StepState

router = APIRouter(tags=["cycles"])
AT_WORK = (CycleState.waiting, CycleState.running, CycleState.publishing)
LOOK_SECONDS = 0.5
SILENT_SECONDS = 15.0  # then a comment keeps proxies from closing
LONGEST_SECONDS = 6 * 3600.0


class Step(Shown):
    name: StepName
    state: StepState
    done: int
    total: int
    detail: str
    error: str


class CycleDocument(Shown):
    name: str
    units: int
    error: str
    notes: list[str]


class Cycle(Shown):
    number: int
    kind: CycleKind
    state: CycleState
    title: str
    who: str
    created_at: datetime
    finished_at: datetime | None
    error: str
    base_version: int | None
    version: int | None
    documents: list[CycleDocument]
    steps: list[Step]
    changes: int
    undecided: int


class Why(Asked):
    reason: Text = ""


@router.get("/rags/{rag}/cycles", response_model=list[Cycle])
def list_cycles(at: At, rag: RagId, limit: Annotated[int, Query(ge=1, le=200)] = 20) -> object:
    """The latest, newest first. Scope: read."""
    return cycles.recent(at.parts, at.actor, rag, limit)


@router.get("/rags/{rag}/cycles/{cycle}", response_model=Cycle)
def get_a_cycle(at: At, rag: RagId, cycle: CycleNumber) -> object:
    """Scope: read."""
    return cycles.get(at.parts, at.actor, rag, cycle)


@router.post("/rags/{rag}/cycles/{cycle}/cancel", dependencies=[SHOWS], response_model=Cycle, status_code=202)
def cancel_a_cycle(at: At, rag: RagId, cycle: CycleNumber) -> object:
    """Stop the work on it. Scopes: upload, read."""
    cycles.cancel(at.parts, at.actor, rag, cycle)
    return cycles.get(at.parts, at.actor, rag, cycle)


@router.post("/rags/{rag}/cycles/{cycle}/retry", dependencies=[SHOWS], response_model=Cycle, status_code=202)
def retry_a_cycle(at: At, rag: RagId, cycle: CycleNumber) -> object:
    """Go on where it failed or was cancelled. Scopes: upload, read."""
    cycles.retry(at.parts, at.actor, rag, cycle)
    return cycles.get(at.parts, at.actor, rag, cycle)


@router.post("/rags/{rag}/cycles/{cycle}/reject", dependencies=[SHOWS], response_model=Cycle)
def reject_a_cycle(at: At, rag: RagId, cycle: CycleNumber, why: Why = Why()) -> object:
    """Nothing of it enters the graph. Scopes: decide, read."""
    versions.reject(at.parts, at.actor, rag, cycle, why.reason)
    return cycles.get(at.parts, at.actor, rag, cycle)


@router.get(
    "/rags/{rag}/cycles/{cycle}/events",
    response_class=Response,
    responses={200: {"content": STREAM}},
)
async def follow_a_cycle(at: At, request: Request, rag: RagId, cycle: CycleNumber) -> Response:
    """Server-sent events: `progress` with the cycle whenever it changes; `end` when nobody works on it.

    `error` with a problem ends it early. Scope: read.
    """
    first = await run_in_threadpool(cycles.get, at.parts, at.actor, rag, cycle)
    return StreamingResponse(_events(at, request, rag, first), media_type="text/event-stream")


async def _events(at: Caller, request: Request, rag: int, view: CycleView) -> AsyncIterator[bytes]:
    began = said = time.monotonic()
    watch, shown = Watch(at.parts, at.actor), ""
    try:
        while time.monotonic() - began < LONGEST_SECONDS:
            now = Cycle.model_validate(view).model_dump_json()
            if now != shown:
                shown, said = now, time.monotonic()
                yield format_sse_event(event="progress", data_str=now)
            if view.state not in AT_WORK:
                yield format_sse_event(event="end", data_str=now)
                return
            if time.monotonic() - said > SILENT_SECONDS:
                said = time.monotonic()
                yield format_sse_event(comment="still at work")
            await asyncio.sleep(LOOK_SECONDS)
            await watch.look()
            view = await run_in_threadpool(cycles.get, at.parts, at.actor, rag, view.number)
    except (PortalError, KgError) as e:
        yield format_sse_event(event="error", data_str=problems.problem(request, e).model_dump_json())
