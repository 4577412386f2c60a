"""Calls at a busy endpoint, of several processes on one queue: never more than it takes, questions first."""

import threading
import time
from typing import Any

import pytest
import redis

from kg.embed.endpoint import Endpoint
from kg.llm import ModelProfile
from kg.llm.chat import Chat, Message
from portal import places
from tests.scripted_model import Say, ScriptedModel, scripted


def chat(url: str, client: redis.Redis, *, question: bool = False) -> Chat:
    profile = ModelProfile("chat" if question else "extract", "scripted", url, in_flight=2)
    return Chat(profile, gate=places.gate(client, profile, first=question))


def texts(model: ScriptedModel) -> list[str]:
    return [body["messages"][0]["content"] if "messages" in body else "embed" for body in model.asked]


def together(*calls: Any) -> list[threading.Thread]:
    started = [threading.Thread(target=call) for call in calls]
    for thread in started:
        thread.start()
    return started


def wait_until(condition: Any) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize("streamed", [False, True])
def test_with_the_endpoint_full_of_extraction_a_question_is_the_next_call_served(
    redis_url: str, streamed: bool
) -> None:
    here, there = (redis.Redis.from_url(redis_url) for _ in range(2))  # a worker and the web process
    held = threading.Semaphore(0)

    def script(body: dict[str, Any]) -> Say:
        held.acquire(timeout=20)
        return Say("read")

    with here, there, scripted(script) as model:
        reads = [
            lambda n=n: chat(model.url, here).complete([Message("user", f"passage {n}")]) for n in range(8)
        ]
        running = together(*reads)
        wait_until(lambda: len(model.asked) == 2)  # full: six wait for a place
        asking = chat(model.url, there, question=True)
        asked = [Message("user", "question")]
        running += together(lambda: list(asking.stream(asked)) if streamed else asking.complete(asked))
        waiting = next(k for k in (f"{n}:first" for n in _names(here)))
        wait_until(lambda: here.zcard(waiting) == 1)
        assert len(model.asked) == 2
        held.release()  # one place is free
        wait_until(lambda: len(model.asked) == 3)
        assert texts(model)[2] == "question"
        held.release(8)
        for thread in running:
            thread.join(20)
        assert len(model.asked) == 9
        assert model.busiest == [2]
        assert not here.exists(*_names(here), waiting) or not any(here.zcard(n) for n in _names(here))


def test_a_questions_vectors_go_before_those_of_passages(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)
    profile = ModelProfile("embed", "letters", "http://127.0.0.1:9/v1", in_flight=1)
    order: list[str] = []

    def take(name: str, *, first: bool) -> None:
        with places.gate(client, profile, first=first)():
            order.append(name)

    with client:
        endpoint = Endpoint(profile, places.gate(client, profile), places.gate(client, profile, first=True))
        assert endpoint.name.startswith("letters@")
        with places.gate(client, profile)():
            waiting = together(*[lambda: take("passages", first=False)] * 3)
            waiting += together(lambda: take("question", first=True))
            wait_until(lambda: any(client.zcard(f"{n}:first") for n in _names(client)))
        for thread in waiting:
            thread.join(20)
        assert order == ["question", *["passages"] * 3]


def test_a_question_that_waits_no_more_holds_nobody_up(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "STILL_SECONDS", 0.3)
    client = redis.Redis.from_url(redis_url)
    profile = ModelProfile("chat", "m", "http://127.0.0.1:9/v1", in_flight=1)
    with client:
        for name in ("dead-1", "dead-2"):  # their processes were killed while they waited
            client.zadd(f"{_name(profile)}:first", {name: time.time() + 0.3})
        began = time.monotonic()
        with places.gate(client, profile)():
            assert 0.2 < time.monotonic() - began < 5


def _name(profile: ModelProfile) -> str:
    return f"ferag:places:{places.digest(profile.base_url)}"


def _names(client: redis.Redis) -> list[str]:
    found = [k.decode() for k in client.scan_iter("ferag:places:*")]
    return [k for k in found if not k.endswith(":first")]
