"""What an administrator does: retry, cancel, drain, quotas, notices, the record taken away."""

import csv
import json
from io import StringIO

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from portal import admin, admin_record, admin_storage, admin_work, chats, guards, notices, quotas, work_queue
from portal.access import Actor
from portal.admin_record import Wanted, plain_cell
from portal.errors import Conflict, Forbidden, NotFound, Throttled
from portal.models import AuditEvent, Cycle, CycleState, ModelCall, Step, StepName, StepState
from portal.quotas import Whose
from portal.wiring import Parts
from tests.installation import Installation, wait_until
from tests.people import Team, make_team

TEXT = "Ann Smith works at ACME. Bob Jones founded Globex in 1999.\n\n" * 40


@pytest.fixture
def team(parts: Parts) -> Team:
    parts.redis.flushdb()
    return make_team(parts)


@pytest.fixture
def boss(team: Team) -> Actor:
    """An administrator, member of nothing."""
    return Actor(team.stranger.user_id, team.stranger.email, is_admin=True)


def test_a_failed_step_is_run_again_by_an_administrator_who_sees_no_content(
    installation: Installation,
) -> None:
    parts = installation.parts
    boss = Actor(None, "boss@example.org", is_admin=True)
    number = installation.upload(a_txt=TEXT).cycle or 0
    with parts.session() as db:
        cycle = db.exec(select(Cycle)).one()
        db.execute(update(Cycle).values(state=CycleState.failed, error="step-too-long"))
        db.execute(
            update(Step)
            .where(col(Step.name) == StepName.graphrag)
            .values(state=StepState.failed, error="step-too-long")
        )
        db.commit()
    (line,) = admin_work.steps(parts, boss)
    assert (line.cycle, line.state, line.error) == (number, StepState.failed, "step-too-long")
    with pytest.raises(NotFound):  # as a person they are nobody here
        chats.ask(parts, boss, installation.rag, "What is in it?")
    admin_work.retry(parts, boss, installation.rag, number)
    installation.start()
    assert installation.wait(number).state is CycleState.review
    with parts.session() as db:
        assert "cycle.retry" in db.exec(select(AuditEvent.action)).all()
        assert db.get_one(Cycle, cycle.id).error == ""
    with pytest.raises(Conflict):
        admin_work.cancel(parts, boss, installation.rag, number)


def test_a_drained_worker_gives_back_its_work_and_takes_none(installation: Installation) -> None:
    parts = installation.parts
    boss = installation.actor
    installation.start()
    wait_until(lambda: bool(admin_work.workers(parts, boss)), 60, installation.log)
    (sign,) = admin_work.workers(parts, boss)
    number = installation.upload(a_txt=TEXT * 20).cycle or 0
    wait_until(lambda: bool(admin_work.workers(parts, boss)[0].doing), 60, installation.log)
    admin_work.drain(parts, boss, sign.name, True)
    wait_until(lambda: not admin_work.workers(parts, boss)[0].doing, 60, installation.log)
    assert admin_work.workers(parts, boss)[0].drained
    held = [s for s in admin_work.steps(parts, boss) if s.owner]
    assert not held
    assert installation.view(number).state in (CycleState.running, CycleState.waiting)
    wait_until(lambda: admin_work.queues(parts, boss)[0].waiting > 0, 30)  # asked for, and left alone
    admin_work.drain(parts, boss, sign.name, False)
    assert installation.wait(number).state is CycleState.review
    with pytest.raises(NotFound):
        admin_work.drain(parts, boss, "nobody", True)


