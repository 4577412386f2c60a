"""What OpenAI's clients speak: a knowledge base is a model, its citations come with the answer."""

import time
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.sse import format_sse_event
from pydantic import StringConstraints
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from kg.answer import Answer, Done, Event, Turn, Words
from kg.errors import KgError
from portal import rags
from portal.access import Action
from portal.chats import LONGEST_QUESTION
from portal.doors import problems
from portal.doors.caller import At, Caller
from portal.doors.completion_values import (
    Choice,
    Chunk,
    Completion,
    CompletionRequest,
    Delta,
    Message,
    Model,
    Models,
    Part,
    Usage,
)
from portal.doors.sources import annotations, below, sources, without
from portal.doors.streams import STREAM
from portal.errors import Invalid, NotFound, PortalError
from portal.rags import RagView
from portal.routes.rendering import speak

router = APIRouter(tags=["OpenAI"])
ModelName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$"), Path()]


@router.get("/models", response_model=Models)
def list_models(at: At) -> Models:
    """A knowledge base is a model. Scope: ask."""
    return Models(data=[_model(r) for r in rags.mine(at.parts, at.actor, Action.ask)])


@router.get("/models/{model}", response_model=Model)
def get_a_model(at: At, model: ModelName) -> Model:
    """Scope: ask."""
    return _model(_rag(at, model))


@router.post(
    "/chat/completions",
    response_model=Completion,
    responses={200: {"content": STREAM}},
)
async def complete_a_chat(at: At, request: Request, wanted: CompletionRequest) -> Completion | Response:
    """An answer from the approved version, with its sources; in pieces if `stream` is set. Scope: ask.

    Sampling parameters and tools are accepted and change nothing; system messages are not followed.
    """
    speak(request)
    question, history = conversation(wanted.messages)
    rag = await run_in_threadpool(_rag, at, wanted.model)
    answering = _Answering(at, request, rag, include_usage=wanted.include_usage)
    events = at.work.answer(at.actor, rag.id, question, history=history)
    if not wanted.stream:
        async for event in events:
            if isinstance(event, Done):
                return answering.whole(event.answer)
        raise AssertionError("an answer ends with Done")
    begun = await anext(events)  # what goes wrong until here has a status of its own
    return StreamingResponse(answering.pieces(begun, events), media_type="text/event-stream")


def model_id(rag_id: int) -> str:
    return f"ferag-{rag_id:05d}"


def conversation(messages: Sequence[Message]) -> tuple[str, tuple[Turn, ...]]:
    """The last message of the user as the question, and what was said before it."""
    spoken = [m for m in messages if m.role in ("user", "assistant")]
    if not spoken or spoken[-1].role != "user":
        raise Invalid("messages", "no-question")
    question = _text(spoken[-1]).strip()
    if not question:
        raise Invalid("messages", "question-empty")
    if len(question) > LONGEST_QUESTION:
        raise Invalid("messages", "question-long", longest=LONGEST_QUESTION)
    return question, tuple(Turn(m.role, without(_text(m))) for m in spoken[:-1])


def _text(message: Message) -> str:
    if isinstance(message.content, list):
        return "\n".join(_part(p) for p in message.content)
    return message.content or ""


def _part(part: Part) -> str:
    if part.type != "text":
        raise Invalid("messages", "only-text")
    return part.text


def _model(rag: RagView) -> Model:
    return Model(
        id=model_id(rag.id),
        created=int(rag.created_at.timestamp()),
        name=rag.name,
        description=rag.description,
        version=rag.version,
    )


def _rag(at: Caller, name: str) -> RagView:
    """By the model's id, or the name of a knowledge base if only one has it."""
    mine = rags.mine(at.parts, at.actor, Action.ask)
    found = [r for r in mine if model_id(r.id) == name] or [r for r in mine if r.name == name]
    if len(found) != 1:
        raise NotFound("rag", name)
    return found[0]


@dataclass(frozen=True, slots=True)
class _Answering:
    """One answer on its way to the client, whole or in pieces."""

    at: Caller
    request: Request
    rag: RagView
    include_usage: bool
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answer: Answer) -> Completion:
        cited = sources(self.at.parts.settings, self.rag.id, answer)
        message = Delta(
            role="assistant",
            content=answer.text + below(cited),
            annotations=annotations(answer.text, cited),
        )
        return Completion(
            id=self.id,
            created=self.created,
            model=model_id(self.rag.id),
            system_fingerprint=_fingerprint(answer),
            choices=[Choice(message=message, finish_reason="stop")],
            usage=_usage(answer),
            citations=cited,
            supported=answer.supported,
        )

    async def pieces(self, begun: Event, events: AsyncIterator[Event]) -> AsyncIterator[bytes]:
        """Chunks as OpenAI sends them; what fails on the way is an error object, then nothing."""
        yield self._chunk(Delta(role="assistant", content=""))
        sent = ""
        try:
            async for event in _after(begun, events):
                match event:
                    case Words(text):
                        sent += text
                        yield self._chunk(Delta(content=text))
                    case Done(answer):
                        for piece in self._end(answer, sent):
                            yield piece
        except (PortalError, KgError) as e:
            told = problems.as_openai(problems.problem(self.request, e))
            yield format_sse_event(data_str=told.model_dump_json())
            return
        yield format_sse_event(data_str="[DONE]")

    def _end(self, answer: Answer, sent: str) -> list[bytes]:
        """What the checked text has beyond what was sent, the sources, and why it stops."""
        rest = answer.text.removeprefix(sent) if answer.text.startswith(sent) else f"\n\n{answer.text}"
        cited = sources(self.at.parts.settings, self.rag.id, answer)
        pieces = [self._chunk(Delta(content=rest + below(cited)))]
        last = Delta(annotations=annotations(answer.text, cited))
        mark = _fingerprint(answer)
        pieces.append(
            self._chunk(last, "stop", citations=cited, supported=answer.supported, system_fingerprint=mark)
        )
        if self.include_usage:
            pieces.append(self._chunk(None, usage=_usage(answer)))
        return pieces

    def _chunk(self, delta: Delta | None, finish_reason: str | None = None, **more: object) -> bytes:
        chunk = Chunk(
            id=self.id,
            created=self.created,
            model=model_id(self.rag.id),
            choices=[] if delta is None else [Choice(delta=delta, finish_reason=finish_reason)],
            **more,  # type: ignore[arg-type]  # the fields of Chunk
        )
        return format_sse_event(data_str=chunk.written())


async def _after(begun: Event, events: AsyncIterator[Event]) -> AsyncIterator[Event]:
    yield begun
    async for event in events:
        yield event


def _fingerprint(answer: Answer) -> str:
    return f"version-{answer.version}"


def _usage(answer: Answer) -> Usage:
    return Usage(
        prompt_tokens=answer.tokens_in,
        completion_tokens=answer.tokens_out,
        total_tokens=answer.tokens_in + answer.tokens_out,
    )
