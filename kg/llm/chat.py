"""One chat model: complete, complete as JSON, stream; with retries, a gate, and remembered calls."""

import json
import random
import time
import weakref
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import httpx
import openai
from llama_index.core.llms import ChatMessage, MessageRole
from llama_index.llms.openai.utils import to_openai_message_dicts
from llama_index.llms.openai_like import OpenAILike
from openai.types.chat import ChatCompletionChunk
from pydantic import BaseModel, ValidationError

from kg.errors import ModelDown, ModelRefused, Unparsable
from kg.llm.calls import Calls, Gate, Reply, call_key
from kg.llm.profile import ModelProfile
from kg.text.tokens import count, counts
from kg.tracing import span

Model = TypeVar("Model", bound=BaseModel)
OBJECTS = 50  # places in an answer where the object asked for is looked for
LONGEST_WAIT = 60.0  # seconds between two tries, whatever the server asks for


@dataclass(frozen=True, slots=True)
class Message:
    role: str  # system, user, assistant
    text: str


class Chat:
    """A model of a profile. Thread-safe; one per process and profile is enough."""

    def __init__(self, profile: ModelProfile, calls: Calls | None = None, gate: Gate = nullcontext) -> None:
        self.profile, self._calls, self._gate = profile, calls, gate
        self._takes_schema = True
        connections = httpx.Client(timeout=profile.timeout)
        weakref.finalize(self, connections.close)
        self._llm = OpenAILike(
            http_client=connections,
            model=profile.model,
            api_base=profile.base_url,
            api_key=profile.api_key or "none",
            context_window=profile.context_window,
            is_chat_model=True,
            temperature=profile.temperature,
            max_tokens=profile.max_tokens,
            timeout=profile.timeout,
            max_retries=0,  # ours honours Retry-After and tells what is worth trying again
        )

    def complete(self, messages: Sequence[Message], **parameters: Any) -> Reply:
        """The whole answer. Raises ModelDown when all tries failed, ModelRefused when trying is no use."""
        key = self._key(messages, parameters)
        known = self._calls.get(key) if self._calls is not None else None
        if known is not None:
            return replace(known, seconds=0.0, cached=True, key=key)
        reply = replace(self._try(messages, parameters), key=key)
        self._remember(key, reply)
        return reply

    def structured(self, messages: Sequence[Message], form: type[Model]) -> tuple[Model, Reply]:
        """The answer as `form`: by JSON schema where the endpoint takes one, else by parsing with one repair.

        Raises Unparsable when the repaired answer is not of the form either.
        """
        reply = self._in_schema(messages, form)
        try:
            return parse(reply.text, form), reply
        except ValueError as wrong:
            repair = Message(
                "user",
                f"That is not valid: {str(wrong)[:500]}. Answer again with the corrected JSON object only.",
            )
            again = self._in_schema([*messages, Message("assistant", reply.text[:8000]), repair], form)
            total = Reply(
                again.text,
                reply.tokens_in + again.tokens_in,
                reply.tokens_out + again.tokens_out,
                reply.seconds + again.seconds,
                reply.cached and again.cached,
            )
            try:
                return parse(again.text, form), total
            except ValueError as still:
                self._forget(str(still), reply, again)
                raise Unparsable(f"the model's answer is not of the form asked for: {still}") from still

    def stream(self, messages: Sequence[Message], **parameters: Any) -> "Stream":
        """The answer as it is written: iterate for pieces; `reply` is set at the end."""
        return Stream(self, messages, parameters)

    # ---- inside

    def _in_schema(self, messages: Sequence[Message], form: type[BaseModel]) -> Reply:
        if self._takes_schema:
            schema = {"name": form.__name__, "schema": form.model_json_schema()}
            try:
                return self.complete(messages, response_format={"type": "json_schema", "json_schema": schema})
            except ModelRefused as refused:
                if not isinstance(refused.__cause__, openai.BadRequestError):
                    raise
                self._takes_schema = False  # this endpoint knows no schemas: say it in words from now on
        words = "Answer with one JSON object of this JSON schema and nothing else:\n"
        told = Message("system", words + json.dumps(form.model_json_schema(), ensure_ascii=False))
        return self.complete([told, *messages])

    def _key(self, messages: Sequence[Message], parameters: dict[str, Any]) -> str:
        p = self.profile
        fixed = {"temperature": p.temperature, "max_tokens": p.max_tokens, "url": p.base_url}
        return call_key(p.model, [(m.role, m.text) for m in messages], {**fixed, **parameters})

    def _remember(self, key: str, reply: Reply) -> None:
        if self._calls is not None:
            cost = self.profile.cost(reply.tokens_in, reply.tokens_out)
            self._calls.put(key, self.profile.model, reply, cost)

    def _forget(self, why: str, *replies: Reply) -> None:
        if self._calls is not None:
            for reply in replies:
                self._calls.useless(reply.key, why)

    def _try(self, messages: Sequence[Message], parameters: dict[str, Any]) -> Reply:
        for attempt in range(1, self.profile.tries + 1):
            began = time.monotonic()
            try:
                with self._gate(), span("model call", self.profile.traced), told_apart(self.profile.api_key):
                    response = self._llm.chat(_messages(messages), **parameters)
            except ModelDown as down:
                if attempt == self.profile.tries:
                    raise
                time.sleep(wait(attempt, down.retry_after))
                continue
            return _reply(messages, response.message.content or "", response.additional_kwargs, began)
        raise AssertionError("at least one try")


