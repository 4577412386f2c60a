"""Our client before a real server of another make: llama.cpp with a small model on this machine.

What the model says is of no interest; that it comes in pieces, in the form asked for, and in time, is.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx
import pytest
from pydantic import BaseModel, Field

from kg.answer import Answer, Done, Words, answer
from kg.embed import local
from kg.errors import ModelDown, ModelRefused
from kg.llm import ModelProfile
from kg.llm.chat import Chat, Message
from kg.retrieve import Passage, Retrieved
from tests.conftest import _server
from tests.language_model import NAME, TOKENS

pytestmark = pytest.mark.timeout(240)
ASK = [Message("user", "Name three fruits.")]
ON_AND_ON = [Message("user", "Write a very long story about a pump.")]


class Fruit(BaseModel):
    name: str = Field(max_length=20)
    colour: Literal["red", "green", "yellow"]


class Basket(BaseModel):
    fruits: list[Fruit] = Field(min_length=2, max_length=2)


@pytest.fixture
def url(run_folder: Path) -> Iterator[str]:
    url = _server(run_folder, "language_model").url
    yield url
    nobody_is_served(url)


def chat(url: str, max_tokens: int = 24, timeout: float = 60, tries: int = 1) -> Chat:
    return Chat(ModelProfile("chat", NAME, url, max_tokens=max_tokens, timeout=timeout, tries=tries))


def nobody_is_served(url: str, seconds: float = 20) -> None:
    """Until the server writes for nobody any more."""
    until = time.monotonic() + seconds
    while any(s["is_processing"] for s in httpx.get(url.removesuffix("/v1") + "/slots", timeout=10).json()):
        assert time.monotonic() < until, "the model goes on writing"
        time.sleep(0.05)


def test_whole_with_the_tokens_that_the_server_counts(url: str) -> None:
    reply = chat(url, max_tokens=12).complete(ASK)
    assert reply.text.strip()
    assert reply.tokens_in > 10  # the model's own template comes on top
    assert 0 < reply.tokens_out <= 12


def test_in_pieces_as_they_are_written(url: str) -> None:
    stream = chat(url).stream(ASK)
    came = [(time.monotonic(), piece) for piece in stream]
    assert stream.reply is not None
    assert "".join(piece for _, piece in came) == stream.reply.text
    assert len(came) > 5
    assert came[0][0] < came[-1][0]
    assert 0 < stream.reply.tokens_out <= 24
    assert stream.reply.tokens_in > 10


def test_leaving_a_stream_stops_the_model(url: str) -> None:
    pieces = iter(chat(url, max_tokens=700).stream(ON_AND_ON))
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    nobody_is_served(url, 10)  # it had hundreds of words to go


def test_in_the_form_of_a_schema(url: str) -> None:
    asking = chat(url, max_tokens=80)
    basket, reply = asking.structured(ASK, Basket)
    assert len(basket.fruits) == 2
    assert asking._takes_schema  # by the schema itself, not by words and repair
    assert reply.tokens_out > 5


@pytest.mark.parametrize("way", ["whole", "stream"])
def test_too_slow_is_a_time_out(url: str, way: str) -> None:
    asking = chat(url, max_tokens=60, timeout=0.05)
    long = [Message("user", f"{way} " + "pump " * (TOKENS // 2))]  # takes many times longer to be read
    answered = {"whole": lambda: asking.complete(long), "stream": lambda: list(asking.stream(long))}
    with pytest.raises(ModelDown, match="does not answer"):
        answered[way]()


def test_more_than_its_window_is_refused_at_once(url: str) -> None:
    with pytest.raises(ModelRefused, match="context"):
        chat(url, tries=5).complete([Message("user", "pump " * 3 * TOKENS)])


def test_a_model_that_cannot_cite_is_not_believed(url: str) -> None:
    text = "The pump was built by Anna Keller in 1998. It moves 40 litres a minute."
    passage = Passage("p-0", "p", "pump.txt", 0, len(text), text, 1.0)
    found = Retrieved("auto", (passage,))
    events = list(answer("Who built it?", found, version=1, embedder=local.load(), chat=chat(url)))
    assert sum(isinstance(e, Words) for e in events) > 1
    assert isinstance(events[-1], Done)
    said = events[-1].answer
    assert said.tokens_out > 0
    assert _only_what_was_given(said, text)


def _only_what_was_given(said: Answer, text: str) -> bool:
    """Whatever it wrote: each citation is of the passage, and without one it does not know."""
    if not said.supported:
        return said.text.startswith("This is not in this knowledge base.")
    return all(text[c.start : c.end] == c.quote for c in said.citations)
