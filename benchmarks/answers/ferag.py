"""The FERAG corpus as a team would take it in: two uploads, both approved, questions after each of them."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs import pipeline
from kg.answer import Answer, Done, Words
from portal import cycles, documents, publishing, questions, versions
from portal.access import Actor
from portal.documents import Upload
from portal.wiring import Parts

QUESTIONS = Path(__file__).with_name("ferag.jsonl")
CYCLES = ("cycle1", "cycle2")


@dataclass(frozen=True, slots=True)
class Question:
    """Right as of `version`: `says` stand in the answer, each of which may be a choice; `never` do not.
    Without `says` it is right to refuse. `graph`: by a query, as counts are."""

    text: str
    version: int
    says: tuple[str, ...]
    never: tuple[str, ...] = ()
    graph: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    question: Question
    answer: Answer
    first: float  # milliseconds to the first word
    whole: float

    @property
    def wrong(self) -> str:
        """Why it is not right; "" if it is."""
        q, a = self.question, self.answer
        if a.version != q.version:
            return f"version {a.version}"
        if not q.says:
            return "not refused" if a.supported else ""
        if not a.supported:
            return "refused"
        missing = [s for s in q.says if not any(one in a.text for one in s.split("|"))]
        untrue = [s for s in q.never if s in a.text]
        uncited = not a.citations
        query = q.graph and not a.query
        told = [*(f"lacks {s!r}" for s in missing), *(f"says {s!r}" for s in untrue)]
        return "; ".join([*told, *["no citation"] * uncited, *["not by a query"] * query])


def listed(file: Path = QUESTIONS) -> list[Question]:
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    return [
        Question(
            q["question"], q["version"], tuple(q["says"]), tuple(q.get("never", ())), q.get("graph", False)
        )
        for q in lines
    ]


def asked(
    parts: Parts, actor: Actor, rag_id: int, folder: Path, wanted: Sequence[Question]
) -> Iterator[Asked]:
    """Each upload read and approved whole, then the questions that are about its version."""
    for version, cycle in enumerate(CYCLES, 1):
        _approved(parts, actor, rag_id, folder / cycle / "input")
        for q in wanted:
            if q.version == version:
                yield _ask(parts, actor, rag_id, q)


def _approved(parts: Parts, actor: Actor, rag_id: int, folder: Path) -> None:
    files = [Upload(p.name, p.read_bytes()) for p in sorted(folder.glob("*.txt"))]
    number = documents.upload(parts, actor, rag_id, files).cycle
    assert number is not None
    cycle = cycles.get(parts, actor, rag_id, number).id
    pipeline.run_cycle(parts, cycle, lambda: False)
    versions.approve(parts, actor, rag_id, number, all_=True)
    publishing.run(parts, cycle)


def _ask(parts: Parts, actor: Actor, rag_id: int, q: Question) -> Asked:
    began, first = time.perf_counter(), 0.0
    for event in questions.events(parts, actor, rag_id, q.text):
        if isinstance(event, Words):
            first = first or time.perf_counter() - began
        if isinstance(event, Done):
            return Asked(q, event.answer, 1000 * first, 1000 * (time.perf_counter() - began))
    raise AssertionError("an answer ends with Done")
