"""A folder of MS GraphRAG tables, also where it comes as a zip: as the portal exports it."""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from kg.errors import NotText
from kg.text.formats.kinds import sane
from portal.errors import Invalid


@contextmanager
def opened(source: Path) -> Iterator[Path]:
    """The folder itself, or a temporary one with the zip's tables. Invalid if it is neither."""
    if not source.is_file():
        yield source
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(source) as archive:
                sane(archive.infolist(), source.stat().st_size, source.name)
                for member in archive.infolist():
                    if member.filename.endswith(".parquet"):  # by its name alone: no path leads elsewhere
                        path = Path(folder) / PurePosixPath(member.filename).name
                        path.write_bytes(archive.read(member))
        except (zipfile.BadZipFile, NotText, NotImplementedError, EOFError) as e:
            raise Invalid("folder", "not-tables", name=source.name, why=str(e)) from e
        yield Path(folder)
