"""The file store: a folder or S3-compatible storage, through fsspec. Keys are relative paths with "/"."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

import fsspec

from portal.errors import PartDown

PIECE = 2**20


@dataclass(frozen=True)
class Files:
    """`url` is any that fsspec knows (file:///…, s3://bucket/prefix); `options` its credentials."""

    url: str
    options: tuple[tuple[str, Any], ...] = ()

    @cached_property
    def _place(self) -> tuple[Any, str]:
        system, root = fsspec.core.url_to_fs(self.url, **dict(self.options))
        return system, root.rstrip("/")

    @property
    def _local(self) -> bool:
        protocol = self._place[0].protocol
        return "file" in ((protocol,) if isinstance(protocol, str) else protocol)

    def _path(self, key: str) -> str:
        pure = PurePosixPath(key)
        if not key or pure.is_absolute() or ".." in pure.parts or "\\" in key or "\0" in key:
            raise ValueError(f"not a key of the file store: {key!r}")
        return f"{self._place[1]}/{pure}"

    def put(self, key: str, data: bytes | IO[bytes]) -> int:
        """Store under `key`, whole or not at all; the size in bytes."""
        system, path = self._place[0], self._path(key)
        with _answering():
            if self._local:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                part = Path(f"{path}.{uuid.uuid4().hex}.part")
                try:
                    with part.open("wb") as out:
                        size = _copy(data, out)
                    part.replace(path)
                finally:
                    part.unlink(missing_ok=True)
                return size
            with system.open(path, "wb") as out:
                return _copy(data, out)

    def open(self, key: str) -> IO[bytes]:
        """A readable stream; FileNotFoundError if there is no such key."""
        with _answering():
            return cast(IO[bytes], self._place[0].open(self._path(key), "rb"))

    def get(self, key: str) -> bytes:
        with _answering(), self.open(key) as stream:
            return stream.read()

    def exists(self, key: str) -> bool:
        with _answering():
            return bool(self._place[0].exists(self._path(key)))

    def size(self, key: str) -> int:
        with _answering():
            return int(self._place[0].size(self._path(key)))

    def keys(self, prefix: str) -> tuple[str, ...]:
        """All keys below a folder, sorted."""
        return self._below(self._path(prefix))

    def everything(self) -> tuple[str, ...]:
        """All keys there are, sorted."""
        return self._below(self._place[1])

    def _below(self, path: str) -> tuple[str, ...]:
        with _answering():
            self._place[0].invalidate_cache()
            found = self._place[0].find(path)
            start = len(self._place[1]) + 1
            return tuple(sorted(f[start:] for f in found if not f.endswith(".part")))

    def move(self, key: str, to: str) -> None:
        with _answering():
            target = self._path(to)
            if self._local:
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                Path(self._path(key)).replace(target)
            else:
                self._place[0].mv(self._path(key), target)

    def delete(self, key: str) -> None:
        """Remove a file, or a folder with all that is in it; nothing happens if it is not there."""
        with _answering():
            try:
                self._place[0].rm(self._path(key), recursive=True)
            except FileNotFoundError:
                return

    @contextmanager
    def writing_folder(self, key: str) -> Iterator[Path]:
        """A local folder whose files are stored below `key` when the block ends well."""
        with tempfile.TemporaryDirectory(prefix="ferag-") as name:
            folder = Path(name)
            yield folder
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                with path.open("rb") as stream:
                    self.put(f"{key}/{path.relative_to(folder).as_posix()}", stream)

    @contextmanager
    def reading_folder(self, key: str) -> Iterator[Path]:
        """A local copy of what is below `key`; it goes away with the block."""
        with tempfile.TemporaryDirectory(prefix="ferag-") as name:
            for stored in self.keys(key):
                path = Path(name) / stored[len(key.rstrip("/")) + 1 :]
                path.parent.mkdir(parents=True, exist_ok=True)
                with self.open(stored) as stream, path.open("wb") as out:
                    shutil.copyfileobj(stream, out, PIECE)
            yield Path(name)

    def ping(self) -> str:
        """Write, read back and remove a few bytes; the URL."""
        key = f".ping/{uuid.uuid4().hex}"
        self.put(key, b"ferag")
        if self.get(key) != b"ferag":
            raise PartDown("files", "it gives back other bytes than it was given")
        self.delete(key)
        return self.url


def _copy(data: bytes | IO[bytes], out: IO[bytes]) -> int:
    if isinstance(data, bytes):
        out.write(data)
        return len(data)
    size = 0
    while piece := data.read(PIECE):
        out.write(piece)
        size += len(piece)
    return size


@contextmanager
def _answering() -> Iterator[None]:
    """Failures of the storage itself, told from a missing key."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as e:
        raise PartDown("files", str(e)) from e
    except Exception as e:
        if type(e).__module__.partition(".")[0] in ("botocore", "aiobotocore", "aiohttp"):
            raise PartDown("files", str(e)) from e
        raise
