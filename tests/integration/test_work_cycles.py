"""From an upload to a change set on real parts: the steps, what resumes, what fails alone."""

import json
import os
import signal
import threading

import pytest
from sqlmodel import col, select

from jobs import pipeline, sweeper, units
from kg import values
from kg.model import Document
from portal import change_rows, cycles, document_list, documents, events, publishing, versions, work_queue
from portal.documents import text_key
from portal.errors import Conflict, NotFound
from portal.models import (
    Cycle,
    CycleState,
    Outbox,
    Revision,
    Step,
    StepName,
    StepState,
    Unit,
    UnitState,
    now,
)
from tests.installation import Installation, wait_until

ALICE = "Alice Smith works at ACME Corporation. ACME Corporation was founded in 1999 in Boston."
BOB = "Bob Johnson works at TechCorp. TechCorp competes with ACME Corporation."
MANY = "\n\n".join(
    f"Person{n} Smith works at Company{n} Ltd. Company{n} Ltd was founded in {1900 + n} in Boston. "
    f"Company{n} Ltd has an office in London. Person{n} Smith lives in Paris with her two cats and a dog."
    for n in range(24)
)


def run(here: Installation, number: int) -> None:
    """The cycle's steps in this process."""
    pipeline.run_cycle(here.parts, here.view(number).id, lambda: False)


def texts(here: Installation) -> dict[str, str]:
    """Documents of the knowledge base: text by key."""
    with here.parts.session() as db:
        keys = db.exec(select(Revision.key).where(Revision.rag_id == here.rag, Revision.units > 0)).all()
    return {k: values.loads(Document, here.parts.files.get(text_key(here.rag, k))).text for k in keys}


def test_an_upload_becomes_a_change_set_with_literal_quotes(installation: Installation) -> None:
    here = installation
    receipt = here.upload(alice_txt=ALICE, bob_txt=BOB)
    assert (receipt.cycle, receipt.accepted, receipt.refused) == (1, ("alice.txt", "bob.txt"), ())
    run(here, 1)
    view = here.view(1)
    assert view.state is CycleState.review, view
    assert [s.state for s in view.steps] == [StepState.done] * 5
    assert view.changes > 5
    text = texts(here)
    with here.parts.session() as db:
        quotes = [e for _, c in change_rows.all_changes(db, view.id) for e in c.evidence]
    assert quotes
    assert all(text[e.document_id][e.start : e.end] == e.quote for e in quotes)
    names = here.parts.files.keys(cycles.folder(here.rag, 1))
    for artifact in (
        *("graphrag_output.ttl", "extracted_ontology.ttl", "integrated_ontology.ttl"),
        *("integrated_triples.ttl", "output/entities.parquet", "output/text_units.parquet"),
    ):
        assert any(n.endswith(artifact) for n in names), artifact


def test_approving_and_uploading_more(installation: Installation) -> None:
    here = installation
    here.upload(alice_txt=ALICE)
    run(here, 1)
    versions.approve(here.parts, here.actor, here.rag, 1, all_=True)
    done = publishing.run(here.parts, here.view(1).id)
    assert done is not None
    assert done.version == 1
    assert publishing.run(here.parts, here.view(1).id) == done.__class__(1, done.applied, done.skipped, 0.0)
    here.upload(bob_txt=BOB)
    run(here, 2)
    view = here.view(2)
    assert (view.state, view.base_version) == (CycleState.review, 1)
    with here.parts.session() as db:
        subjects = {c.subject for _, c in change_rows.all_changes(db, view.id) if c.kind == "new_entity"}
    assert "ACME Corporation" not in subjects


def test_a_removed_document_takes_its_facts_along(installation: Installation) -> None:
    here = installation
    here.upload(alice_txt=ALICE, bob_txt=BOB)
    run(here, 1)
    versions.approve(here.parts, here.actor, here.rag, 1, all_=True)
    publishing.run(here.parts, here.view(1).id)
    bob = next(d for d in document_list.everything(here.parts, here.actor, here.rag) if d.name == "bob.txt")
    number = documents.remove(here.parts, here.actor, here.rag, bob.id)
    with pytest.raises(Conflict):
        documents.remove(here.parts, here.actor, here.rag, bob.id)
    run(here, number)
    view = here.view(number)
    with here.parts.session() as db:
        gone = {c.subject for _, c in change_rows.all_changes(db, view.id) if c.kind == "removed_entity"}
        kinds = {c.kind for _, c in change_rows.all_changes(db, view.id)}
    assert "Bob Johnson" in gone
    assert "ACME Corporation" not in gone
    assert "removed_fact" in kinds


