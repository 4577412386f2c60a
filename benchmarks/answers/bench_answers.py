"""Answers without any model, measured: do their quotes hold the answer, what is refused, how long it takes.

Of MuSiQue, whose questions join two to four passages: the first 50 were used to choose settings, the last 50
are reported, and the single-fact ones. "Withheld": the same questions without the documents that hold the
answer, where refusing is right. Of the FERAG corpus, two dozen questions with their right answers.

    make bench-answers
    ... --only musique --part first --cache FOLDER    vectors and readings kept, as of bench-retrieval
    ... --show                                        each question with its answer
"""

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.answers import ferag, musique
from benchmarks.answers.musique import Answered
from kg.embed import local
from tests import servers
from tests.installation import installed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    shared = Path(os.environ.get("FERAG_SHARED", "../shared"))
    parser.add_argument("--shared", type=Path, default=shared)
    parser.add_argument("--only", choices=("musique", "ferag"))
    parser.add_argument("--part", choices=("first", "last", "all"), default="last", help="of the questions")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    if given.only != "ferag":
        _musique(given.shared / "bench/musique-train-100", given.part, given.cache, given.show)
    return _ferag(given.shared / "corpora/ferag") if given.only != "musique" else 0


def _musique(folder: Path, part: str, cache: Path | None, show: bool) -> None:
    multi = musique.questions(folder / "questions.jsonl")
    half = {"first": slice(0, 50), "last": slice(50, None), "all": slice(None)}[part]
    single = [q for q in musique.questions(folder / "questions-single.jsonl") if ">>" not in q.text]
    sets = {f"multi-hop, {part} {len(multi[half])}": multi[half], f"single fact, {len(single)}": single}
    with musique.indexed(folder, cache) as (index, embedder, documents):
        musique.asked(index, embedder, multi[:1])  # opens what is opened once
        print(f"\nload {os.getloadavg()[0]:.1f}\n{musique.HEAD}")
        for name, questions in sets.items():
            found = musique.asked(index, local.load(), questions)
            print(musique.line(name, found), flush=True)
            print(musique.line(f"{name}, withheld", musique.asked(index, embedder, questions, documents)))
            if show:
                _show(found)


def _ferag(folder: Path) -> int:
    """How many are not answered right."""
    wanted = ferag.listed()
    with tempfile.TemporaryDirectory() as made:
        run = Path(made) / "run"
        try:
            with installed("embedded", run, Path(made), 1) as here:
                found = list(ferag.asked(here.parts, here.actor, here.rag, folder, wanted))
        finally:
            servers.end_all(run)
    print(f"\nFERAG corpus, {len(found)} questions: {sum(not a.wrong for a in found)} answered right")
    for a in found:
        how = f"{a.answer.mode}, {a.first:.0f} ms to the first word, {a.whole:.0f} ms in all"
        print(
            f"  {'-' if a.wrong else '+'} version {a.question.version}: {a.question.text} ({how}) {a.wrong}"
        )
        print(f"      {a.answer.text}")
    return sum(bool(a.wrong) for a in found)


def _show(found: Sequence[Answered]) -> None:
    for a in found:
        sign = "+" if a.holds_gold else "-"
        print(f"  {sign} {a.question.text} = {a.question.answer}\n      {a.answer.text}")


if __name__ == "__main__":
    raise SystemExit(main())
