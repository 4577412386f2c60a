"""OpenAI's own client at the doors: models, answers whole and in pieces, errors, and a client that leaves."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import openai
import pytest

from portal.access import Scope
from portal.doors.app import make
from portal.doors.sources import RULE
from tests.conftest import _next_rag, absent
from tests.doors import ALICE, BOB, Doors, doors, serving
from tests.installation import wait_until
from tests.scripted_model import Say, scripted
from tests.servers import Missing

QUESTION = "Where does Alice Smith work?"
FOR_THE_MODEL = "Tell me about Alice Smith."  # the graph alone has no answer to it
Messages = list[dict[str, object]]


@pytest.fixture(scope="module")
def made(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    try:
        with doors(run_folder, tmp_path_factory.mktemp("openai"), _next_rag(run_folder)) as ready:
            yield ready
    except Missing as e:
        absent(e)


@pytest.fixture
def client(made: Doors) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{made.url}/v1", api_key=made.token(Scope.ask), max_retries=0) as client:
        yield client


def said(text: str, role: str = "user") -> dict[str, object]:
    return {"role": role, "content": text}


def test_knowledge_bases_are_models(made: Doors, client: openai.OpenAI) -> None:
    (model,) = client.models.list().data
    assert (model.id, model.owned_by, model.name) == (made.model, "ferag", "Tiny")  # type: ignore[attr-defined]
    assert client.models.retrieve(made.model).id == made.model
    with pytest.raises(openai.NotFoundError) as unknown:
        client.models.retrieve(f"ferag-{made.eves:05d}")  # another's
    assert unknown.value.code == "model_not_found"


@pytest.mark.parametrize("by_name", [False, True])
def test_an_answer_with_its_sources(made: Doors, client: openai.OpenAI, by_name: bool) -> None:
    messages = [said("Be brief.", "system"), said(QUESTION)]
    answer = client.chat.completions.create(
        model="Tiny" if by_name else made.model, messages=messages, temperature=0
    )
    (choice,) = answer.choices
    assert (choice.finish_reason, choice.message.role) == ("stop", "assistant")
    assert answer.system_fingerprint == "version-1"
    text, _, below = (choice.message.content or "").partition(RULE)
    assert "ACME" in text
    assert below.startswith("[1] alice.txt: “Alice Smith works at ACME")
    for annotation in choice.message.annotations or []:
        cited = annotation.url_citation
        assert text[cited.start_index : cited.end_index] == "[1]"
        assert cited.url.startswith(f"{made.parts.settings.address}/document?rag={made.rag}&revision=")
    assert choice.message.annotations
    source = answer.citations[0]  # type: ignore[attr-defined]
    assert ALICE[source["start"] : source["end"]] == source["quote"]


def test_pieces_say_the_same_as_the_whole(made: Doors, client: openai.OpenAI) -> None:
    messages = [said(QUESTION)]
    whole = client.chat.completions.create(model=made.model, messages=messages)
    pieces = list(
        client.chat.completions.create(
            model=made.model, messages=messages, stream=True, stream_options={"include_usage": True}
        )
    )
    assert pieces[0].choices[0].delta.role == "assistant"
    text = "".join(p.choices[0].delta.content or "" for p in pieces if p.choices)
    assert text == whole.choices[0].message.content
    assert [p.choices[0].finish_reason for p in pieces if p.choices][-1] == "stop"
    assert pieces[-1].choices == []
    assert pieces[-1].usage is not None
    (cited,) = [p for p in pieces if getattr(p, "citations", None)]
    assert cited.citations == whole.citations  # type: ignore[attr-defined]
    assert len({p.id for p in pieces}) == 1


def test_a_conversation_with_parts_and_earlier_sources(made: Doors, client: openai.OpenAI) -> None:
    first = client.chat.completions.create(model=made.model, messages=[said(QUESTION)])
    earlier = first.choices[0].message.content or ""
    messages = [
        said(QUESTION),
        said(earlier, "assistant"),
        {"role": "user", "content": [{"type": "text", "text": "Where does Bob Johnson work?"}]},
    ]
    answer = client.chat.completions.create(model=made.model, messages=messages)
    assert "TechCorp" in (answer.choices[0].message.content or "").partition(RULE)[0]


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([said("Hello", "assistant")], "no_question"),
        ([said("  ")], "question_empty"),
        ([said("x" * 2001)], "question_long"),
        ([said("Only this", "system")], "no_question"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}], "only_text"),
        ([], "does_not_fit"),
        ([{"role": "pirate", "content": "x"}], "does_not_fit"),
    ],
)
def test_what_cannot_be_asked_is_openais_error(
    made: Doors, client: openai.OpenAI, messages: Messages, code: str
) -> None:
    for stream in (False, True):
        with pytest.raises(openai.UnprocessableEntityError) as refused:
            client.chat.completions.create(model=made.model, messages=messages, stream=stream)
        assert refused.value.code == code
        assert refused.value.type == "invalid_request_error"
        assert refused.value.param.startswith("messages")


def test_keys_that_are_wrong_or_not_made_for_asking(made: Doors) -> None:
    messages = [said(QUESTION)]
    with openai.OpenAI(base_url=f"{made.url}/v1", api_key="sk-invented", max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError) as wrong:
            client.chat.completions.create(model=made.model, messages=messages)
        assert wrong.value.code == "invalid_api_key"
    with openai.OpenAI(base_url=f"{made.url}/v1", api_key=made.token(Scope.read), max_retries=0) as client:
        for stream in (False, True):
            with pytest.raises(openai.PermissionDeniedError, match="scope ask"):
                client.chat.completions.create(model=made.model, messages=messages, stream=stream)
        with pytest.raises(openai.PermissionDeniedError):
            client.models.list()
    with openai.OpenAI(base_url=f"{made.url}/v1", api_key=made.token(), max_retries=0) as client:
        with pytest.raises(openai.NotFoundError) as unknown:
            client.chat.completions.create(model="gpt-4o", messages=messages)
        assert unknown.value.code == "model_not_found"


def test_malformed_json_is_openais_error(made: Doors) -> None:
    head = {"authorization": f"Bearer {made.token()}", "content-type": "application/json"}
    answer = httpx.post(f"{made.url}/v1/chat/completions", content=b"{", headers=head)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


# ---- with a language model behind


@pytest.fixture
def slow(made: Doors) -> Iterator[tuple[openai.OpenAI, list[int]]]:
    """The portal with a model that writes a word each 50 ms for a minute; how many requests it is at."""
    words = "Alice Smith works at ACME [1]. " + "And on it goes. " * 300
    with scripted(lambda _: Say(words, pause=0.05)) as model:
        settings = made.parts.settings.model_copy(update={"chat_url": model.url, "chat_model": "slow"})
        with (
            serving(make(replace(made.parts, settings=settings))) as url,
            openai.OpenAI(base_url=f"{url}/v1", api_key=made.token(), max_retries=0) as client,
        ):
            yield client, model.now


def test_a_client_that_leaves_leaves_no_work_running(
    made: Doors, slow: tuple[openai.OpenAI, list[int]]
) -> None:
    client, now = slow
    stream = client.chat.completions.create(model=made.model, messages=[said(FOR_THE_MODEL)], stream=True)
    for piece in stream:
        if piece.choices[0].delta.content:
            break
    assert now[0] == 1
    stream.close()
    wait_until(lambda: now[0] == 0, 5)


def test_a_revoked_token_cuts_the_stream_within_a_second(
    made: Doors, slow: tuple[openai.OpenAI, list[int]]
) -> None:
    from portal import tokens

    client, now = slow
    stream = client.chat.completions.create(model=made.model, messages=[said(FOR_THE_MODEL)], stream=True)
    assert next(iter(stream))
    (newest, *_) = tokens.mine(made.parts, made.ann)
    tokens.revoke(made.parts, made.ann, newest.id)
    revoked = time.monotonic()
    with pytest.raises(openai.APIError, match="revoked"):
        list(stream)
    assert time.monotonic() - revoked < 1.5  # a second, and this machine's slowness
    wait_until(lambda: now[0] == 0, 5)


def test_a_model_that_is_down_is_said_before_and_within_a_stream(made: Doors) -> None:
    with scripted([Say("no", status=400)]) as model:
        settings = made.parts.settings.model_copy(update={"chat_url": model.url, "chat_model": "broken"})
        with (
            serving(make(replace(made.parts, settings=settings))) as url,
            openai.OpenAI(base_url=f"{url}/v1", api_key=made.token(), max_retries=0) as client,
        ):
            with pytest.raises(openai.InternalServerError) as whole:
                client.chat.completions.create(model=made.model, messages=[said(BOB)])
            assert (whole.value.status_code, whole.value.code) == (503, "model_down")
            with pytest.raises(openai.APIError):
                list(client.chat.completions.create(model=made.model, messages=[said(BOB)], stream=True))
