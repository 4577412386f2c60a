"""A library of 7 MB of Russian and English Markdown, taken in by one command, without a language model.

Meanwhile somebody has the documents page open and uses it every second. Then everything is approved, and
questions are asked in three modes: does a citation stand in the right section?

    make bench-library                        7 MB
    ... --megabytes 2 --keep DIR              less; the data stay in DIR
    ... --library DIR                         a folder of your own, without questions
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from sqlmodel import col, select

from benchmarks.library.library import Asked, answered, make
from benchmarks.library.watching import Peaks, Visitor, watched
from portal import accounts, db
from portal.models import Step, StepState
from portal.routes import cookies
from portal.settings import Settings
from portal.wiring import Parts, wire
from tests.e2e.portal import running

EMAIL, PASSWORD, NAME = "ann@example.org", "a long enough secret", "Library"
MODES = ("path", "naive", "mix")
SHARED = Path(os.environ.get("FERAG_SHARED", "../shared"))
LIMIT = 1024  # MiB that no step may reach


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=7.0)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with _folder(given.keep) as folder:
        books = given.library or folder / "library"
        asked = [] if given.library else make(books, given.megabytes, SHARED)
        size = sum(f.stat().st_size for f in books.iterdir()) / 1e6
        print(f"{size:.2f} MB in {sum(1 for _ in books.iterdir())} files")
        with running(folder, {"FERAG_WORKERS": "1"}) as address:
            return _measure(folder, books, size, asked, address)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def _measure(folder: Path, books: Path, size: float, asked: list[Asked], address: str) -> int:
    parts = wire(Settings(data_dir=folder / "data", _env_file=None))  # type: ignore[call-arg]
    db.upgrade(parts.engine)
    token = accounts.register(parts, EMAIL, PASSWORD)
    _ferag(folder, "rag", "create", NAME, "--owner", EMAIL)
    peaks = Peaks(psutil.Process(), lambda: _doing(parts))
    cookie = f"{cookies.session_name(parts.settings)}={token}"
    visitor = Visitor(address, cookie, "documents", "rag=1")
    began = time.monotonic()
    with watched(peaks.look), watched(visitor.look):
        ingested = _ferag(folder, "ingest", str(books), "--rag", NAME, "--wait")
        read = time.monotonic() - began
    visitor.close()
    print(f"taken in: {read:.0f} s, {read / size:.1f} s per MB, {ingested['units']} passages, "
          f"{ingested['changes']} changes: {ingested['status']}")  # fmt: skip
    for step in _steps(parts):
        most = peaks.found.get(("worker", str(step.name)), 0.0)
        print(f"  {step.name:<14}{_seconds(step):7.1f} s, {most:5.0f} MiB", flush=True)
    began = time.monotonic()
    with watched(peaks.look):
        approved = _ferag(folder, "approve", "--rag", NAME, "--cycle", "1", "--all")
    print(f"approved: {time.monotonic() - began:.0f} s, {approved['applied']} changes")
    right = _ask(folder, books, asked)
    print(*visitor.pace.lines(), sep="\n")
    print(*peaks.lines(), sep="\n")
    steps = [size for (name, step), size in peaks.found.items() if name == "worker" and step]
    return int(max(steps) > LIMIT or 2 * right < len(MODES) * len(asked))


def _ferag(folder: Path, *arguments: str) -> dict[str, object]:
    """A command's JSON; what it says meanwhile goes to standard error."""
    environment = {**os.environ, "FERAG_DATA_DIR": str(folder / "data")}
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", *arguments, "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    value: dict[str, object] = json.loads(done.stdout)
    return value


def _steps(parts: Parts) -> list[Step]:
    with parts.session() as opened:
        return list(opened.exec(select(Step).order_by(col(Step.position))))


def _doing(parts: Parts) -> str:
    return next((str(s.name) for s in _steps(parts) if s.state is StepState.running), "")


def _seconds(step: Step) -> float:
    return (
        (step.finished_at - step.started_at).total_seconds() if step.started_at and step.finished_at else 0.0
    )


def _ask(folder: Path, books: Path, asked: list[Asked]) -> int:
    """Each question in each mode; how many have a citation in the right section."""
    right: Counter[str] = Counter()
    for mode in MODES:
        for one in asked:
            found = _ferag(folder, "ask", "--rag", NAME, "--mode", mode, one.question)
            citations = found["citations"]
            assert isinstance(citations, list)
            places = [
                (str(c["document"]).rpartition("/")[2], int(c["start"]), int(c["end"])) for c in citations
            ]
            right[mode] += answered(one, places, books)
        if asked:
            print(f"{mode}: a citation in the right section for {right[mode]} of {len(asked)} questions")
    return right.total()


if __name__ == "__main__":
    sys.exit(main())
