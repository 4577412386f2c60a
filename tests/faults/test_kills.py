"""kill -9 on the worker in each step, three times each, and at each of the four seams of publishing.

The outcome is byte for byte that of an installation where nobody died.
"""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import rdf
from kg.vocab import Dataset
from portal import versions, work_queue
from portal.models import CycleState, StepName
from tests import servers
from tests.conftest import absent
from tests.faults.dying_worker import MOMENTS, PUBLISH_MOMENTS
from tests.installation import Installation, installed

DYING = str(Path(__file__).parent / "dying_worker.py")
RECOVERY_SECONDS = 90.0
FILES = {
    "alice_txt": "Alice Smith works at ACME Corporation. ACME Corporation was founded in 1999 in Boston. "
    "Alice Smith leads the Search team at ACME Corporation. " * 3,
    "bob_txt": "Bob Johnson works at TechCorp. TechCorp competes with ACME Corporation in Boston.",
}

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]


def graph(here: Installation) -> bytes:
    """The approved graph, without its marker (which names the attempt that published it)."""
    store, dataset = here.parts.store, here.dataset
    quads = frozenset(
        (*triple[:3], name)
        for name in dataset.approved
        for triple in rdf.from_nquads(_as_quads(b"".join(store.get(dataset, name)), str(name)))
    )
    return rdf.to_nquads(quads)


def _as_quads(ntriples: bytes, name: str) -> bytes:
    lines = (line.rstrip(b" .") for line in ntriples.splitlines() if line.strip())
    return b"".join(line + f" <{name}> .\n".encode() for line in lines)


def lives_until(
    here: Installation, there: Callable[[], bool], deaths: Path, *command: str
) -> tuple[int, float]:
    """Keep a worker running as a supervisor would; how many died, and the longest time without progress:
    a death, or a cycle that is further than it was."""
    died, longest, began = 0, 0.0, time.monotonic()
    child = here.start(*command)
    seen = (len(list(deaths.iterdir())), here.view(1))
    while not there():
        if child.poll() is not None:
            died += 1
            child = here.start(*command)
        now = (len(list(deaths.iterdir())), here.view(1))
        if now != seen:
            seen, began = now, time.monotonic()
        longest = max(longest, time.monotonic() - began)
        if longest > RECOVERY_SECONDS:
            pytest.fail(f"no progress for {RECOVERY_SECONDS} s after {died} deaths\n{here.log()}")
        time.sleep(0.05)
    here.end(child)
    return died, longest


def indexed(here: Installation) -> list[list[str]]:
    """What a question could find in version 1, each row as often as it is there."""
    view = here.parts.index.view(here.dataset, 1)
    assert view is not None
    sides = (view.units, view.entities, view.facts)
    return [sorted(s.told(int(i))["key"] for i in s.alive.nonzero()[0]) for s in sides]


def whole_way(
    here: Installation, deaths: Path, worker: tuple[str, ...]
) -> tuple[tuple[bytes, list[list[str]]], int, float]:
    """Upload, work, approve all, publish: the graph and its index, the deaths, the longest recovery."""
    here.upload(**FILES)
    first, slow = lives_until(
        here, lambda: here.view(1).state in (CycleState.review, CycleState.failed), deaths, *worker
    )
    assert here.view(1).state is CycleState.review, f"{here.view(1)}\n{here.log()}"
    versions.approve(here.parts, here.actor, here.rag, 1, all_=True)
    dies = DYING in worker

    def published() -> bool:  # and the worker that did it is dead, if it is one that dies
        done = here.view(1).state is not CycleState.publishing
        return done and (not dies or (deaths / "publish-after").exists())

    second, slower = lives_until(
        here,
        published,
        deaths,
        *worker,
        "--queue",
        work_queue.QUICK,
    )
    assert here.view(1).state is CycleState.approved, here.log()
    return (graph(here), indexed(here)), first + second, max(slow, slower)


@pytest.mark.parametrize("kind", ["embedded", "servers"])
def test_a_worker_killed_at_every_step_changes_nothing(
    kind: str, run_folder: Path, tmp_path: Path, dataset: Dataset
) -> None:
    try:
        with installed(kind, run_folder, tmp_path / "calm", dataset.rag_id) as here:
            (tmp_path / "none").mkdir()
            calm, deaths, _ = whole_way(here, tmp_path / "none", ("-m", "jobs.worker"))
            assert deaths == 0
            assert all(calm)
            assert all(calm[1])
        notes = tmp_path / "deaths"
        notes.mkdir()
        with installed(kind, run_folder, tmp_path / "deadly", dataset.rag_id) as here:
            outcome, deaths, longest = whole_way(here, notes, (DYING, str(notes)))
    except servers.Missing as e:
        absent(e)
    wanted = {f"{n}-{m}" for n in StepName for m in MOMENTS} | {f"publish-{m}" for m in PUBLISH_MOMENTS}
    assert {note.name for note in notes.iterdir()} == wanted
    assert outcome == calm
    assert deaths >= len(wanted) - 1  # nobody waits for the last one: it comes after the deed
    assert longest < RECOVERY_SECONDS
