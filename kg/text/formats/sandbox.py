"""Reading a hostile file in a process of its own: at most 1 GiB and a minute, nothing of ours at hand.

The child is `python -m kg.text.formats.sandbox KIND`, the file on its standard input, a `Converted` on its
standard output. Whatever it does, crash included, is one sentence here.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

from kg import values
from kg.errors import NotText
from kg.text.formats import statements
from kg.text.formats.ocr import PAGE_SECONDS, PAGES, recognise
from kg.text.formats.rdf_kinds import RDF_KINDS
from kg.text.formats.structure import SCANNED, Converted, convert

MEMORY = 2**30  # bytes of address space
SECONDS = 60
PATIENCE = 240  # seconds of waiting for a large graph on a busy machine: its own work has a minute too
ROOT = Path(__file__).parents[3]
OCR = "ocr"


def read(data: bytes, name: str, media_type: str, ocr: bool = True) -> Converted:
    """The file's text; pages that are pictures are recognised where Tesseract is. Raises NotText."""
    found = _in_child(data, name, media_type, PATIENCE if media_type in RDF_KINDS else SECONDS)
    if found.problem == SCANNED and ocr:
        found = _in_child(data, name, OCR, SECONDS + PAGES * PAGE_SECONDS)
    if found.problem:
        raise NotText(name, found.problem)
    return found


def _in_child(data: bytes, name: str, task: str, seconds: int) -> Converted:
    kept = {k: v for k, v in os.environ.items() if k in {"PATH", "LANG", "TESSDATA_PREFIX", "PYTHONPATH"}}
    few = {
        "MALLOC_ARENA_MAX": "2",
        "RAYON_NUM_THREADS": "1",
        "TOKIO_WORKER_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kg.text.formats.sandbox", task],
            input=data,
            capture_output=True,
            timeout=seconds,
            check=False,
            cwd=ROOT,
            env=kept | few,
        )
    except subprocess.TimeoutExpired as e:
        raise NotText(name, "reading it took too long: it was given up") from e
    if done.returncode or not done.stdout:
        raise NotText(name, "reading it needed more memory or time than a file may: it was given up")
    return values.loads(Converted, done.stdout)


def _child(task: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if task != OCR:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    data = sys.stdin.buffer.read()
    if task in RDF_KINDS:
        made = statements.convert(data, task)
    else:
        made = recognise(data) if task == OCR else convert(data, task)
    sys.stdout.buffer.write(values.dumps(made))
    sys.stdout.buffer.flush()
    os._exit(0)  # xberg's threads may outlive the interpreter, and abort the process that has answered


if __name__ == "__main__":
    _child(sys.argv[1])
