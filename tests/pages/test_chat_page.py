"""The page of conversations: what is deleted is gone, what cannot be asked is not lost."""

import pytest

from portal import chats
from portal.errors import NotFound
from portal.guards import LONGEST_QUESTION
from portal.models import Rag
from tests.pages.conftest import World, words


def test_a_conversation_is_deleted_after_a_second_look(world: World) -> None:
    ann = world.actor("ann")
    number = chats.ask(world.parts, ann, world.rag, "Where does Ann work?")
    chats.stop(world.parts, ann, world.rag, number)
    app = world.open("chat", rag=world.rag, chat=number)
    press(app, "Delete…")
    assert "are gone for everybody" in words(app)
    chats.get(world.parts, ann, world.rag, number)
    press(app, "Delete")
    assert "The conversation is deleted." in [e.value for e in app.toast]
    assert "Where does Ann work?" not in words(app)
    with pytest.raises(NotFound):
        chats.get(world.parts, ann, world.rag, number)


def test_a_question_that_is_too_long_stands_in_the_box_again(world: World) -> None:
    with world.parts.session() as db:
        db.get_one(Rag, world.rag).version = 1
        db.commit()
    app = world.open("chat", rag=world.rag)
    question = "Why? " * LONGEST_QUESTION
    app.chat_input[0].set_value(question).run()
    assert "too long: at most 2000 characters" in app.toast[0].value
    assert app.chat_input[0].proto.value == question.rstrip()
    assert not chats.conversations(world.parts, world.actor("ann"), world.rag, "", 5)


def press(app, label: str) -> None:  # type: ignore[no-untyped-def]
    next(b for b in app.button if b.label == label).click().run()
