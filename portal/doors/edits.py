"""Corrections of what is approved: kept, looked at, taken back, sent to review as a cycle."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from kg.changes import sentence
from kg.edits import Problem
from kg.model import Kind
from portal import edits
from portal.doors.caller import BIGGEST, At, RagId, Shown
from portal.doors.edit_values import AnyCorrection

router = APIRouter(tags=["corrections"])


class WouldChange(Shown):
    kind: Kind
    sentence: str


class Waiting(Shown):
    id: int
    reason: str
    changes: list[WouldChange]
    problem: Problem | None = Field(description="Why it would change nothing (any more).")
    created_at: datetime


class Kept(Shown):
    iri: str = Field(description="Of the thing, kind or relation that would be new; else empty.")
    waiting: int = Field(description="Your corrections that are not sent yet.")


class Sent(Shown):
    cycle: int


@router.get("/rags/{rag}/edits", response_model=list[Waiting])
def list_corrections(at: At, rag: RagId) -> list[Waiting]:
    """Your own that are not sent yet, oldest first. Scope: edit."""
    return [
        Waiting(
            id=kept.id,
            reason=kept.reason,
            changes=[WouldChange(kind=c.kind, sentence=sentence(c)) for c in kept.changes],
            problem=kept.problem,
            created_at=kept.at,
        )
        for kept in edits.listing(at.parts, at.actor, rag)
    ]


@router.post("/rags/{rag}/edits", response_model=Kept, status_code=201)
def correct(at: At, rag: RagId, wanted: AnyCorrection) -> Kept:
    """Keep a correction among your own; one of the same fact, name, kind or term gives way. Scope: edit.

    409 if it would change nothing.
    """
    edits.allowed(at.parts, at.actor, rag)
    iri = wanted.keep(at, rag)
    return Kept(iri=iri, waiting=edits.waiting(at.parts, at.actor, rag))


@router.delete("/rags/{rag}/edits/{edit}", status_code=204)
def take_a_correction_back(at: At, rag: RagId, edit: Annotated[int, Path(ge=1, le=BIGGEST)]) -> None:
    """One that is not sent. Scope: edit."""
    edits.undo(at.parts, at.actor, rag, edit)


@router.post("/rags/{rag}/edits/send", response_model=Sent, status_code=202)
def send_corrections_to_review(at: At, rag: RagId) -> Sent:
    """All of your own as a cycle, which is reviewed and published like any other. Scope: edit."""
    return Sent(cycle=edits.send(at.parts, at.actor, rag))
