"""The Parquet files of a MS GraphRAG output folder, whichever version wrote them, as rows.

0.x and 1.x write create_final_entities.parquet with `name`, or with `title`; 2.x and 3.x entities.parquet.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kg.errors import BadInput

MOST_ROWS = 2_000_000
DEEPEST = 4  # folders below the given one: output/20240715-120000/artifacts
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Files:
    documents: tuple[Row, ...]
    units: tuple[Row, ...]
    entities: tuple[Row, ...]
    relationships: tuple[Row, ...]


def read(folder: Path) -> Files:
    """Rows of the four tables; BadInput if the folder holds no text units, or no file that can be read."""
    found = _tables_folder(folder)
    files = Files(
        documents=_rows(found, "documents"),
        units=_rows(found, "text_units"),
        entities=_rows(found, "entities"),
        relationships=_rows(found, "relationships"),
    )
    if not files.units and not files.documents:
        raise BadInput(f"{folder.name}: neither text_units.parquet nor documents.parquet holds a row")
    return files


def _tables_folder(folder: Path) -> Path:
    """The folder itself or the newest one below it (by name: they are dates) that has text units."""
    if not folder.is_dir():
        raise BadInput(f"{folder.name} is not a folder")
    found = [
        p.parent
        for depth in range(DEEPEST + 1)
        for p in sorted(folder.glob("/".join([*["*"] * depth, "*text_units.parquet"])))
        if p.name in ("text_units.parquet", "create_final_text_units.parquet")
    ]
    if not found:
        raise BadInput(f"{folder.name} holds no text_units.parquet of a GraphRAG output")
    shallowest = min(len(p.parts) for p in found)
    return max(p for p in found if len(p.parts) == shallowest)


def _rows(folder: Path, table: str) -> tuple[Row, ...]:
    for name in (f"{table}.parquet", f"create_final_{table}.parquet"):
        path = folder / name
        if path.is_file():
            try:
                with pq.ParquetFile(path) as file:
                    if file.metadata.num_rows > MOST_ROWS:
                        raise BadInput(
                            f"{name} has {file.metadata.num_rows:,} rows, the limit is {MOST_ROWS:,}"
                        )
                    wanted = [c for c in file.schema_arrow.names if "embedding" not in c]
                    return tuple(file.read(columns=wanted).to_pylist())
            except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
                raise BadInput(f"{name} is not a Parquet file that can be read: {error}") from error
    return ()


def text(row: Row, *names: str) -> str:
    """The first of these columns that says something; a list's items as lines."""
    for name in names:
        value = row.get(name)
        if isinstance(value, list | tuple):
            value = "\n".join(str(v) for v in value if v is not None)
        if value is not None and not _nan(value) and str(value).strip():
            return str(value).replace("\x00", "").strip("\n")
    return ""


def _nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def number(row: Row, name: str, default: float) -> float:
    value = row.get(name)
    if isinstance(value, int | float) and abs(value) < 1e12:  # which a NaN is not
        return float(value)
    return default


def ids(row: Row, *names: str) -> tuple[str, ...]:
    """Ids of other rows: a list, or one text with commas."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str):
            value = value.split(",")
        if isinstance(value, Iterable):
            found = tuple(dict.fromkeys(str(v).strip() for v in value if v is not None and str(v).strip()))
            if found:
                return found
    return ()
