"""A fingerprint of many lines whatever their order: graphs have none, and stores differ in theirs."""

import hashlib
from collections.abc import Sequence

import numpy as np


class Fingerprint:
    """The number of lines, and the sum of their SHA-256 (four lanes, each modulo 2^64).

    Lines are taken as they are, so they must be in one canonical form, and single where they are a set.
    Memory does not grow with their number.

    >>> one, other = Fingerprint(), Fingerprint()
    >>> one.add([b"a", b"b"]); other.add([b"b"]); other.add([b"a"])
    >>> one.hash == other.hash, one.lines
    (True, 2)
    """

    def __init__(self) -> None:
        self.lines = 0
        self._sum = np.zeros(4, np.uint64)

    def add(self, lines: Sequence[bytes]) -> None:
        digests = b"".join([hashlib.sha256(line).digest() for line in lines])
        self._sum += np.frombuffer(digests, ">u8").reshape(-1, 4).sum(axis=0, dtype=np.uint64)
        self.lines += len(lines)

    @property
    def hash(self) -> str:
        """64 hexadecimal characters."""
        return self._sum.astype(">u8").tobytes().hex()
