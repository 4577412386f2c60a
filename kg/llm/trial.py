"""What works at a model's address, tried by small calls of the very kinds that are made later.

What a server says is never passed on, see `kg.llm.outcomes`.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import httpx
from pydantic import BaseModel

from kg.embed.endpoint import Endpoint
from kg.errors import ModelError
from kg.llm.chat import Chat, Message, parse
from kg.llm.outcomes import Check, Failed, Outcome, Why, of_key, reason
from kg.llm.profile import ModelProfile
from kg.retrieve import RerankEndpoint

SECONDS = 20.0  # of one call: somebody waits
ALL_SECONDS = 90.0
LONG = 8_000  # tokens of the longest text that is sent to see whether it is taken
COUNTED = "one two three four five six seven eight nine ten "  # a token each, for every tokenizer
LARGEST = 2**22  # bytes of a list of models
CUT = 0.6  # a server that counts fewer of them than this has cut the text
NAMES = ("max_model_len", "context_length", "context_window", "max_context_length")  # of servers that tell


class Capital(BaseModel):
    city: str


def trial(profile: ModelProfile) -> tuple[Outcome, ...]:
    """An outcome for each check, in their order. At most some twenty thousand tokens, mostly read."""
    trying = _Trial(profile.once(min(profile.timeout, SECONDS)))
    found = {outcome.check: outcome for outcome in trying.outcomes()}
    return tuple(found.get(check, Outcome(check, None, Why.not_tried)) for check in Check)


class _Trial:
    def __init__(self, profile: ModelProfile) -> None:
        self.profile = profile
        self.ends = time.monotonic() + ALL_SECONDS
        self.chat = Chat(replace(profile, max_tokens=64))

    def outcomes(self) -> Iterator[Outcome]:
        listed = _timed(Check.reachable, self._list)
        refused = listed.why is Why.key_refused
        yield (
            Outcome(Check.reachable, listed.works or refused, milliseconds=listed.milliseconds)
            if (listed.works or refused)
            else listed
        )
        if not listed.works:
            if refused:
                yield Outcome(Check.key, False, Why.key_refused)
            return
        calls: Mapping[Check, Callable[[], int | None]] = {
            Check.answer: self._answer,
            Check.streaming: self._stream,
            Check.schema: self._schema,
            Check.embeddings: self._embeddings,
            Check.rerank: self._rerank,
        }
        made = []
        for check, call in calls.items():
            if time.monotonic() > self.ends:
                break
            made.append(_timed(check, call))
            if made[-1].why is Why.key_refused:
                yield Outcome(Check.key, False, Why.key_refused)
                return
        yield from made
        yield self._key(made)
        yield self._model(made)
        answers = any(o.works for o in made if o.check is Check.answer)
        if answers and time.monotonic() < self.ends:
            yield _timed(Check.context, self._context, unsure=(Why.slow, Why.busy, Why.untold))

    # ---- what is concluded

    def _key(self, made: list[Outcome]) -> Outcome:
        """Taken once a call worked; a list of models is often open to all."""
        return (
            Outcome(Check.key, True) if any(o.works for o in made) else Outcome(Check.key, None, Why.untold)
        )

    def _model(self, made: list[Outcome]) -> Outcome:
        if any(o.works for o in made):
            return Outcome(Check.model, True)
        if self.ids and not _known(self.profile.model, self.ids):
            return Outcome(Check.model, False, Why.unknown_model)
        if any(o.why is Why.unknown_model for o in made):
            return Outcome(Check.model, False, Why.unknown_model)
        return Outcome(Check.model, True if self.ids else None, Why.nothing if self.ids else Why.untold)

    # ---- calls: each gives its number, or raises

    ids: Mapping[str, Mapping[str, Any]] = {}

    def _list(self) -> None:
        """The models that the server lists; one that keeps no list is reachable all the same."""
        headers = {"authorization": f"Bearer {self.profile.api_key}"}
        url, seconds = f"{self.profile.base_url}/models", self.profile.timeout
        with httpx.stream("GET", url, headers=headers, timeout=seconds) as answer:
            body = _read(answer)
        if answer.status_code in (401, 403) or (answer.status_code == 400 and of_key(str(body))):
            raise Failed(Why.key_refused, answer.status_code)
        if answer.status_code >= 500:
            raise Failed(Why.broken, answer.status_code)
        if answer.is_success:
            self.ids = _listed(body)

    def _answer(self) -> None:
        self.chat.complete([Message("user", "Say OK.")])

    def _stream(self) -> None:
        for _ in self.chat.stream([Message("user", "Say OK.")]):
            pass

    def _schema(self) -> None:
        schema = {"name": "capital", "schema": Capital.model_json_schema()}
        asking = Chat(replace(self.profile, max_tokens=min(self.profile.max_tokens, 512)))
        reply = asking.complete(
            [Message("user", "Which city is the capital of France? Answer in JSON.")],
            response_format={"type": "json_schema", "json_schema": schema},
        )
        try:
            parse(reply.text, Capital)
        except ValueError:
            raise Failed(Why.unread) from None

    def _embeddings(self) -> int:
        return Endpoint(self.profile).dimensions

    def _rerank(self) -> None:
        RerankEndpoint(self.profile).scores(
            "Where is Paris?", ["Paris is in France.", "Two and two are four."]
        )

    def _context(self) -> int:
        """As the server tells it; else a long text is sent."""
        said = _context_of(self.ids, self.profile.model)
        if said is not None:
            if said < self.profile.context_window:
                raise Failed(Why.short, said)
            return said
        words = min(self.profile.context_window - 256, LONG)
        text = (COUNTED * (words // 10 + 1)).strip()
        try:
            reply = Chat(replace(self.profile, max_tokens=1)).complete([Message("user", text)])
        except ModelError as e:
            failed = reason(e)
            raise Failed(Why.short if failed.why is Why.refused else failed.why, failed.number) from None
        if reply.tokens_in < CUT * words:
            raise Failed(Why.short, reply.tokens_in)
        raise Failed(Why.untold, words)


def _timed(check: Check, call: Callable[[], int | None], unsure: tuple[Why, ...] = ()) -> Outcome:
    began = time.perf_counter()
    works: bool | None = True
    try:
        number, why = call(), Why.nothing
    except Failed as e:
        works, why, number = False, e.why, e.number
    except (ModelError, httpx.HTTPError, httpx.InvalidURL) as e:
        failed = reason(e)
        works, why, number = False, failed.why, failed.number
    if why in unsure:
        works = None
    return Outcome(check, works, why, number, (time.perf_counter() - began) * 1000)


def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > LARGEST:
            raise Failed(Why.broken)
    return bytes(body)


def _listed(body: bytes) -> dict[str, Mapping[str, Any]]:
    """The entries by id; none if it is no such list."""
    try:
        return {str(e["id"]): e for e in json.loads(body)["data"] if isinstance(e, Mapping)}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


def _known(model: str, ids: Mapping[str, object]) -> bool:
    """Ollama adds a tag to names, Gemini a folder before them."""
    return any(form in ids for form in (model, f"{model}:latest", f"models/{model}"))


def _context_of(ids: Mapping[str, Mapping[str, Any]], model: str) -> int | None:
    entry = ids.get(model) or ids.get(f"models/{model}") or {}
    for name in NAMES:
        if isinstance(said := entry.get(name), int) and said > 0:
            return said
    return None
