"""A deleted knowledge base that nobody brought back in time: nothing is left of it, all of its neighbour."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import SQLModel, func, select

from kg.errors import IndexMissing
from kg.model import Ontology
from portal import chats, comments, purging, rags, uploads
from portal.incoming import Upload
from portal.models import AuditEvent, Member, ModelCall, Rag, Role, now
from portal.wiring import Parts
from tests.integration.test_review_publish import publish
from tests.people import Team, make_team
from tests.worlds import World


def another(team: Team) -> Team:
    """The same people in a knowledge base of their own."""
    rag_id = rags.create(team.parts, team.owner, "Another").id
    with team.parts.session() as db:
        for actor, role in ((team.editor, Role.editor), (team.viewer, Role.viewer)):
            db.add(Member(rag_id=rag_id, user_id=actor.user_id or 0, role=role))
        db.commit()
    made = replace(team, rag_id=rag_id)
    team.parts.store.create(made.dataset)
    return made


def fill(parts: Parts, team: Team) -> None:
    """A version, a document that waits to be read, a conversation, a comment, a paid call."""
    world = World(team.dataset)
    ontology = Ontology((world.person, world.company), (world.works_at,))
    number = team.review(ontology, (world.alice, world.acme), (world.alice_at_acme,))
    publish(team, number)
    uploads.upload(
        parts, team.editor, team.rag_id, [Upload("a.txt", io.BytesIO(f"Alice of {team.rag_id}.".encode()))]
    )
    chats.ask(parts, team.viewer, team.rag_id, "Where does Alice Smith work?")
    comments.add(parts, team.editor, team.rag_id, number, "Is it so?")
    with parts.session() as db:
        call = ModelCall(
            key="k", rag_id=team.rag_id, cycle_id=team.cycle_id(number), role="extract", model="m"
        )
        call.answer, call.tokens_in = "what the document says", 70
        db.add(call)
        db.commit()


def rows(parts: Parts) -> dict[str, int]:
    with parts.session() as db:
        return {
            t.name: db.scalar(select(func.count()).select_from(t)) or 0
            for t in SQLModel.metadata.sorted_tables
        }


def long_ago(team: Team, days: int) -> None:
    """It was deleted so many days ago."""
    with team.parts.session() as db:
        rag = db.get_one(Rag, team.rag_id)
        rag.deleted_at = now() - timedelta(days=days)
        db.add(rag)
        db.commit()


@pytest.mark.timeout(300)
def test_nothing_is_left_and_the_neighbour_is_as_it_was(parts: Parts) -> None:
    before = rows(parts)
    neighbour = make_team(parts)
    fill(parts, neighbour)
    alone = rows(parts)
    team = another(neighbour)
    fill(parts, team)
    assert not purging.run(parts, team.rag_id)
    rags.delete(parts, team.owner, team.rag_id, "Another")
    long_ago(team, days=29)
    assert not purging.run(parts, team.rag_id)
    assert [r.id for r in rags.deleted(parts, team.owner)] == [team.rag_id]
    long_ago(team, days=31)
    files = parts.files.keys(f"rags/{neighbour.rag_id}")
    assert parts.files.keys(f"rags/{team.rag_id}")

    assert purging.run(parts, team.rag_id)

    after = rows(parts)
    kept = {"rag", "user_account", "model_call", "audit_event", "outbox"}
    assert {t: n for t, n in after.items() if t not in kept} == {
        t: n for t, n in alone.items() if t not in kept
    }
    assert any(alone[t] > before[t] for t in alone if t not in kept)
    assert parts.files.keys(f"rags/{team.rag_id}") == ()
    assert parts.files.keys(f"rags/{neighbour.rag_id}") == files
    assert parts.store.graphs(neighbour.dataset)
    with pytest.raises(IndexMissing):
        parts.index.view(team.dataset, 1)
    assert parts.index.view(neighbour.dataset, 1) is not None
    with parts.session() as db:
        rag = db.get_one(Rag, team.rag_id)
        assert (rag.name, rag.guidance) == ("", "")
        (call,) = db.exec(select(ModelCall).where(ModelCall.rag_id == team.rag_id)).all()
        assert (call.answer, call.tokens_in, call.cycle_id) == ("", 70, None)
        assert db.exec(select(AuditEvent).where(AuditEvent.rag_id == team.rag_id)).first() is not None
    assert not purging.run(parts, team.rag_id)


def test_who_dies_in_the_middle_is_followed_by_another(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    team = make_team(parts)
    fill(parts, team)
    long_ago(team, days=31)
    with monkeypatch.context() as dying:
        dying.setattr(purging, "_rows", _dies)
        with pytest.raises(KeyboardInterrupt):
            purging.run(parts, team.rag_id)
    with parts.session() as db:
        assert team.rag_id in purging.due(db)
    with monkeypatch.context() as later:
        later.setattr("portal.upkeep.now", lambda: now() + timedelta(minutes=1))  # its lease has ended
        assert purging.run(parts, team.rag_id)


def _dies(*_args: object) -> None:
    raise KeyboardInterrupt
