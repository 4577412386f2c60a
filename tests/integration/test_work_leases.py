"""Leases, fencing tokens, the outbox and the sweeper, on both databases and both queues."""

import os
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
import redis
from sqlmodel import col, select

from jobs import sweeper
from kg.store.oxigraph import Oxigraph
from portal import cycles, db, leases, work_queue
from portal.files import Files
from portal.leases import Lease, LeaseLost, claim_step, claim_units
from portal.models import (
    Cycle,
    CycleKind,
    CycleState,
    Document,
    Outbox,
    Rag,
    Revision,
    Step,
    StepName,
    StepState,
    Unit,
    User,
    now,
)
from portal.settings import Settings
from portal.wiring import Parts

ME = f"{socket.gethostname()}:{os.getpid()}:{psutil.Process().create_time():.0f}"


@pytest.fixture
def parts(sql_url: str, redis_url: str, tmp_path: Path) -> Iterator[Parts]:
    made = Parts(
        Settings(data_dir=tmp_path),
        db.make_engine(sql_url),
        Oxigraph("http://127.0.0.1:1"),
        redis.Redis.from_url(redis_url),
        Files((tmp_path / "files").as_uri()),
    )
    db.upgrade(made.engine)
    with made.session() as session:
        session.add(User(id=1, email="ann@example.org"))
        session.flush()
        session.add(Rag(id=1, name="Tiny", created_by=1))
        session.commit()
    yield made
    made.close()


def new_cycle(parts: Parts) -> int:
    with parts.session() as session:
        cycle = cycles.create(session, 1, CycleKind.upload, "a.txt", 1)
        session.commit()
        assert cycle.id is not None
        return cycle.id


def claim(parts: Parts, cycle_id: int, name: StepName = StepName.graphrag, owner: str = ME) -> int | None:
    with parts.session() as session:
        step = session.exec(select(Step).where(Step.cycle_id == cycle_id, Step.name == name)).one()
        return claim_step(session, step, owner)


def lease_of(parts: Parts, cycle_id: int, attempt: int) -> Lease:
    with parts.session() as session:
        step = session.exec(
            select(Step.id).where(Step.cycle_id == cycle_id).order_by(col(Step.position))
        ).first()
        assert step is not None
        return Lease(parts.engine, step, cycle_id, attempt)


def expire(parts: Parts, cycle_id: int) -> None:
    with parts.session() as session:
        for step in session.exec(select(Step).where(Step.cycle_id == cycle_id)):
            if step.lease_until:
                step.lease_until = now() - timedelta(seconds=1)
                session.add(step)
        session.commit()


def test_one_of_many_gets_a_step(parts: Parts) -> None:
    cycle_id = new_cycle(parts)
    got: list[int | None] = []
    threads = [threading.Thread(target=lambda: got.append(claim(parts, cycle_id))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(g for g in got if g is not None) == [1]


def test_an_expired_lease_is_taken_over_and_the_old_holder_is_fenced_off(parts: Parts) -> None:
    cycle_id = new_cycle(parts)
    assert claim(parts, cycle_id) == 1
    assert claim(parts, cycle_id) is None
    old = lease_of(parts, cycle_id, 1)
    expire(parts, cycle_id)
    assert claim(parts, cycle_id) == 2
    with parts.session() as session:
        session.get_one(Cycle, cycle_id).title = "written too late"
        with pytest.raises(LeaseLost):
            old.fence(session)
    with parts.session() as session:
        assert session.get_one(Cycle, cycle_id).title == "a.txt"
        assert session.get_one(Step, old.step_id).deaths == 1
    with pytest.raises(LeaseLost):
        old.check()


def test_a_beat_keeps_the_lease_and_brings_the_wish_to_cancel(parts: Parts) -> None:
    cycle_id = new_cycle(parts)
    attempt = claim(parts, cycle_id)
    assert attempt == 1
    lease = lease_of(parts, cycle_id, attempt)
    lease.beat()
    lease.check()
    with parts.session() as session:
        session.get_one(Cycle, cycle_id).cancel_requested = True
        session.commit()
    lease.beat()
    with pytest.raises(leases.Cancelled):
        lease.check()


def test_merging_steps_of_one_knowledge_base_wait_for_each_other(parts: Parts) -> None:
    first, second = new_cycle(parts), new_cycle(parts)
    assert claim(parts, first, StepName.schema) == 1
    assert claim(parts, second, StepName.schema) is None
    assert claim(parts, second, StepName.graphrag) == 1
    expire(parts, first)
    assert claim(parts, second, StepName.schema) == 1


def test_units_are_claimed_by_one_each(parts: Parts) -> None:
    cycle_id = new_cycle(parts)
    with parts.session() as session:
        document = Document(rag_id=1, name="a.txt")
        session.add(document)
        session.flush()
        assert document.id is not None
        revision = Revision(
            key="k", document_id=document.id, rag_id=1, cycle_id=cycle_id, sha256="", created_by=1
        )
        session.add(revision)
        session.flush()
        assert revision.id is not None
        for n in range(20):
            session.add(
                Unit(cycle_id=cycle_id, revision_id=revision.id, unit_id=str(n), number=n, start=n, end=n + 1)
            )
        session.commit()
    got: list[int] = []

    def take() -> None:
        while True:
            with parts.session() as session:
                claimed = claim_units(session, cycle_id, 3)
            if not claimed:
                return
            got.extend(claimed)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got)) == 20


