"""A cycle's changes, and deciding them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field, StringConstraints

from kg.model import Decision, Fit, Kind, Verdict
from portal import cycles, decisions, reviews, versions
from portal.doors.caller import SHOWS, Asked, At, CycleNumber, Line, RagId, Shown, Text
from portal.doors.cycles import Cycle
from portal.review_rows import Filter

router = APIRouter(tags=["changes"])
ChangeId = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\w.:-]+$")]


class Evidence(Shown):
    document: str
    document_id: str
    page: int | None
    start: int
    end: int
    quote: str


class Change(Shown):
    id: str
    kind: Kind
    fit: Fit
    verdict: Verdict
    sentence: str
    subject: str
    predicate: str
    object: str
    confidence: float
    decision: Decision
    decided_by: str
    reason: str
    evidence: list[Evidence]


class Changes(Shown):
    total: int
    rows: list[Change]


class Decide(Asked):
    ids: Annotated[list[ChangeId], Field(min_length=1, max_length=1000)]
    decision: Literal["accepted", "rejected", "undecided"]
    reason: Text = ""


class Decided(Shown):
    changed: int = Field(description="Every row touched, with those that came along.")
    also: list[str] = Field(description="The sentences of rows that came along.")


class Approve(Asked):
    """`all` first accepts everything undecided, of a conflict the proposed side."""

    all: bool = False


@router.get("/rags/{rag}/cycles/{cycle}/changes", response_model=Changes)
def list_changes(
    at: At,
    rag: RagId,
    cycle: CycleNumber,
    tab: Literal["", "ontology", "things", "facts", "conflicts"] = "",
    decision: Literal["", "undecided", "accepted", "rejected", "edited"] = "",
    document: Annotated[Line, Query()] = "",
    text: Annotated[Line, Query()] = "",
    page: Annotated[int, Query(ge=0, le=100_000)] = 0,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> object:
    """Riskiest first; `page` from 0. Scope: read."""
    where = Filter(tab=tab, decision=decision, document=document, text=text)
    return reviews.rows(at.parts, at.actor, rag, cycle, where, page, size)


@router.get("/rags/{rag}/cycles/{cycle}/changes/{change}", response_model=Change)
def get_a_change(at: At, rag: RagId, cycle: CycleNumber, change: Annotated[ChangeId, Path()]) -> object:
    """Scope: read."""
    return reviews.row(at.parts, at.actor, rag, cycle, change)


@router.post("/rags/{rag}/cycles/{cycle}/decisions", response_model=Decided)
def decide_changes(at: At, rag: RagId, cycle: CycleNumber, wanted: Decide) -> object:
    """Rejecting takes along what hangs on a change; accepting, the undecided it needs. Scope: decide."""
    decision = Decision(wanted.decision)
    return decisions.decide(at.parts, at.actor, rag, cycle, wanted.ids, decision, wanted.reason)


@router.post(
    "/rags/{rag}/cycles/{cycle}/approve", dependencies=[SHOWS], response_model=Cycle, status_code=202
)
def approve_a_cycle(at: At, rag: RagId, cycle: CycleNumber, wanted: Approve = Approve()) -> object:
    """Publish what is accepted as the next version. Scopes: approve, read.

    A worker does it: follow the cycle's events.
    """
    versions.approve(at.parts, at.actor, rag, cycle, wanted.all)
    return cycles.get(at.parts, at.actor, rag, cycle)