def test_a_new_revision_withdraws_what_it_no_longer_says(installation: Installation) -> None:
    here = installation
    here.upload(alice_txt=ALICE)
    run(here, 1)
    versions.approve(here.parts, here.actor, here.rag, 1, all_=True)
    publishing.run(here.parts, here.view(1).id)
    here.upload(alice_txt="Alice Smith works at ACME Corporation.")
    run(here, 2)
    with here.parts.session() as db:
        gone = [
            row.sentence for row, c in change_rows.all_changes(db, here.view(2).id) if "removed" in c.kind
        ]
    assert any("1999" in sentence for sentence in gone), gone
    assert not any("works at" in sentence for sentence in gone), gone


def test_a_file_that_cannot_be_read_fails_alone(installation: Installation) -> None:
    here = installation
    big = (b"\x7fELF\x02\x01\x01\x00" + os.urandom(4096)) * 400  # too large to be tried at the upload
    receipt = here.upload(alice_txt=ALICE, program_txt=big)
    assert receipt.accepted == ("alice.txt", "program.txt")
    run(here, 1)
    view = here.view(1)
    assert view.state is CycleState.review
    errors = {d.name: d.error for d in view.documents}
    assert errors["alice.txt"] == ""
    assert "program.txt" in errors["program.txt"]


def test_a_cycle_with_nothing_readable_fails_with_a_sentence(installation: Installation) -> None:
    here = installation
    here.upload(program_txt=(b"\x7fELF\x02\x01\x01\x00" + os.urandom(4096)) * 400)
    run(here, 1)
    view = here.view(1)
    assert (view.state, view.error) == (CycleState.failed, "nothing-readable")
    cycles.retry(here.parts, here.actor, here.rag, 1)
    assert here.view(1).state is CycleState.waiting


def test_two_workers_share_the_text_units(installation: Installation) -> None:
    here = installation
    here.start()
    here.start()
    wait_until(
        lambda: len(work_queue.workers(here.parts.redis)) == 2, 180, lambda: f"no two workers\n{here.log()}"
    )
    here.upload(many_txt=MANY)
    view = here.wait(1)
    assert view.state is CycleState.review, here.log()
    assert view.steps[0].total >= 24
    assert "extract 1" in here.log() or "cycle 1" in here.log()


def test_progress_is_told_and_stands_in_the_rows(installation: Installation) -> None:
    here = installation
    here.upload(alice_txt=ALICE, bob_txt=BOB)
    view = here.view(1)
    heard: list[events.Progress] = []
    listening, enough = threading.Event(), threading.Event()

    def listen() -> None:
        with events.listen(here.parts.redis, view.id) as messages:
            listening.set()
            for message in messages:
                if message:
                    heard.append(message)
                elif enough.is_set():  # all that was told is heard
                    return

    thread = threading.Thread(target=listen)
    thread.start()
    assert listening.wait(60)
    run(here, 1)
    enough.set()
    thread.join(60)
    assert {p.step for p in heard} == set(StepName)
    assert heard[-1].status == "review"
    step = here.view(1).steps[0]
    assert step.done == step.total > 0
    with here.parts.session() as db:
        row = db.exec(select(Step).where(Step.cycle_id == view.id, Step.name == StepName.graphrag)).one()
    times = [row.started_at, row.counted_at, row.finished_at]
    assert None not in times
    assert times == sorted(t for t in times if t)
    assert row.counted_from == 0
    raw = json.loads(json.dumps(heard[0].__dict__)) if hasattr(heard[0], "__dict__") else None
    assert raw is None or set(raw) == {"status", "step", "done", "total", "error"}


def test_cancelling_what_nobody_works_on_is_immediate(installation: Installation) -> None:
    here = installation
    here.upload(alice_txt=ALICE)
    cycles.cancel(here.parts, here.actor, here.rag, 1)
    assert here.view(1).state is CycleState.cancelled
    run(here, 1)
    assert here.view(1).state is CycleState.cancelled
    with pytest.raises(Conflict, match="cannot be cancelled"):
        cycles.cancel(here.parts, here.actor, here.rag, 1)
    cycles.retry(here.parts, here.actor, here.rag, 1)
    run(here, 1)
    assert here.view(1).state is CycleState.review


