"""Retrieval at 10 and 100 thousand passages: the corpus repeated with changed names.

Measured: the path mode's time, memory, the time to open the index in a fresh process, and what an
approved change of 10 facts costs the index at either size. A copy's vectors are its original's with
a little noise (embedding 100,000 passages would take an hour and change no time here).

    make bench-retrieval-scale        ... --sizes 10000 100000 --cache FOLDER
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
from rdflib import URIRef

from benchmarks.retrieval import corpus
from benchmarks.retrieval.bench_retrieval import DATASET
from benchmarks.retrieval.kept import Kept
from kg.embed import Embedder, local
from kg.index import Index, IndexDelta, UnitRow, fact_row
from kg.model import Entity, Evidence, Fact, Mention
from kg.retrieve import retrieve

CHANGE = 10  # facts
ROUNDS = 7
_COPY = "\u2063"  # invisible separator: stands before a copy's number in its texts
_NUMBER = re.compile(f"{_COPY}\\d+")


class Repeated:
    """The vectors of the originals, with a little noise for each copy."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimensions, self.window = embedder.name, embedder.dimensions, embedder.window

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        originals = [_NUMBER.sub("", t) for t in texts]
        vectors = self._embedder.passages(originals)
        for i, text in enumerate(texts):
            if _COPY in text:
                noise = np.random.default_rng(zlib.crc32(text.encode("utf-8", "replace")))
                vectors[i] += 0.02 * noise.standard_normal(self.dimensions, np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def questions(self, texts: Sequence[str]) -> np.ndarray:
        return self._embedder.questions(texts)


def copies(rows: Sequence[UnitRow], size: int) -> Iterator[UnitRow]:
    """The rows again and again, every name of the n-th copy followed by n."""
    for n in range(size):
        row, copy = rows[n % len(rows)], n // len(rows)
        if not copy:
            yield row
            continue
        unit = replace(row.unit, id=f"{row.unit.id}-{copy}", document_id=f"{row.unit.document_id}-{copy}")
        mentions = tuple(Mention(f"{m.name} {copy}", m.start, m.end, m.type) for m in row.mentions)
        title = f"{row.title}{_COPY}{copy}" if row.title else ""
        text = unit.text.replace(row.title, title, 1) if title else f"{unit.text}{_COPY}{copy}"
        yield UnitRow(replace(unit, text=text), title, mentions)


def change(round_: int, unit: UnitRow) -> IndexDelta:
    """Ten new facts about ten new things."""
    entities, facts = [], []
    knows = DATASET.property_("knows")
    for n in range(CHANGE):
        evidence = (Evidence(unit.unit.document_id, 0, 9, unit.unit.text[:9], unit_id=unit.unit.id),)
        label = f"Person {round_}-{n}"
        iri = DATASET.entity(label)
        entities.append(Entity(iri, label, evidence=evidence))
        other = URIRef(entities[0].iri)
        made = Fact(iri, knows, other, evidence=evidence)
        labels = {iri: label, other: entities[0].label, knows: "knows"}
        facts.append(fact_row(DATASET.assertion(iri, knows, other.n3()), made, labels))
    return IndexDelta(entities=tuple(entities), facts=tuple(facts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    shared = Path(os.environ.get("FERAG_SHARED", "../shared"))
    parser.add_argument("--corpus", type=Path, default=shared / "bench/musique-train-100")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)  # the fresh process
    given = parser.parse_args()
    if given.ask:
        print(json.dumps(_asked(given.ask, given.corpus, given.cache)))
        return
    kept = Kept(local.load(), given.cache / "vectors.npz" if given.cache else None)
    pages = corpus.pages(given.corpus)
    read = corpus.read_or_kept("offline", pages, given.corpus, given.cache)
    rows = corpus.index_delta(DATASET, read).units
    applied = {}
    for size in given.sizes:
        with tempfile.TemporaryDirectory(dir=given.cache) as folder:
            index = Index(folder, Repeated(kept))
            began = time.perf_counter()
            index.apply(DATASET, 1, IndexDelta(tuple(copies(rows, size))))
            written = time.perf_counter()
            index.compact(DATASET, 1)
            compacted = time.perf_counter()
            times = []
            for n in range(ROUNDS):
                start = time.perf_counter()
                index.apply(DATASET, 2 + n, change(n, rows[0]))
                times.append(time.perf_counter() - start)
            applied[size] = statistics.median(times)
            kept.save()
            cache = ["--cache", str(given.cache)] if given.cache else []
            command = [sys.executable, "-m", "benchmarks.retrieval.scale", "--ask", folder, *cache]
            command += ["--corpus", str(given.corpus)]
            asked = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            print(
                f"{size} passages: written in {written - began:.0f} s (without embedding), compacted and its "
                f"arrays made in {compacted - written:.0f} s\n  a change of {CHANGE} facts: "
                f"{1000 * applied[size]:.0f} ms (median of {ROUNDS})\n  " + asked["line"],
                flush=True,
            )
    first, last = min(applied), max(applied)
    print(f"the change at {last} against {first}: {applied[last] / applied[first]:.2f} times")


def _asked(folder: Path, questions: Path, cache: Path | None) -> dict[str, str]:
    """In a fresh process: time to open, times of questions, memory."""
    kept = Kept(local.load(), cache / "vectors.npz" if cache else None)
    asked = [q.question for q in corpus.questions(questions / "questions.jsonl")][50:]
    kept.questions(asked)
    process = psutil.Process()
    before = process.memory_info().rss
    index = Index(folder, kept)
    version = 1 + ROUNDS
    began = time.perf_counter()
    view = index.view(DATASET, version)
    opened = time.perf_counter() - began
    assert view is not None
    began = time.perf_counter()
    retrieve(index, DATASET, version, asked[0], "path")
    first = time.perf_counter() - began
    lines = [f"opened in {opened:.1f} s, first question {1000 * first:.0f} ms"]
    for mode in ("path", "auto", "naive"):
        used = time.process_time()
        ms = [1000 * retrieve(index, DATASET, version, q, mode).seconds for q in asked]
        cpu = 1000 * (time.process_time() - used) / len(asked)
        lines.append(
            f"{mode} ms p50 {np.percentile(ms, 50):.0f} p95 {np.percentile(ms, 95):.0f} cpu {cpu:.0f}"
        )
    lines.append(f"load {os.getloadavg()[0]:.1f}")
    memory = (process.memory_info().rss - before) / 2**20
    lines.append(f"{view.graph.adjacency.nnz // 2} edges, memory above the embedder's {memory:.0f} MB")
    return {"line": "; ".join(lines)}


if __name__ == "__main__":
    main()