def test_a_quota_ends_questions_until_midnight(team: Team, boss: Actor) -> None:
    with team.parts.session() as db:
        db.add(
            ModelCall(
                key="k",
                rag_id=team.rag_id,
                user_id=team.viewer.user_id,
                role="chat",
                model="m",
                tokens_in=900,
                tokens_out=100,
                cost=0.5,
            )
        )
        db.commit()
    quotas.set_default(team.parts, boss, Whose.user, 2000)
    assert guards.admit(team.parts, team.viewer, team.rag_id, "Who?") == "Who?"
    quotas.set_quota(team.parts, boss, Whose.user, team.viewer.user_id or 0, 1000)
    with pytest.raises(Throttled, match="for today") as refused:
        guards.admit(team.parts, team.viewer, team.rag_id, "Who?")
    assert 0 < refused.value.retry_after <= 24 * 3600
    assert guards.admit(team.parts, team.editor, team.rag_id, "Who?")
    quotas.set_quota(team.parts, boss, Whose.rag, team.rag_id, 1000)
    with pytest.raises(Throttled, match="This knowledge base"):
        guards.admit(team.parts, team.editor, team.rag_id, "Who?")
    (of_rag,) = quotas.spend(team.parts, boss, Whose.rag)
    assert (of_rag.today, of_rag.quota, of_rag.cost, of_rag.own) == (1000, 1000, 0.5, True)
    (day,) = quotas.days(team.parts, boss)
    assert (day.calls, day.tokens) == (1, 1000)
    quotas.set_quota(team.parts, boss, Whose.rag, team.rag_id, None)
    assert guards.admit(team.parts, team.editor, team.rag_id, "Who?")


def test_maintenance_keeps_everybody_else_out(team: Team, boss: Actor) -> None:
    notices.set_banner(team.parts, boss, "Back\u200bup at  noon", "warn")
    notices.set_maintenance(team.parts, boss, True, "Until noon.")
    now = notices.current(team.parts)
    assert (now.banner, now.tone, now.maintenance, now.why) == ("Backup at noon", "warn", True, "Until noon.")
    assert notices.closed_for(team.parts, team.owner)
    assert not notices.closed_for(team.parts, boss)
    notices.set_maintenance(team.parts, boss, False)
    assert not notices.closed_for(team.parts, team.owner)


def test_the_record_is_filtered_and_taken_away(team: Team, boss: Actor) -> None:
    guards.set_banned(team.parts, team.owner, team.rag_id, ["x"])
    admin.end_sessions(team.parts, boss, team.viewer.user_id or 0)
    found = admin_record.events(team.parts, boss, Wanted(who="owner", rag_id=team.rag_id))
    assert [(e.action, e.detail) for e in found] == [("rag.banned", {"terms": 1})]
    assert admin_record.events(team.parts, boss, Wanted(who="%")) == ()
    lines = [json.loads(line) for line in admin_record.export(team.parts, boss, "jsonl")]
    assert [e["action"] for e in lines] == ["rag.banned", "sessions.end", "audit.export"]
    table = list(csv.DictReader(StringIO("".join(admin_record.export(team.parts, boss, "csv")))))
    assert table[0]["who"] == "owner@example.org"
    with pytest.raises(Forbidden):
        admin_record.export(team.parts, team.owner, "csv")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "|calc", "\r=1", "%0A"])
def test_no_cell_of_the_record_is_a_formula(text: str) -> None:
    assert plain_cell(text) == f"'{text}"


def test_every_part_says_its_version_and_storage_is_measured(team: Team, boss: Actor) -> None:
    found = {h.part: h for h in admin.health(team.parts, boss)}
    assert {n for n, h in found.items() if h.answers} == {
        "database",
        "store",
        "queue",
        "files",
        "index",
        "web",
    }
    assert all(
        any(c.isdigit() for c in found[n].what) for n in ("database", "store", "queue", "index", "web")
    )
    kept = {s.what: s.bytes for s in admin_storage.storage(team.parts, boss)}
    assert kept["database"] > 0
    assert kept["free"] > 0
    assert kept["queue"] > 0
    (rag,) = [r for r in admin.rags(team.parts, boss) if r.id == team.rag_id]
    assert (rag.owners, rag.facts) == (("owner@example.org",), 0)
    assert tuple(q.name for q in admin_work.queues(team.parts, boss)) == work_queue.QUEUES
