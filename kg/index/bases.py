"""Base segments on this machine's disk: most of a dataset's rows, ready to be opened by memory map.

A base is made from the tables when much has been added since the last one, never when a version is
published: that costs what the version changes. A base can be deleted at any time.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from kg.index import segment
from kg.index.segment import Segment
from kg.index.tables import Tables
from kg.index.words import row_id
from kg.vocab import Dataset

_FRESH = 2000  # rows after the base from which a new one is made ...
_FRESH_SHARE = 0.25  # ... if they are at least so much of it
_FORMAT = 6  # of the arrays; another number makes them anew


def cache_of(uri: str) -> Path:
    """Where the arrays are kept unless told otherwise: beside a folder, else among temporary files."""
    if "://" not in uri:
        return Path(uri) / ".arrays"
    return Path(tempfile.gettempdir()) / f"ferag-arrays-{os.getuid()}-{row_id(uri):016x}"


class Bases:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def segments(self, dataset: Dataset, generation: int, tables: Tables, version: int) -> Sequence[Segment]:
        """The base and what came after it up to the version; a new base if it is time for one."""
        folder = self._folder / dataset.name / f"{generation}-{_FORMAT}"
        base = self._newest(folder)
        fresh = tables.count(f"from_version > {base} AND from_version <= {version}") if base < version else 0
        if fresh > _FRESH and fresh >= _FRESH_SHARE * tables.count(f"from_version <= {base}"):
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / "lock"):
                if self._newest(folder) < version:
                    self._make(folder, tables, version)
            base = self._newest(folder)
        found = [segment.load(folder / str(base))] if base else []
        if base < version:
            found.append(segment.read(tables, base, version))
        return found

    def forget(self, dataset: Dataset, since: int = 0) -> None:
        """Removes the bases of this version and later ones."""
        for folder in (self._folder / dataset.name).glob("*/*"):
            if folder.name.isdigit() and int(folder.name) >= since:
                shutil.rmtree(folder, ignore_errors=True)

    def _make(self, folder: Path, tables: Tables, version: int) -> None:
        """Written aside and renamed: what is there is whole. Older ones go, open maps of them stay valid."""
        with tempfile.TemporaryDirectory(dir=folder, prefix="making-") as made:
            segment.save(segment.read(tables, 0, version), Path(made) / "arrays")
            (Path(made) / "arrays").rename(folder / str(version))
        for old in self._versions(folder):
            if old < version:
                shutil.rmtree(folder / str(old), ignore_errors=True)

    def _newest(self, folder: Path) -> int:
        return max(self._versions(folder), default=0)

    def _versions(self, folder: Path) -> list[int]:
        return (
            [int(f.name) for f in folder.iterdir() if re.fullmatch(r"\d+", f.name)] if folder.exists() else []
        )
