"""A review that has nothing to decide says why, and goes on by itself when it has."""

import pytest
from sqlmodel import Session, select

from portal import documents
from portal.documents import Upload
from portal.models import Cycle, CycleState
from tests.pages.conftest import World, words


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (CycleState.waiting, "The documents are still being read."),
        (CycleState.running, "The documents are still being read."),
        (CycleState.paused, "how to go on"),
        (CycleState.failed, "how to go on"),
        (CycleState.cancelled, "how to go on"),
        (CycleState.rejected, "nothing to decide"),
    ],
)
def test_why_there_is_nothing_to_decide(world: World, state: CycleState, said: str) -> None:
    number = documents.upload(
        world.parts, world.actor("ann"), world.rag, [Upload("a.txt", b"Ann works at Acme.")]
    ).cycle
    became(world, state)
    app = world.open("review", rag=world.rag, cycle=number)
    assert said in words(app)
    links = [e.proto.label for e in app.get("page_link")]
    assert ("See how far it is" in links) is (state in (CycleState.waiting, CycleState.running))
    assert ("See what happened" in links) is ("go on" in said)
    became(world, CycleState.review)
    assert "Nothing new" in words(app.run())


def became(world: World, state: CycleState) -> None:
    with Session(world.parts.engine) as db:
        db.exec(select(Cycle)).one().state = state
        db.commit()