def test_cancelling_stops_between_two_units(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = installation
    here.upload(many_txt=MANY)
    first = units._commit
    committed: list[int] = []

    def commit_then_cancel(*arguments: object) -> None:
        first(*arguments)  # type: ignore[arg-type]
        committed.append(1)
        if len(committed) == 3:
            cycles.cancel(here.parts, here.actor, here.rag, 1)

    monkeypatch.setattr(units, "_commit", commit_then_cancel)
    monkeypatch.setattr("portal.leases.BEAT_SECONDS", 0.05)
    run(here, 1)
    assert here.view(1).state is CycleState.cancelled
    assert 3 <= len(committed) < 20
    monkeypatch.setattr(units, "_commit", first)
    cycles.retry(here.parts, here.actor, here.rag, 1)
    with here.parts.session() as db:
        kept = db.exec(select(Unit).where(Unit.state == UnitState.done)).all()
    assert len(kept) == len(committed)
    run(here, 1)
    assert here.view(1).state is CycleState.review


def test_an_extractor_that_stumbles_puts_one_unit_aside(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = installation
    here.upload(many_txt=MANY)
    from jobs.extractors import offline

    real = offline().extract

    def stumble(unit, context):  # type: ignore[no-untyped-def]
        if unit.number == 2:
            raise ZeroDivisionError("a defect")
        return real(unit, context)

    monkeypatch.setattr(offline(), "extract", stumble)
    run(here, 1)
    assert here.view(1).state is CycleState.review
    with here.parts.session() as db:
        aside = db.exec(select(Unit).where(Unit.state == UnitState.quarantined)).all()
    assert [(u.number, u.problem) for u in aside] == [(2, "ZeroDivisionError: a defect")]


def test_a_lost_lease_commits_nothing(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    here = installation
    here.upload(alice_txt=ALICE)
    real = pipeline.STEPS[StepName.staging]

    def taken_over(work):  # type: ignore[no-untyped-def]
        with here.parts.session() as db:
            step = db.get_one(Step, work.lease.step_id)
            step.attempt += 1
            db.add(step)
            db.commit()
        real(work)

    monkeypatch.setattr(pipeline, "STEPS", {**pipeline.STEPS, StepName.staging: taken_over})
    run(here, 1)
    assert (here.view(1).state, here.view(1).changes) == (CycleState.running, 0)


def test_the_outbox_waits_for_the_queue(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    here = installation
    away = here.parts.redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.2)
    without = type(here.parts)(
        here.parts.settings, here.parts.engine, here.parts.store, away, here.parts.files
    )
    receipt = documents.upload(without, here.actor, here.rag, [documents.Upload("alice.txt", ALICE.encode())])
    assert receipt.cycle == 1
    with here.parts.session() as db:
        assert db.exec(select(Outbox).where(col(Outbox.sent_at).is_(None))).one().task == work_queue.CYCLE
    assert work_queue.queued(here.parts.redis) == set()
    assert sweeper.sweep(here.parts) >= 1
    assert (work_queue.CYCLE, str(here.view(1).id)) in work_queue.queued(here.parts.redis)


def test_a_step_waits_for_the_store_and_goes_on(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = installation
    here.upload(alice_txt=ALICE)
    from kg.store.oxigraph import Oxigraph

    down = type(here.parts)(
        here.parts.settings,
        here.parts.engine,
        Oxigraph("http://127.0.0.1:1"),
        here.parts.redis,
        here.parts.files,
    )
    monkeypatch.setattr(pipeline, "WAIT_SECONDS", 0.2)
    pipeline.run_cycle(down, here.view(1).id, lambda: False)
    view = here.view(1)
    assert view.state is CycleState.running
    assert view.step is not None
    assert (view.step.name, view.step.error) == (StepName.schema, "store-down")

    def found_again() -> bool:
        with here.parts.session() as db:
            return bool(sweeper._cycles(db))

    wait_until(found_again, 5)
    run(here, 1)
    assert here.view(1).state is CycleState.review


def test_merging_is_one_at_a_time_in_a_knowledge_base(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = installation
    here.upload(alice_txt=ALICE)
    here.upload(bob_txt=BOB)
    real = pipeline.STEPS[StepName.merge_triples]
    seen: list[CycleState] = []

    def meanwhile(work):  # type: ignore[no-untyped-def]
        if not seen:
            seen.append(CycleState.waiting)
            pipeline.run_cycle(here.parts, here.view(2).id, lambda: False)
            view = here.view(2)
            assert view.step is not None
            assert (view.step.name, view.step.state) == (StepName.schema, StepState.waiting)
        real(work)

    monkeypatch.setattr(pipeline, "STEPS", {**pipeline.STEPS, StepName.merge_triples: meanwhile})
    run(here, 1)
    assert seen
    assert here.view(1).state is CycleState.review
    run(here, 2)
    assert here.view(2).state is CycleState.review


def test_a_version_that_comes_between_is_compared_with(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = installation
    here.upload(alice_txt=ALICE)
    run(here, 1)
    here.upload(bob_txt=BOB)
    real = pipeline.STEPS[StepName.merge_triples]

    def published_meanwhile(work):  # type: ignore[no-untyped-def]
        real(work)
        if here.view(1).state is CycleState.review:
            versions.approve(here.parts, here.actor, here.rag, 1, all_=True)
            publishing.run(here.parts, here.view(1).id)

    monkeypatch.setattr(pipeline, "STEPS", {**pipeline.STEPS, StepName.merge_triples: published_meanwhile})
    run(here, 2)
    assert here.view(2).state is CycleState.waiting
    run(here, 2)
    view = here.view(2)
    assert (view.state, view.base_version) == (CycleState.review, 1)


def test_a_worker_told_to_stop_gives_the_work_back(installation: Installation) -> None:
    here = installation
    here.upload(many_txt=MANY * 3)
    worker = here.start()
    wait_until(lambda: here.view(1).steps[0].done > 0, 90, here.log)
    here.end(worker, signal.SIGTERM)
    assert worker.returncode == 0
    with here.parts.session() as db:
        step = db.exec(select(Step).join(Cycle).where(Step.name == StepName.graphrag)).one()
        held = db.exec(
            select(Unit).where(Unit.state == UnitState.waiting, col(Unit.lease_until) > now())
        ).all()
    assert (step.state, step.lease_owner, step.deaths) == (StepState.running, "", 0)
    assert held == []


@pytest.mark.parametrize("asked", [0, 4, 5], ids=["step", "changes", "sentences"])
def test_a_worker_without_room_for_a_large_cycle_begins_anew(installation: Installation, asked: int) -> None:
    """Before a step, and within the last one, before what needs room."""
    full = "import itertools, jobs.room as r, jobs.worker as w; asked = itertools.count()"
    full = f"{full}; r.is_short = lambda units: next(asked) == {asked}; w.main([])"
    worker = installation.start("-c", full)
    number = installation.upload(alice_txt=ALICE).cycle or 0
    assert installation.wait(number).state is CycleState.review
    assert installation.log().count("begins anew") == 1, "as it is started afresh, it has the usual limits"
    assert worker.poll() is None


def test_publishing_much_is_not_for_the_worker_that_answers(installation: Installation) -> None:
    here = installation
    number = here.upload(alice_txt=ALICE).cycle or 0
    run(here, number)
    small = "import jobs.room as r, jobs.worker as w; r.LARGE = r.FULL = 0; w.main(['--queue', '{}'])"
    here.start("-c", small.format(work_queue.PIPELINE))
    wait_until(lambda: len(work_queue.workers(here.parts.redis)) == 1, 60, here.log)
    here.start("-c", small.format(work_queue.QUICK))
    wait_until(lambda: len(work_queue.workers(here.parts.redis)) == 2, 60, here.log)
    versions.approve(here.parts, here.actor, here.rag, number, all_=True)
    assert here.wait(number, until=(CycleState.approved,)).version == 1
    assert "to have room for jobs.tasks.publish" in here.log(), "the worker for libraries has published it"


def test_a_cycle_number_that_does_not_exist(installation: Installation) -> None:
    with pytest.raises(NotFound, match="no cycle 99"):
        installation.view(99)
