"""Conversations before a model that a test writes: minutes, two questions at once, what an answer keeps."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from kg.answer import Manner
from portal import answering, chats, documents, leases
from portal.errors import Conflict, NotFound
from portal.models import Chat, ChatMessage, MessageState
from portal.options import Options
from portal.wiring import Parts
from tests.conftest import _next_rag, absent
from tests.doors import Doors, doors
from tests.installation import wait_until
from tests.scripted_model import Say, ScriptedModel, scripted
from tests.servers import Missing

TELL = "Tell me about Alice Smith, number {n}."


@pytest.fixture(scope="module")
def made(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    try:
        with doors(run_folder, tmp_path_factory.mktemp("conversations"), _next_rag(run_folder)) as ready:
            yield ready
    except Missing as e:
        absent(e)


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    def says(body: dict[str, Any]) -> Say:
        if "You keep the minutes" in body["messages"][0]["content"]:
            return Say("The reader asks about Alice Smith of ACME.")
        return Say("Alice Smith works at ACME Corporation [1][77].")

    with scripted(says) as model:
        yield model


@pytest.fixture
def parts(made: Doors, model: ScriptedModel) -> Parts:
    settings = made.parts.settings.model_copy(update={"chat_url": model.url, "chat_model": "scripted"})
    return replace(made.parts, settings=settings)


def answered(parts: Parts, made: Doors, question: str, chat: int | None = None, **how: Any) -> int:
    """The conversation, when a worker has answered."""
    chat = chats.ask(parts, made.ann, made.rag, question, chat, Options(**how))
    chats.write_answer(parts, waiting(parts, chat))
    return chat


def test_every_citation_resolves_and_an_invented_one_is_gone(parts: Parts, made: Doors) -> None:
    chat = answered(parts, made, TELL.format(n=0))
    _chat, (_question, answer) = chats.get(parts, made.ann, made.rag, chat)
    assert "[77]" not in answer.text
    (cited,) = answer.citations
    text = documents.text(parts, made.ann, made.rag, cited.document_id).text
    assert text[cited.start : cited.end] == cited.quote
    assert {s.name for s in answer.seen.steps} == {"retrieve", "write"}
    assert [s.tokens_out for s in answer.seen.steps if s.name == "write"] != [0]
    assert "Alice Smith" in {t.label for t in answer.seen.things}
    assert answer.seen.facts


def test_minutes_are_kept_of_what_leaves_the_window(parts: Parts, made: Doors, model: ScriptedModel) -> None:
    chat = answered(parts, made, TELL.format(n=1))
    for n in range(2, 8):
        answered(parts, made, TELL.format(n=n), chat)
    with parts.session() as db:
        kept = db.get_one(Chat, chat)
        assert kept.summary == "The reader asks about Alice Smith of ACME."
        assert kept.summarised
    answered(parts, made, "And where does she work?", chat)
    told = [m["content"] for m in model.asked[-1]["messages"]]
    assert any("Said before, in short: The reader asks" in t for t in told)
    assert TELL.format(n=1) not in told  # it is in the minutes
    assert TELL.format(n=7) in told
    first = chats.get(parts, made.ann, made.rag, chat)[1][0]
    chats.edit(parts, made.ann, made.rag, first.id, "Something else?")
    with parts.session() as db:
        assert (db.get_one(Chat, chat).summary, db.get_one(Chat, chat).summarised) == ("", 0)
    assert [m.role for m in chats.get(parts, made.ann, made.rag, chat)[1]] == ["user", "assistant"]


def test_a_second_question_waits_for_the_first(parts: Parts, made: Doors) -> None:
    chat = chats.ask(parts, made.ann, made.rag, TELL.format(n=20))
    with pytest.raises(Conflict):
        chats.ask(parts, made.ann, made.rag, TELL.format(n=21), chat)
    question = chats.get(parts, made.ann, made.rag, chat)[1][0]
    with pytest.raises(Conflict):
        chats.edit(parts, made.ann, made.rag, question.id, "Something else?")
    other = answered(parts, made, TELL.format(n=22))  # another conversation does not
    assert chats.get(parts, made.ann, made.rag, other)[1][-1].state is MessageState.done


def test_two_questions_are_answered_at_once(parts: Parts, made: Doors) -> None:
    asked = [chats.ask(parts, made.ann, made.rag, TELL.format(n=n)) for n in (23, 24)]
    with scripted([Say("Alice Smith works at ACME Corporation [1].", pause=0.3)]) as slow:
        writing = [
            threading.Thread(target=chats.write_answer, args=(before(parts, slow), waiting(parts, c)))
            for c in asked
        ]
        for thread in writing:
            thread.start()
        for thread in writing:
            thread.join()
        assert slow.busiest == [2]
    for n, chat in zip((23, 24), asked, strict=True):
        question, answer = chats.get(parts, made.ann, made.rag, chat)[1]
        assert question.text == TELL.format(n=n)
        assert (answer.state, len(answer.citations)) == (MessageState.done, 1)


def test_a_stopped_answer_is_kept_as_stopped(parts: Parts, made: Doors) -> None:
    with scripted(
        [Say("Alice Smith works at ACME Corporation [1]. " + "And on. " * 400, pause=0.02)]
    ) as slow:
        chat = chats.ask(parts, made.ann, made.rag, TELL.format(n=25))
        writing = threading.Thread(
            target=chats.write_answer, args=(before(parts, slow), waiting(parts, chat))
        )
        writing.start()
        wait_until(lambda: "And on." in chats.get(parts, made.ann, made.rag, chat)[1][-1].text, 30)
        chats.stop(parts, made.ann, made.rag, chat)
        writing.join(30)
        wait_until(lambda: slow.now == [0], 30)  # the model writes no more
    stopped = chats.get(parts, made.ann, made.rag, chat)[1][-1]
    assert stopped.state is MessageState.stopped
    assert stopped.text.startswith("Alice Smith works at ACME")
    assert len(stopped.text) < 2000
    chats.write_answer(parts, stopped.id)  # a job that comes late
    assert chats.get(parts, made.ann, made.rag, chat)[1][-1] == stopped


def test_a_model_that_is_silent_for_longer_than_a_lease_is_asked_once(
    parts: Parts, made: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(leases, "BEAT_SECONDS", 0.2)
    with scripted([Say("Alice Smith works at ACME Corporation [1].", seconds=4)]) as silent:
        chat = chats.ask(parts, made.ann, made.rag, TELL.format(n=26))
        message = waiting(parts, chat)
        writing = threading.Thread(target=chats.write_answer, args=(before(parts, silent), message))
        writing.start()
        wait_until(lambda: silent.now == [1], 30)
        began = time.monotonic()
        wait_until(lambda: time.monotonic() > began + 2, 30)  # twice the lease
        chats.write_answer(before(parts, silent), message)  # another worker
        writing.join(30)
        assert len(silent.asked) == 1
    assert chats.get(parts, made.ann, made.rag, chat)[1][-1].state is MessageState.done


def test_an_answer_can_be_stopped_before_its_first_word(parts: Parts, made: Doors) -> None:
    with scripted([Say("Alice Smith works at ACME Corporation [1].", seconds=5)]) as silent:
        chat = chats.ask(parts, made.ann, made.rag, TELL.format(n=27))
        writing = threading.Thread(
            target=chats.write_answer, args=(before(parts, silent), waiting(parts, chat))
        )
        writing.start()
        wait_until(lambda: silent.now == [1], 30)
        chats.stop(parts, made.ann, made.rag, chat)
        writing.join(30)
        assert silent.now == [1]  # it has not said a word
        wait_until(lambda: silent.now == [0], 30)
    stopped = chats.get(parts, made.ann, made.rag, chat)[1][-1]
    assert (stopped.state, stopped.text) == (MessageState.stopped, "")


def before(parts: Parts, model: ScriptedModel) -> Parts:
    """The same installation with another model."""
    return replace(parts, settings=parts.settings.model_copy(update={"chat_url": model.url}))


def waiting(parts: Parts, chat: int) -> int:
    """The message that waits for its answer."""
    with parts.session() as db:
        found = db.exec(
            select(ChatMessage.id).where(
                ChatMessage.chat_id == chat, col(ChatMessage.state) == MessageState.waiting
            )
        ).one()
    return found or 0


def test_settings_reach_the_model_and_sources_alone_need_none(
    parts: Parts, made: Doors, model: ScriptedModel
) -> None:
    manner = Manner(instructions="Answer as a sailor.", temperature=0.7, top_p=0.5, max_tokens=64)
    answered(parts, made, TELL.format(n=30), manner=manner)
    sent = model.asked[-1]
    assert (sent["temperature"], sent["top_p"], sent["max_tokens"]) == (0.7, 0.5, 64)
    assert "Answer as a sailor." in sent["messages"][0]["content"]
    calls = len(model.asked)
    chat = answered(parts, made, TELL.format(n=31), manner=Manner(context_only=True), top_k=3)
    answer = chats.get(parts, made.ann, made.rag, chat)[1][-1]
    assert len(model.asked) == calls
    assert "ACME" in answer.text
    assert len(answer.seen.facts) <= 3


def test_nobody_edits_or_finds_what_is_anothers(parts: Parts, made: Doors) -> None:
    chat = answered(parts, made, TELL.format(n=40))
    question = chats.get(parts, made.ann, made.rag, chat)[1][0]
    with pytest.raises(NotFound):
        chats.edit(parts, made.eve, made.eves, question.id, "Mine now?")
    assert [c.id for c in chats.conversations(parts, made.ann, made.rag, "NUMBER 40")] == [chat]
    assert chats.conversations(parts, made.ann, made.rag, "100%") == ()
    assert chats.conversations(parts, made.eve, made.eves, "number 40") == ()
