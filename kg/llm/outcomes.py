"""What a trial of a model's address comes to, in words that are ours: a server's own may repeat the key."""

from dataclasses import dataclass
from enum import StrEnum

import httpx
import openai

from kg.errors import ModelDown, ModelError

WITHOUT_ONE = ("api key", "api_key", "apikey")  # Gemini answers 400 to a wrong key, and says this


class Check(StrEnum):
    reachable = "reachable"
    key = "key"
    model = "model"
    answer = "answer"
    streaming = "streaming"
    schema = "schema"
    embeddings = "embeddings"
    rerank = "rerank"
    context = "context"


class Why(StrEnum):
    """Why something does not work, or is not known."""

    nothing = ""
    nobody = "nobody"  # no server at the address
    slow = "slow"
    key_refused = "key-refused"
    unknown_model = "unknown-model"
    no_such_path = "no-such-path"
    refused = "refused"
    busy = "busy"
    broken = "broken"  # its own error, or an answer that cannot be read
    unread = "unread"  # an answer, but not of the form asked for
    short = "short"  # less context than the profile says
    untold = "untold"  # the server does not tell and takes what was tried
    not_tried = "not-tried"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`works` is None for what is not known; `number`: dimensions, tokens, or status of the answer."""

    check: Check
    works: bool | None
    why: Why = Why.nothing
    number: int | None = None
    milliseconds: float = 0.0


class Failed(Exception):
    def __init__(self, why: Why, number: int | None = None) -> None:
        self.why, self.number = why, number


def reason(error: Exception) -> Failed:
    """By what the client raised, not by the server's words, save where only these tell."""
    cause = error.__cause__ if isinstance(error, ModelError) and error.__cause__ else error
    match cause:
        case openai.APITimeoutError() | httpx.TimeoutException():
            return Failed(Why.slow)
        case openai.APIConnectionError() | httpx.TransportError() | httpx.InvalidURL():
            return Failed(Why.nobody)
        case openai.APIStatusError() | httpx.HTTPStatusError():
            return _status(cause.response)
        case _:
            return Failed(Why.broken if isinstance(error, ModelDown) else Why.unread)


def _status(response: httpx.Response) -> Failed:
    code = response.status_code
    text = response.text if response.is_closed or response.is_stream_consumed else ""
    if code in (401, 403) or (code == 400 and of_key(text)):
        return Failed(Why.key_refused, code)
    if code == 404:
        return Failed(Why.unknown_model if "model" in text.casefold() else Why.no_such_path, code)
    if code == 429:
        return Failed(Why.busy, code)
    return Failed(Why.broken if code >= 500 else Why.refused, code)


def of_key(text: str) -> bool:
    return any(word in text.casefold() for word in WITHOUT_ONE)
