"""What the test of a model says of servers of every kind; never what they say themselves."""

import json
from typing import Any

import pytest

from kg.llm import ModelProfile
from kg.llm.outcomes import Check, Outcome, Why
from kg.llm.trial import trial
from tests.scripted_model import Say, scripted

KEY = "sk-a-key-that-nobody-sees"


def tried(url: str, **profile: Any) -> dict[Check, Outcome]:
    found = trial(ModelProfile("chat", "scripted", url, api_key=KEY, **{"timeout": 2.0, **profile}))
    assert [o.check for o in found] == list(Check)
    assert KEY not in repr(found)
    return {o.check: o for o in found}


def whole(body: dict[str, Any]) -> Say:
    """A server that can do everything, and counts the words that it reads."""
    if "documents" in body:
        return Say(
            raw=json.dumps({"results": [{"index": i, "relevance_score": 1.0} for i in (0, 1)]}).encode()
        )
    if "input" in body:
        vectors = [
            {"index": i, "object": "embedding", "embedding": [1.0, 2.0, 3.0]}
            for i, _ in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return Say(raw=json.dumps({"object": "list", "model": "x", "data": vectors, "usage": usage}).encode())
    if "response_format" in body:
        return Say('{"city": "Paris"}')
    return Say("OK", counted=False)


def test_a_server_that_can_do_everything() -> None:
    with scripted(whole) as model:
        found = tried(model.url)
    assert {c for c, o in found.items() if o.works} == set(Check) - {Check.context}
    assert found[Check.embeddings].number == 3
    assert found[Check.answer].milliseconds > 0
    assert (found[Check.context].works, found[Check.context].why) == (None, Why.untold)
    assert found[Check.context].number == 8192 - 256


@pytest.mark.parametrize(("said", "works", "why"), [(4096, False, Why.short), (32768, True, Why.nothing)])
def test_a_server_that_tells_its_context(said: int, works: bool, why: Why) -> None:
    entry = {"id": "scripted", "max_model_len": said}
    with scripted(whole, Say(json.dumps({"data": [entry]}))) as model:
        found = tried(model.url)[Check.context]
    assert (found.works, found.why, found.number) == (works, why, said)


def test_a_server_that_cuts_long_texts_is_found_out() -> None:
    def cutting(body: dict[str, Any]) -> Say:
        return Say("OK") if len(str(body)) > 5000 else whole(body)  # it counts ten tokens

    with scripted(cutting) as model:
        found = tried(model.url)[Check.context]
    assert (found.works, found.why) == (False, Why.short)


def test_a_chat_server_without_schemas_embeddings_and_reranking() -> None:
    def plain(body: dict[str, Any]) -> Say:
        if "messages" not in body:
            return Say("no such path", status=404)
        return Say(f"unsupported; {KEY}", status=400) if "response_format" in body else Say("OK")

    with scripted(plain) as model:
        found = tried(model.url)
    assert [found[c].works for c in (Check.key, Check.answer, Check.streaming)] == [True] * 3
    assert (found[Check.schema].works, found[Check.schema].why) == (False, Why.refused)
    assert {found[c].why for c in (Check.embeddings, Check.rerank)} == {Why.no_such_path}


@pytest.mark.parametrize(
    "say",
    [
        Say(f"Incorrect API key provided: {KEY}", status=401),
        Say("forbidden", status=403),
        Say("API key not valid. Please pass a valid API key.", status=400),  # Gemini
    ],
)
@pytest.mark.parametrize("listed", [True, False])
def test_a_wrong_key(say: Say, listed: bool) -> None:
    with scripted([say], None if listed else say) as model:
        found = tried(model.url)
        asked = len(model.asked)
    assert found[Check.reachable].works
    assert (found[Check.key].works, found[Check.key].why) == (False, Why.key_refused)
    assert found[Check.answer].why is Why.not_tried
    assert asked == (1 if listed else 0)


def test_an_unknown_model() -> None:
    with scripted([Say("The model `x` does not exist", status=404)], Say('{"data": [{"id": "x"}]}')) as model:
        found = tried(model.url)
    assert (found[Check.model].works, found[Check.model].why) == (False, Why.unknown_model)
    assert found[Check.key].works is None


def test_nobody_slow_busy_and_broken_servers() -> None:
    found = tried("http://127.0.0.1:1/v1")
    assert (found[Check.reachable].works, found[Check.reachable].why) == (False, Why.nobody)
    with scripted([Say()], Say(seconds=1.0)) as model:
        assert tried(model.url, timeout=0.2)[Check.reachable].why is Why.slow
    with scripted([Say(status=429)], Say("[]")) as model:
        assert tried(model.url)[Check.answer].why is Why.busy
    with scripted([Say(raw=b"<html>")], Say("not json")) as model:
        found = tried(model.url)
    assert found[Check.answer].works is False
    assert found[Check.reachable].works
    with scripted([Say()], Say("oops", status=502)) as model:
        assert tried(model.url)[Check.reachable].why is Why.broken
