"""The command line as a script sees it: keys, exit codes, sentences; without `ferag up` running."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rdflib import Dataset

ROOT = Path(__file__).parents[2]
Ferag = Callable[..., subprocess.CompletedProcess[str]]
ALICE = "Alice Smith works at ACME Corporation. ACME Corporation was founded in 1999 in Boston."
BOB = "Bob Johnson works at TechCorp. TechCorp competes with ACME Corporation."


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def ferag(data: Path) -> Ferag:
    def run(*arguments: str, cwd: Path = data, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("FERAG_")}
        return subprocess.run(
            [sys.executable, "-m", "portal.cli", *arguments],
            cwd=cwd,
            env={**clean, "PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}", "OMP_NUM_THREADS": "1",
                 "FERAG_DATA_DIR": str(data / "here"), **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )  # fmt: skip

    return run


def value(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def lines(done: subprocess.CompletedProcess[str]) -> list[Any]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_before_there_is_anybody(ferag: Ferag) -> None:
    done = ferag("ingest", "x.txt", "--rag", "Tiny")
    assert (done.returncode, done.stderr) == (1, "ferag: There is no knowledge base Tiny.\n")
    done = ferag("rag", "create", "Tiny", "--owner", "ann@example.org")
    assert (done.returncode, done.stderr) == (1, "ferag: There is no user ann@example.org.\n")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib's own Dataset.parse
def test_the_whole_way(ferag: Ferag, data: Path) -> None:
    assert value(ferag("user", "create", "ann@example.org", "--admin", "--json"))["admin"] is True
    assert value(ferag("rag", "create", "Tiny", "--owner", "ann@example.org", "--json"))["rag"] == "Tiny"
    (data / "docs").mkdir()
    (data / "docs/alice.txt").write_text(ALICE)
    (data / "docs/bob.txt").write_text(BOB)
    (data / "docs/empty.txt").write_text("")

    taken = value(ferag("ingest", "docs", "--rag", "Tiny", "--wait", "--json"))
    assert set(taken) >= {"rag", "cycle", "status", "documents", "units", "changes", "seconds"}
    assert (taken["cycle"], taken["status"], taken["documents"]) == (1, "review", 2)
    assert [r["document"] for r in taken["refused"]] == ["empty.txt"]

    changes = lines(ferag("changes", "--rag", "Tiny", "--cycle", "1", "--json"))
    assert len(changes) == taken["changes"]
    keys = "id kind fit subject predicate object sentence confidence decision depends_on evidence"
    assert all(set(c) >= set(keys.split()) for c in changes)
    assert {c["fit"] for c in changes} <= {"laminar", "turbulent"}
    quotes = [e for c in changes for e in c["evidence"]]
    texts = {"alice.txt": ALICE, "bob.txt": BOB}
    assert quotes
    assert all(texts[q["document"]][q["start"] : q["end"]] == q["quote"] for q in quotes)

    nothing = ferag("approve", "--rag", "Tiny", "--cycle", "1")
    assert (nothing.returncode, "Nothing is accepted yet" in nothing.stderr) == (1, True)
    done = value(ferag("approve", "--rag", "Tiny", "--cycle", "1", "--all", "--json"))
    assert (done["version"], done["skipped"]) == (1, 0)
    assert done["applied"] == len(changes)
    assert value(ferag("approve", "--rag", "Tiny", "--cycle", "1", "--all", "--json"))["version"] == 1

    out = data / "out.trig"
    assert value(ferag("export", "--rag", "Tiny", "--format", "trig", "--out", str(out), "--json"))["quads"]
    graph = Dataset()
    graph.parse(data=out.read_text(), format="trig")
    assert len(list(graph.quads())) > 20
    table = data / "out.csv"
    counted = value(ferag("export", "--rag", "Tiny", "--format", "csv", "--out", str(table), "--json"))[
        "facts"
    ]
    with table.open(encoding="utf-8-sig") as rows:
        assert len(list(csv.DictReader(rows))) == counted > 0
    no_rdf = ferag("import-rdf", "docs/alice.txt", "--rag", "Tiny")
    assert (no_rdf.returncode, "is no RDF" in no_rdf.stderr) == (1, True)

    again = ferag("ingest", "docs/alice.txt", "--rag", "Tiny", "--json")
    assert again.returncode == 1
    assert json.loads(again.stdout)["refused"][0]["code"] == "already-there"

    answer = value(ferag("ask", "--rag", "Tiny", "Where does Alice Smith work?", "--json"))
    assert set(answer) >= {"answer", "supported", "version", "mode", "seconds", "citations"}
    assert answer["version"] == 1
    assert any("ACME" in c["quote"] for c in answer["citations"])
    for c in answer["citations"]:
        assert texts[c["document"]][c["start"] : c["end"]] == c["quote"]

    asked = data / "questions.jsonl"
    asked.write_text(
        '{"id": 1, "question": "Who works at TechCorp?"}\n\n{"id": "b", "question": "Boston?"}\n'
    )
    found = lines(ferag("retrieve", "--rag", "Tiny", "--questions", str(asked), "--mode", "naive"))
    assert [f["id"] for f in found] == [1, "b"]
    assert all(set(f) >= {"id", "mode", "ms", "passages", "entities", "facts"} for f in found)
    assert found[0]["passages"][0]["document"] == "bob.txt"

    chosen = ("--document", "alice.txt", "--version", "1", "--top", "1", "--hops", "1", "--tokens", "500")
    only = lines(ferag("retrieve", "--rag", "Tiny", "--questions", str(asked), *chosen))
    assert [[p["document"] for p in f["passages"]] for f in only] == [["alice.txt"]] * 2
    of_bob = value(ferag("ask", "--rag", "Tiny", "Who works at TechCorp?", *chosen, "--json"))
    assert not any(c["document"] == "bob.txt" for c in of_bob["citations"])
    nowhere = ferag("ask", "--rag", "Tiny", "Who works at TechCorp?", "--document", "no.txt")
    assert (nowhere.returncode, "There is no document no.txt" in nowhere.stderr) == (1, True)

    assert value(ferag("reindex", "--rag", "Tiny", "--json")) == {"rag": "Tiny", "units": 2}
    anew = lines(ferag("retrieve", "--rag", "Tiny", "--questions", str(asked), "--mode", "naive"))
    assert [[p["document"] for p in f["passages"]] for f in anew] == [
        [p["document"] for p in f["passages"]] for f in found
    ]

    file = str(data / "backup.zip")
    kept = value(ferag("backup", file, "--json"))
    there = {"FERAG_DATA_DIR": str(data / "there")}
    put_back = value(ferag("restore", file, "--json", **there))
    for key in ("rags", "quads", "rows", "files"):
        assert kept[key] == put_back[key] > 0
    same = value(ferag("ask", "--rag", "Tiny", "Where does Alice Smith work?", "--json", **there))
    timed = {"seconds", "steps"}
    assert {k: same[k] for k in same.keys() - timed} == {k: answer[k] for k in answer.keys() - timed}
    refused = ferag("restore", file, **there)
    assert (refused.returncode, "empty installation" in refused.stderr) == (1, True)

    back = value(ferag("rollback", "--rag", "Tiny", "--to", "0", "--json"))
    assert set(back) >= {"version", "applied", "skipped", "seconds"}
    assert back["version"] == 2


def test_a_graphrag_folder_becomes_a_cycle_and_the_index_can_be_made_anew(
    ferag: Ferag, data: Path, shared: Path
) -> None:
    folder = str(shared / "corpora" / "ferag" / "cycle1" / "output")
    assert value(ferag("rag", "create", "Tables", "--owner", "ann@example.org", "--json"))
    taken = value(ferag("import-graphrag", folder, "--rag", "Tables", "--wait", "--json"))
    assert (taken["cycle"], taken["status"], taken["documents"]) == (1, "review", 3)
    done = value(ferag("approve", "--rag", "Tables", "--cycle", "1", "--all", "--json"))
    assert (done["version"], done["skipped"]) == (1, 0)

    asked = data / "tables.jsonl"
    asked.write_text('{"id": 1, "question": "Who is Alice Smith?"}\n')
    question = ("retrieve", "--rag", "Tables", "--questions", str(asked))
    (before,) = lines(ferag(*question))
    done = ferag("reindex", "--rag", "Tables")
    assert done.returncode == 0, done.stderr
    (after,) = lines(ferag(*question))
    assert before["passages"]
    assert before["entities"]
    assert {**after, "ms": 0} == {**before, "ms": 0}


def test_a_watched_folder_is_taken_in(ferag: Ferag, data: Path) -> None:
    assert value(ferag("rag", "create", "Watched", "--owner", "ann@example.org", "--json"))
    folder = data / "watched"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "alice.txt").write_text(ALICE)
    child = subprocess.Popen(
        [sys.executable, "-m", "portal.cli", "watch", "--rag", "Watched", str(folder), "--json"],
        cwd=ROOT,
        env={**os.environ, "FERAG_DATA_DIR": str(data / "here"), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with child:
        assert child.stdout is not None
        assert json.loads(child.stdout.readline()) == {"watching": str(folder)}
        first = json.loads(child.stdout.readline())
        assert (first["cycle"], first["accepted"], first["refused"]) == (1, ["deep/alice.txt"], [])
        (folder / "bob.txt").write_text(BOB)
        second = json.loads(child.stdout.readline())
        assert (second["cycle"], second["accepted"], second["refused"]) == (2, ["bob.txt"], [])
        child.send_signal(signal.SIGINT)
        assert child.wait(60) == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("changes", "--rag", "Tiny", "--cycle", "99"), "There is no cycle 99 in this knowledge base."),
        (("approve", "--rag", "Nowhere", "--cycle", "1"), "There is no knowledge base Nowhere."),
        (("ingest", "missing.txt", "--rag", "Tiny"), "missing.txt: there is no such file or folder."),
        (("ingest", ".", "--rag", "Tiny", "--as", "bob@example.org"), "There is no user bob@example.org."),
        (("rollback", "--rag", "Tiny", "--to", "7"), "Version 7 cannot be returned to"),
        (("import-graphrag", "docs", "--rag", "Tiny"), "docs is not an output folder of GraphRAG"),
        (("retrieve", "--rag", "Tiny", "--questions", "docs/alice.txt"), "not a question with an id"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(ferag: Ferag, arguments: tuple[str, ...], sentence: str) -> None:
    done = ferag(*arguments)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_a_wrong_call_is_2(ferag: Ferag) -> None:
    assert ferag("approve", "--rag", "Tiny").returncode == 2
    assert ferag("fly").returncode == 2


def test_a_folder_that_cannot_be_written_to_is_said(ferag: Ferag) -> None:
    done = ferag("check", FERAG_DATA_DIR="/proc/ferag")
    assert done.returncode == 1
    assert "cannot be written to" in done.stderr


def test_settings_that_do_not_fit_are_said(ferag: Ferag) -> None:
    done = ferag("check", FERAG_HOST="0.0.0.0")
    assert done.returncode == 1
    assert "FERAG_PUBLIC_URL" in done.stderr


def test_check_says_what_answers(ferag: Ferag) -> None:
    done = ferag("check", "--json")
    found = {p["part"]: p for p in (json.loads(line) for line in done.stdout.splitlines())}
    assert found["store"]["what"].startswith("Oxigraph")
    assert found["queue"]["answers"]
    assert found["database"]["what"].startswith("SQLite")


def test_two_commands_at_once_share_the_parts(ferag: Ferag) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: ferag("changes", "--rag", "Tiny", "--cycle", "1"), range(3)))
    assert [d.returncode for d in done] == [0, 0, 0], [d.stderr for d in done]
