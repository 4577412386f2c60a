"""Documents and text units of GraphRAG tables: chunks that overlap are cut, each character is in one."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.extract.tables_files import Files, Row, ids, number, text
from kg.model import Document, TextUnit
from kg.text.language import language
from kg.vocab import digest


@dataclass(frozen=True, slots=True)
class Texts:
    documents: tuple[Document, ...]
    units: tuple[TextUnit, ...]
    of_row: Mapping[str, tuple[TextUnit, ...]]  # a table's text unit id -> the units that hold its text


@dataclass(frozen=True, slots=True)
class _Chunk:
    row_id: str
    start: int
    end: int
    tokens: int


def read(files: Files) -> Texts:
    chunks = _chunks_by_document(files)
    documents: list[Document] = []
    units: list[TextUnit] = []
    of_row: dict[str, list[TextUnit]] = defaultdict(list)
    for row in _document_rows(files, chunks):
        row_id, body = row
        placed = _placed(body[1], chunks.get(row_id, ()))
        document = _document(row_id, body[0], body[1])
        made = _units(document, placed)
        documents.append(document)
        units.extend(made)
        for chunk in placed:
            for unit in made:
                if unit.start < chunk.end and chunk.start < unit.end:
                    of_row[chunk.row_id].append(unit)
    return Texts(tuple(documents), tuple(units), {k: tuple(v) for k, v in of_row.items()})


def _chunks_by_document(files: Files) -> dict[str, list[Row]]:
    """Text unit rows by the id of their first document; without one, each is a document of its own."""
    listed: dict[str, str] = {}
    for row in files.documents:
        for unit_id in ids(row, "text_unit_ids", "text_units"):
            listed.setdefault(unit_id, text(row, "id"))
    found: dict[str, list[Row]] = defaultdict(list)
    for row in files.units:
        own = ids(row, "document_ids", "document_id")
        unit_id = text(row, "id")
        found[own[0] if own else listed.get(unit_id, unit_id)].append(row)
    return found


def _document_rows(files: Files, chunks: Mapping[str, Sequence[Row]]) -> list[tuple[str, tuple[str, str]]]:
    """(id, (name, text)) of each document; without a text of its own it is that of its chunks."""
    found: dict[str, tuple[str, str]] = {}
    for row in files.documents:
        row_id = text(row, "id")
        body = text(row, "text", "raw_content")
        name = text(row, "title", "name") or row_id
        found[row_id] = (name, body or _joined(chunks.get(row_id, ())))
    for row_id, rows in chunks.items():
        if row_id not in found:
            found[row_id] = (row_id, _joined(rows))
    return [(k, v) for k, v in found.items() if v[1].strip()]


def _joined(rows: Sequence[Row]) -> str:
    """The chunks one after another, what two have in common at their border once."""
    out = ""
    for row in rows:
        chunk = text(row, "text", "chunk")
        overlap = next(
            (n for n in range(min(len(out), len(chunk), 4000), 19, -1) if out.endswith(chunk[:n])), 0
        )
        out += chunk[overlap:] if overlap else ("\n\n" if out else "") + chunk
    return out


def _document(row_id: str, name: str, body: str) -> Document:
    return Document(
        id=digest("graphrag", row_id, name, body, length=32),
        name=name.replace("\\", "/").rsplit("/", 1)[-1][:200] or row_id[:60],
        text=body,
        language=language(body),
        media_type="text/plain",
    )


def _placed(body: str, rows: Sequence[Row]) -> list[_Chunk]:
    """Where each chunk stands in the document, in order; those that are not found are left out."""
    found: list[_Chunk] = []
    at = 0
    for row in rows:
        chunk = text(row, "text", "chunk").strip()
        span = _find(body, chunk, at) or _find(body, chunk, 0)
        if span:
            found.append(_Chunk(text(row, "id"), *span, int(number(row, "n_tokens", 0))))
            at = span[0] + 1
    return sorted(found, key=lambda c: (c.start, c.end, c.row_id))


def _find(body: str, chunk: str, at: int) -> tuple[int, int] | None:
    if not chunk:
        return None
    start = body.find(chunk, at)
    if start >= 0:
        return start, start + len(chunk)
    words = chunk.split()
    if len(words) < 4:
        return None
    # whitespace may differ: find its first and its last words
    first = re.compile(r"\s+".join(map(re.escape, words[:6]))).search(body, at)
    if not first:
        return None
    last = re.compile(r"\s+".join(map(re.escape, words[-6:]))).search(
        body, first.start(), first.start() + 2 * len(chunk)
    )
    return (first.start(), last.end()) if last else None


def _units(document: Document, chunks: Sequence[_Chunk]) -> tuple[TextUnit, ...]:
    """Contiguous units that hold the whole document, one for each chunk that adds something."""
    starts = [0]
    tokens = [0]
    end = 0
    for chunk in chunks:
        if end and chunk.end > end and starts[-1] < end < len(document.text):
            starts.append(end)
            tokens.append(0)
        tokens[-1] = chunk.tokens or tokens[-1]
        end = max(end, chunk.end)
    ends = [*starts[1:], len(document.text)]
    return tuple(
        TextUnit(
            id=f"{document.id}-{digest(document.id, start)}",
            document_id=document.id,
            document=document.name,
            number=i,
            start=start,
            end=stop,
            text=document.text[start:stop],
            tokens=count or max(1, (stop - start) // 4),
            language=document.language,
        )
        for i, (start, stop, count) in enumerate(zip(starts, ends, tokens, strict=True))
    )