class Stream:
    """An answer being written. A connection that breaks after the first piece is not tried again.

    Closing the iterator closes the connection, so that the model stops writing: llama-index's own stream
    leaves that to the garbage collector.
    """

    def __init__(self, chat: Chat, messages: Sequence[Message], parameters: dict[str, Any]) -> None:
        self._chat, self._messages, self._parameters = chat, messages, parameters
        self.reply: Reply | None = None

    def __iter__(self) -> Generator[str]:
        chat, began = self._chat, time.monotonic()
        call = "model call", chat.profile.traced
        text: list[str] = []
        usage: dict[str, Any] = {}
        finished = False
        for attempt in range(1, chat.profile.tries + 1):
            try:
                with (
                    chat._gate(),
                    span(*call, current=False),
                    told_apart(chat.profile.api_key),
                    self._open() as chunks,
                ):
                    for chunk in chunks:
                        usage = chunk.usage.model_dump() if chunk.usage else usage
                        finished = finished or _is_last(chunk)
                        if delta := _words(chunk):
                            text.append(delta)
                            yield delta
                break
            except ModelDown as down:
                if text or attempt == chat.profile.tries:
                    raise
                time.sleep(wait(attempt, down.retry_after))
        if not finished:
            raise ModelDown("the model's answer broke off")
        self.reply = _reply(self._messages, "".join(text), usage, began)
        chat._remember(chat._key(self._messages, self._parameters), self.reply)

    def _open(self) -> "openai.Stream[ChatCompletionChunk]":
        llm = self._chat._llm
        options = {"stream_options": {"include_usage": True}, **self._parameters}
        told = to_openai_message_dicts(_messages(self._messages), model=llm.model)
        # llama-index lets its own max_tokens win over the caller's
        arguments = {**llm._get_model_kwargs(stream=True, **options), **self._parameters}
        return llm._get_client().chat.completions.create(messages=told, **arguments)


def parse(text: str, form: type[Model]) -> Model:
    """The first JSON object of the form in a text; ValueError says what is wrong.

    Fences, thoughts before the object and remarks after it are passed over.

    >>> class Point(BaseModel):
    ...     x: int
    >>> parse('Well: ```json\\n{"x": 1}\\n``` as asked', Point)
    Point(x=1)
    """
    wrong: list[str] = []  # the first is about the outermost object: the one to tell
    starts = [i for i, c in enumerate(text) if c == "{"][:OBJECTS]
    for at in starts:
        try:
            return form.model_validate(json.JSONDecoder().raw_decode(text, at)[0])
        except ValidationError as e:
            first = e.errors()[0]
            wrong.append(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
        except (json.JSONDecodeError, RecursionError) as e:
            wrong.append(str(e))
    raise ValueError(wrong[0] if wrong else "there is no JSON object in it")


def _reply(messages: Sequence[Message], text: str, usage: Mapping[str, Any], began: float) -> Reply:
    """With its tokens: as the server counts them, or by our own count where it does not."""
    asked, said = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if asked is None or said is None:
        asked, said = sum(counts([m.text for m in messages])), count(text)
    return Reply(text, asked, said, time.monotonic() - began)


def _messages(messages: Sequence[Message]) -> list[ChatMessage]:
    return [ChatMessage(role=MessageRole(m.role), content=m.text) for m in messages]


def _words(chunk: Any) -> str:
    return "".join(c.delta.content or "" for c in (chunk.choices or ())[:1] if c.delta)


def _is_last(chunk: Any) -> bool:
    """Does this piece say why the answer ends? A connection that merely closes does not."""
    return any(c.finish_reason for c in getattr(chunk, "choices", None) or ())


def wait(attempt: int, retry_after: float | None) -> float:
    """Seconds until the next try: what the server asks for, else twice as long each time, with jitter."""
    if retry_after is not None:
        return min(retry_after, LONGEST_WAIT)
    return min(0.5 * 2**attempt * (0.75 + random.random() / 2), LONGEST_WAIT)  # noqa: S311 (jitter)


@contextmanager
def told_apart(key: str) -> Iterator[None]:
    """The client's errors as ours: what is worth trying again, and what is not; without the key."""
    try:
        yield
    except (openai.RateLimitError, openai.InternalServerError, openai.ConflictError) as e:
        after = e.response.headers.get("retry-after", "")
        raise ModelDown(
            _without(key, str(e)), float(after) if after.replace(".", "", 1).isdigit() else None
        ) from e
    except (openai.APIConnectionError, openai.APITimeoutError, httpx.TransportError) as e:
        # the client's own errors end where an answer has begun: from there on it is the connection's
        raise ModelDown(f"the model does not answer: {e}") from e
    except openai.APIStatusError as e:
        raise ModelRefused(f"the model refuses ({e.status_code}): {_without(key, e.message)}") from e
    except openai.OpenAIError as e:
        raise ModelDown(f"the model's answer cannot be read: {_without(key, str(e))}") from e
    except (json.JSONDecodeError, AttributeError, TypeError, LookupError) as e:  # llama-index trusts its form
        raise ModelDown("the model's answer cannot be read") from e


def _without(key: str, said: str) -> str:
    """What a server said, which may repeat the key."""
    return said.replace(key, "***") if len(key) > len("none") else said
