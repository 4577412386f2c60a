"""Every example of docs/api.md, run as it stands there."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import publishing
from tests.conftest import _next_rag, absent
from tests.doors import ALICE, EVERYTHING, Doors, doors
from tests.servers import Missing

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
FOUND = re.findall(r"<!-- test: (\w+) -->\n```(\w+)\n(.*?)```", PAGE, re.DOTALL)
EXAMPLES = {name: (kind, code) for name, kind, code in FOUND}


@pytest.fixture(scope="module")
def made(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    try:
        with doors(run_folder, tmp_path_factory.mktemp("docs"), _next_rag(run_folder)) as ready:
            yield ready
    except Missing as e:
        absent(e)


def run(made: Doors, name: str, folder: Path) -> str:
    kind, code = EXAMPLES[name]
    if kind == "bash" and not shutil.which("curl"):
        absent("curl")
    command = {"bash": ["bash", "-euc", code], "python": [sys.executable, "-c", code]}[kind]
    environment = {"FERAG_ADDRESS": made.url, "FERAG_TOKEN": made.token(), "FERAG_RAG": str(made.rag)}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_example_is_run_and_every_scope_is_explained() -> None:
    assert set(EXAMPLES) == {"upload", "approve", "ask", "correct", "openai"}
    assert PAGE.count("```bash\n") + PAGE.count("```python\n") == len(EXAMPLES) + 1  # and the variables
    for scope in EVERYTHING:
        assert f"| `{scope}` |" in PAGE


def test_curl(made: Doors, tmp_path: Path) -> None:
    (tmp_path / "lease.txt").write_text("Carol Jones works at Globex Corporation.")
    worker = made.installation.start()
    told = run(made, "upload", tmp_path)
    made.installation.end(worker)
    assert "event: progress" in told
    assert '"state":"review"' in told.split("event: end")[1]
    EXAMPLES["approve"] = ("bash", EXAMPLES["approve"][1].replace("cycles/1/", "cycles/2/"))
    assert '"state":"publishing"' in run(made, "approve", tmp_path)
    assert publishing.run(made.parts, made.installation.view(2).id) is not None
    assert '"quote":"Alice Smith works at ACME Corporation."' in run(made, "ask", tmp_path)
    told = run(made, "correct", tmp_path)
    assert '"waiting":1' in told
    assert '"kind":"changed_value"' in told
    assert '{"cycle":3}' in told


def test_openai(made: Doors, tmp_path: Path) -> None:
    said = run(made, "openai", tmp_path)
    quote = "Alice Smith works at ACME Corporation."
    assert ALICE.startswith(quote)
    assert said.count("Alice Smith works at ACME Corporation [1].") == 2  # the answer, whole and in pieces
    assert said.count(quote) == 3  # below each answer, and as a citation
