"""A file as it comes in: stored under a key of its own before anything else, or refused with a sentence.

A zip is taken as the files that it holds, each by its own rules.
"""

import hashlib
import re
import unicodedata
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO

from kg.errors import Unreadable
from kg.text import read
from kg.text.decode import RUSSIAN, plausibility
from kg.text.formats import kinds
from portal.messages import MESSAGES
from portal.wiring import Parts

LOOKED_AT_ONCE = 2**20  # bytes: small files are tried at once, large ones by the worker
LONGEST_NAME = 255
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Upload:
    """`folder` is where the file stood in what it came in: a folder, an archive."""

    name: str
    content: bytes | IO[bytes]
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """`code` is one of `portal.messages`, or "unreadable": then `why` says it."""

    name: str
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Stored:
    name: str
    key: str
    sha256: str
    size: int


def refusal(name: str, code: str, **words: object) -> Refused:
    return Refused(name, code, MESSAGES[code].format(name=name, **words))


def store(parts: Parts, rag_id: int, file: Upload, unfold: bool = True) -> Iterator[Stored | Refused]:
    """The file under a key of its own, or why it is refused; of a zip, each file in it."""
    name = "/".join([*_folders(file.folder), clean_name(file.name)])
    taken = _kept(parts, rag_id, name, file.content)
    if isinstance(taken, Refused):
        yield taken
        return
    try:
        if unfold and _begins_as_zip(parts, taken.key) and kinds.is_archive(parts.files.get(taken.key), name):
            yield from _unfolded(parts, rag_id, taken)
        else:
            if taken.size <= LOOKED_AT_ONCE:
                read.check(parts.files.get(taken.key), name)
            yield taken
            return
    except Unreadable as e:
        yield Refused(name, "unreadable", str(e))
    parts.files.delete(taken.key)


def clean_name(name: str) -> str:
    """A file's name without folders, control and direction characters, in composed form."""
    plain = _CONTROL.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/")
    return PurePosixPath(plain).name.strip() or "unnamed"


def _folders(path: str) -> list[str]:
    """The names of a path's folders, those that lead elsewhere left out."""
    names = path.replace("\\", "/").split("/")
    return [clean_name(n) for n in names if n.strip(" .")]


def _kept(parts: Parts, rag_id: int, name: str, content: bytes | IO[bytes]) -> Stored | Refused:
    limit = parts.settings.max_upload_mb * 2**20
    if len(name) > LONGEST_NAME:
        return refusal(name[:60] + "…", "name-too-long")
    stream = _Limited(BytesIO(content) if isinstance(content, bytes) else content, limit)
    key = f"rags/{rag_id}/incoming/{uuid.uuid4().hex}"
    size = parts.files.put(key, stream)  # type: ignore[arg-type]
    if stream.over:
        parts.files.delete(key)
        return refusal(name, "too-large", limit=parts.settings.max_upload_mb)
    if not size:
        parts.files.delete(key)
        return refusal(name, "empty-file")
    return Stored(name, key, stream.sha256.hexdigest(), size)


def _begins_as_zip(parts: Parts, key: str) -> bool:
    with parts.files.open(key) as stream:
        return bool(stream.read(4) == b"PK\x03\x04")


def _unfolded(parts: Parts, rag_id: int, archive: Stored) -> Iterator[Stored | Refused]:
    """Every file of a zip; an archive within it is refused, what systems leave in it is left out."""
    found = False
    with parts.files.open(archive.key) as stream, zipfile.ZipFile(stream) as opened:
        for member in opened.infolist():
            path = PurePosixPath(_named(member))
            if member.is_dir() or path.parts[0] == "__MACOSX" or path.name.startswith("."):
                continue
            found = True
            try:
                with opened.open(member) as content:
                    yield from store(parts, rag_id, Upload(path.name, content, str(path.parent)), False)
            except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error):
                yield refusal(path.name, "damaged")
    if not found:
        yield refusal(archive.name, "empty-file")


def _named(member: zipfile.ZipInfo) -> str:
    """The member's name; archives made on a Russian Windows do not say that theirs is cp866."""
    if member.flag_bits & 0x800:
        return member.filename
    read_as_russian = member.filename.encode("cp437", "replace").decode("cp866")
    return read_as_russian if plausibility(read_as_russian) > RUSSIAN else member.filename


class _Limited:
    """A stream that ends one piece after the limit, and knows its digest."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self.stream, self.limit = stream, limit
        self.read_so_far = 0
        self.sha256 = hashlib.sha256()

    @property
    def over(self) -> bool:
        return self.read_so_far > self.limit

    def read(self, size: int = -1) -> bytes:
        if self.over:
            return b""
        piece = self.stream.read(size)
        self.read_so_far += len(piece)
        self.sha256.update(piece)
        return piece
