"""Retrieval measured: every mode beside BM25 and plain dense search, over MuSiQue passages.

Settings were chosen on the first 50 questions; the last 50 are reported, and the single-fact ones.
Times are without embedding the question.

    make bench-retrieval                            offline extraction and the recorded graph
    ... --graph offline --pages 500 --cache FOLDER  shorter runs; vectors and readings kept between them
    ... --lightrag                                  beside the real lightrag-hku (own requirements.txt)
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import bm25s
import numpy as np

from benchmarks.retrieval import corpus
from benchmarks.retrieval.corpus import Asked, Page
from benchmarks.retrieval.kept import Kept
from benchmarks.retrieval.measures import HEAD, Search, distinct, measure
from kg.embed import local
from kg.index import Index, IndexDelta
from kg.index.words import stems
from kg.retrieve import retrieve
from kg.vocab import Dataset

MODES = ("naive", "local", "global", "hybrid", "mix", "path", "auto")
DEPTH = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    shared = Path(os.environ.get("FERAG_SHARED", "../shared"))
    parser.add_argument("--corpus", type=Path, default=shared / "bench/musique-train-100")
    parser.add_argument("--graph", choices=("offline", "recorded", "both"), default="both")
    parser.add_argument("--pages", type=int, default=None, help="only so many")
    parser.add_argument("--modes", nargs="*", default=MODES)
    parser.add_argument("--part", choices=("first", "last", "all"), default="last", help="of the questions")
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--lightrag", action="store_true")
    given = parser.parse_args()
    pages = corpus.pages(given.corpus)[: given.pages]
    asked = _sets(given.corpus, given.part)
    if given.cache:
        given.cache.mkdir(parents=True, exist_ok=True)
    kept = _embedder(asked, given.cache)
    _flat(pages, kept, asked)
    for graph in ("offline", "recorded") if given.graph == "both" else (given.graph,):
        began = time.perf_counter()
        read = corpus.read_or_kept(graph, pages, given.corpus, given.cache)
        seconds = time.perf_counter() - began
        delta = corpus.index_delta(DATASET, read)
        # without a cache each system embeds all of its texts itself
        _modes(graph, delta, seconds, kept if given.cache else _embedder(asked), asked, given.modes)
        if given.lightrag:
            from benchmarks.retrieval import lightrag_peer

            lightrag_peer.run(delta, kept if given.cache else _embedder(asked), asked, _table)
    kept.save()


def _embedder(asked: dict[str, list[Asked]], cache: Path | None = None) -> Kept:
    """It knows the questions: embedding them is in no time that is measured."""
    made = Kept(local.load(), cache / "vectors.npz" if cache else None)
    made.questions([q.question for questions in asked.values() for q in questions])
    return made


DATASET = Dataset("http://bench.example/", 1)


def _sets(folder: Path, part: str) -> dict[str, list[Asked]]:
    multi = corpus.questions(folder / "questions.jsonl")
    single = corpus.questions(folder / "questions-single.jsonl")
    half = {"first": slice(0, 50), "last": slice(50, None), "all": slice(None)}[part]
    return {f"multi-hop, {part}": multi[half], "single fact": single}


def _flat(pages: Sequence[Page], embedder: Kept, asked: dict[str, list[Asked]]) -> None:
    ids = [p.id for p in pages]
    began, before = time.perf_counter(), embedder.seconds
    vectors = embedder.passages([p.whole for p in pages])
    took = time.perf_counter() - began
    bm25 = bm25s.BM25(k1=1.5, b=0.75)
    bm25.index([stems(p.whole) for p in pages], show_progress=False)
    print(f"\npages {len(pages)}; embedding them {took:.1f} s (of it new: {embedder.seconds - before:.1f})")

    def by_words(question: str) -> list[str]:
        scores = bm25.get_scores(stems(question))
        return [ids[i] for i in np.argsort(-scores, kind="stable")[:DEPTH]]

    def by_vector(question: str) -> list[str]:
        scores = vectors @ embedder.questions([question])[0]
        return [ids[i] for i in np.argsort(-scores, kind="stable")[:DEPTH]]

    def both(question: str) -> list[str]:
        """min-max of each, added: the best flat search."""
        words, vector = bm25.get_scores(stems(question)), vectors @ embedder.questions([question])[0]
        scores = (words - words.min()) / max(np.ptp(words), 1e-9) + (vector - vector.min()) / np.ptp(vector)
        return [ids[i] for i in np.argsort(-scores, kind="stable")[:DEPTH]]

    _table("flat", {"bm25": by_words, "dense": by_vector, "bm25+dense": both}, asked)


def _modes(
    graph: str,
    delta: IndexDelta,
    reading: float,
    embedder: Kept,
    asked: dict[str, list[Asked]],
    modes: Sequence[str],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = Index(folder, embedder)
        began, before = time.perf_counter(), embedder.seconds
        index.apply(DATASET, 1, delta)
        written = time.perf_counter()
        index.compact(DATASET, 1)
        compacted = time.perf_counter()
        view = index.view(DATASET, 1)
        assert view is not None
        print(
            f"\ngraph {graph}: {len(delta.units)} units, {len(delta.entities)} entities, "
            f"{len(delta.facts)} facts; {len(view.graph.thing)} things, "
            f"{view.graph.adjacency.nnz // 2} edges\n"
            f"reading {reading:.1f} s, index {written - began:.1f} s "
            f"(embedding {embedder.seconds - before:.1f}), "
            f"compact {compacted - written:.1f} s, on disk {_size(Path(folder)) / 2**20:.0f} MB"
        )
        _table(graph, {mode: _search(index, mode) for mode in modes}, asked)


def _search(index: Index, mode: str) -> Search:
    def search(question: str) -> list[str]:
        found = retrieve(index, DATASET, 1, question, mode, top_k=2 * DEPTH, tokens=100_000)
        return distinct([p.document_id for p in found.passages])[:DEPTH]

    return search


def _table(title: str, searches: dict[str, Search], asked: dict[str, list[Asked]]) -> None:
    for name, questions in asked.items():
        print(f"\n{title}; {name}, {len(questions)} questions\n{'':16}{HEAD}")
        for label, search in searches.items():
            search(questions[0].question)  # opens what is opened once
            print(f"{label:16}{measure(search, questions).line()}", flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"load {os.getloadavg()[0]:.1f}, peak memory {memory:.0f} MB")


Table = Callable[[str, dict[str, Search], dict[str, list[Asked]]], None]


def _size(folder: Path) -> int:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())


if __name__ == "__main__":
    main()
