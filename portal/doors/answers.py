"""Asking and searching what is approved."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field, StringConstraints
from starlette.concurrency import run_in_threadpool

from kg.answer import Done
from kg.retrieve import Mode
from portal import finding
from portal.chats import LONGEST_QUESTION
from portal.doors.caller import BIGGEST, Asked, At, RagId, Shown
from portal.doors.changes import Evidence
from portal.options import AskMode, Options

router = APIRouter(tags=["answers"])
Question = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_QUESTION, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")
]


class Ask(Asked):
    question: Question
    mode: AskMode = AskMode.auto
    version: Annotated[int | None, Field(ge=1, le=BIGGEST, description="As of; else the approved one.")] = (
        None
    )


class Citation(Shown):
    n: int
    document: str
    document_id: str
    page: int | None
    start: int
    end: int
    quote: str
    fact: str | None = Field(description="The IRI of the fact that was read from it.")
    said_by: str = Field(default="", description="Of a fact that a member states, without a document: who.")
    said_on: str = ""
    reason: str = ""


class Step(Shown):
    name: str
    detail: str = Field(description="What was looked for or asked, or why not.")
    found: int
    seconds: float
    tokens_in: int
    tokens_out: int


class Answer(Shown):
    text: str
    supported: bool = Field(description="False if it is not known; citations are the nearest then.")
    version: int
    mode: str
    language: str
    seconds: float
    citations: list[Citation]
    query: str = Field(description="SPARQL that it rests on; empty if that is passages and facts.")
    steps: list[Step]


class Passage(Shown):
    document: str
    document_id: str
    page: int | None
    start: int
    end: int
    text: str
    score: float


class Thing(Shown):
    iri: str
    label: str
    description: str
    score: float


class Fact(Shown):
    iri: str
    sentence: str
    over: bool
    score: float
    evidence: list[Evidence]


class Found(Shown):
    mode: str
    version: int
    passages: list[Passage]
    entities: list[Thing]
    facts: list[Fact]


@router.post("/rags/{rag}/ask", response_model=Answer)
async def ask_a_question(at: At, request: Request, rag: RagId, wanted: Ask) -> object:
    """An answer with its citations, from the approved version. Scope: ask."""
    options = Options(mode=wanted.mode, version=wanted.version)
    async for event in at.work.answer(at.actor, rag, wanted.question, options):
        if isinstance(event, Done):
            return event.answer
    raise AssertionError("an answer ends with Done")


@router.get("/rags/{rag}/search", response_model=Found)
async def search(
    at: At,
    rag: RagId,
    q: Annotated[Question, Query(description="Words, a name, or a question.")],
    mode: Mode = Mode.mix,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> Found:
    """Passages, things and facts, best first. Scope: ask."""
    options = Options(mode=mode, top_k=limit)
    found = await run_in_threadpool(finding.search, at.parts, at.actor, rag, q, options)
    return Found(
        mode=found.mode,
        version=found.version,
        passages=[Passage.model_validate(p) for p in found.passages],
        entities=[Thing.model_validate(e) for e in found.entities],
        facts=[Fact.model_validate(f) for f in found.facts],
    )
