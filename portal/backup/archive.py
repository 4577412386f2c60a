"""The file of a backup: a ZIP whose entries are written and read as streams; the manifest is its last.

What ends without a manifest is no backup. Files are kept once for each content, under their SHA-256.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from portal.backup.manifest import Entry, Kept, Manifest
from portal.errors import Invalid

MANIFEST = "manifest.json"
FILES = "files.jsonl"
PIECE = 2**20
_LARGEST_MANIFEST = 2**26
# what zipfile raises for files that are none; RuntimeError where one is encrypted
_BROKEN = (KeyError, zlib.error, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError)
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the archive's earliest: the manifest has the time


class Out:
    """An entry that is being written, and what it is so far."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._hash, self.size = stream, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        self._stream.write(data)
        self._hash.update(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


class Writer:
    """`entries` is what was written so far, without the blobs."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=1)
        self.entries: list[Entry] = []
        self._blobs: set[str] = set()

    @contextmanager
    def entry(self, name: str) -> Iterator[Out]:
        with self._open(name, zipfile.ZIP_DEFLATED) as out:
            yield out
        self.entries.append(Entry(name, out.size, out.sha256))

    def blob(self, stream: IO[bytes], sha256: str, *, packed: bool) -> bool:
        """Keep this content, unless it is kept already; `packed` is of use for text only."""
        if sha256 in self._blobs:
            return False
        with self._open(f"blobs/{sha256}", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as out:
            while piece := stream.read(PIECE):
                out.write(piece)
        self._blobs.add(sha256)
        return True

    def finish(self, manifest: Manifest) -> None:
        with self._open(MANIFEST, zipfile.ZIP_DEFLATED) as out:
            out.write(manifest.to_json())

    def close(self) -> None:
        self._zip.close()

    @contextmanager
    def _open(self, name: str, method: int) -> Iterator[Out]:
        described = zipfile.ZipInfo(name, _BEGINNING)
        described.compress_type, described.external_attr = method, 0o600 << 16
        with self._zip.open(described, "w", force_zip64=True) as stream:
            yield Out(stream)


class Reader:
    """A backup that has a manifest; `verify` says whether the rest is as that says.

    Invalid wherever it is not: a backup is hostile until it is verified.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
            last = self._zip.infolist()[-1:]
            if not last or last[0].filename != MANIFEST or last[0].file_size > _LARGEST_MANIFEST:
                raise damaged(path, "it has no manifest at its end")
            written = self._zip.read(MANIFEST)
        except _BROKEN as e:
            raise damaged(path, str(e)) from e
        self.id = hashlib.sha256(written).hexdigest()
        self.manifest = Manifest.from_json(path, written)

    def close(self) -> None:
        self._zip.close()

    def pieces(self, name: str) -> Iterator[bytes]:
        """An entry's bytes."""
        try:
            with self._zip.open(name) as stream:
                while piece := stream.read(PIECE):
                    yield piece
        except _BROKEN as e:
            raise damaged(self.path, f"{name}: {e}") from e

    def lines(self, name: str) -> Iterator[bytes]:
        rest = b""
        for piece in self.pieces(name):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
        if rest:
            yield rest

    def blob(self, sha256: str) -> IO[bytes]:
        return self._zip.open(f"blobs/{sha256}")

    def kept(self) -> Iterator[Kept]:
        """The files of the installation, with where their contents are."""
        for line in self.lines(FILES):
            try:
                yield Kept(**json.loads(line))
            except (ValueError, TypeError) as e:
                raise damaged(self.path, f"{FILES}: {e}") from e

    def verify(self) -> None:
        """Read everything: each entry has the size and hash of the manifest, and there is nothing else."""
        expected = {MANIFEST}
        for entry in self.manifest.entries:
            self._same(entry)
            expected.add(entry.name)
        for kept in self.kept():
            name = f"blobs/{kept.sha256}"
            if name not in expected:
                self._same(Entry(name, kept.size, kept.sha256))
                expected.add(name)
        found = self._zip.namelist()
        if len(found) != len(expected) or set(found) != expected:
            raise damaged(self.path, "it holds more, or less, than its manifest says")

    def _same(self, entry: Entry) -> None:
        seen, size = hashlib.sha256(), 0
        for piece in self.pieces(entry.name):
            seen.update(piece)
            size += len(piece)
            if size > entry.size:
                break
        if (size, seen.hexdigest()) != (entry.size, entry.sha256):
            raise damaged(self.path, f"{entry.name} is not what was written")


def damaged(path: Path, why: str) -> Invalid:
    return Invalid("file", "backup-damaged", name=path.name, why=why)