def test_a_job_is_sent_only_if_the_transaction_commits(parts: Parts) -> None:
    with parts.session() as session:
        cycles.create(session, 1, CycleKind.upload, "never", 1)
    assert work_queue.queued(parts.redis) == set()
    cycle_id = new_cycle(parts)
    assert work_queue.queued(parts.redis) == {(work_queue.CYCLE, str(cycle_id))}
    with parts.session() as session:
        assert session.exec(select(Outbox).where(col(Outbox.sent_at).is_(None))).all() == []


def test_what_waits_already_is_not_sent_twice(parts: Parts) -> None:
    cycle_id = new_cycle(parts)
    with parts.session() as session:
        work_queue.enqueue(session, work_queue.CYCLE, cycle_id)
        session.commit()
    from rq import Queue

    assert len(Queue(work_queue.PIPELINE, connection=parts.redis).get_job_ids()) == 1


def test_the_sweeper_finds_lost_jobs(parts: Parts) -> None:
    cycle_id = new_cycle(parts)
    parts.redis.flushdb()
    assert sweeper.sweep(parts) == 1
    assert work_queue.queued(parts.redis) == {(work_queue.CYCLE, str(cycle_id))}
    assert sweeper.sweep(parts) == 0  # another worker has just looked


def test_the_sweeper_leaves_what_is_worked_on(parts: Parts) -> None:
    cycle_id = new_cycle(parts)
    parts.redis.flushdb()
    assert claim(parts, cycle_id) == 1
    assert sweeper.sweep(parts) == 0


def test_the_sweeper_does_not_wait_for_the_lease_of_a_dead_process(parts: Parts) -> None:
    cycle_id = new_cycle(parts)
    parts.redis.flushdb()
    assert claim(parts, cycle_id, owner=f"{socket.gethostname()}:{os.getpid()}:1") == 1
    assert sweeper.sweep(parts) == 1
    assert claim(parts, cycle_id) == 2


def test_the_sweeper_goes_on_publishing(parts: Parts) -> None:
    cycle_id = new_cycle(parts)
    parts.redis.flushdb()
    with parts.session() as session:
        cycle = session.get_one(Cycle, cycle_id)
        cycle.state = CycleState.publishing
        session.add(cycle)
        session.commit()
        assert leases.claim_publishing(session, cycle_id)
        assert not leases.claim_publishing(session, cycle_id)
    assert sweeper.sweep(parts) == 0
    with parts.session() as session:
        leases.end_publishing(session, cycle_id)
    parts.redis.delete("ferag:sweeping")
    assert sweeper.sweep(parts) == 1
    assert work_queue.queued(parts.redis) == {(work_queue.PUBLISH, str(cycle_id))}


def test_restarting_fences_off_whoever_works(parts: Parts) -> None:
    cycle_id = new_cycle(parts)
    assert claim(parts, cycle_id) == 1
    lease = lease_of(parts, cycle_id, 1)
    with parts.session() as session:
        cycles.restart_from(session, session.get_one(Cycle, cycle_id), StepName.graphrag)
        session.commit()
    lease.beat()
    with pytest.raises(LeaseLost):
        lease.check()
    with parts.session() as session:
        steps = session.exec(select(Step).where(Step.cycle_id == cycle_id)).all()
    assert {s.state for s in steps} == {StepState.waiting}


def test_workers_are_heard_of_while_they_live(parts: Parts) -> None:
    work_queue.still_here(parts.redis, work_queue.sign("w1", work_queue.PIPELINE, 1.0, "cycle 7"))
    (found,) = work_queue.workers(parts.redis)
    assert (found.name, found.queue, found.doing, found.pid) == ("w1", "ferag", "cycle 7", os.getpid())
    assert 0 < parts.redis.ttl("ferag:worker:w1") <= work_queue.ALIVE_SECONDS  # type: ignore[operator]
    work_queue.gone(parts.redis, "w1")
    assert work_queue.workers(parts.redis) == ()


def test_cycle_numbers_are_unique_under_load(parts: Parts) -> None:
    threads = [threading.Thread(target=new_cycle, args=(parts,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with parts.session() as session:
        assert sorted(session.exec(select(Cycle.number))) == [1, 2, 3, 4, 5, 6]
