"""A document of any kind as text with marks, through xberg's tree of its parts.

Runs inside `sandbox`: xberg is given hostile bytes. Everything in it that would reach for the network
(recognising characters, looking up addresses) is off.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xberg import _xberg as xberg

from kg.model import Mark
from kg.text.formats.kinds import PAGED

_CONFIG = json.dumps(
    {
        "use_cache": False,
        "disable_ocr": True,
        "output_format": "markdown",
        "include_document_structure": True,
        "max_archive_depth": 0,
        "pages": {"extract_pages": True},
        "html_options": {"autolinks": False},  # html-to-markdown 3.17 stumbles over them in list items
    }
)
LOCKED = "the file is locked with a password"
DAMAGED = "the file is damaged: it cannot be opened"
SCANNED = "the pages are pictures without text"


@dataclass(frozen=True, slots=True)
class Converted:
    """Text with its marks; `problem` says why there is none."""

    text: str = ""
    marks: tuple[Mark, ...] = ()
    problem: str = ""


def convert(data: bytes, media_type: str) -> Converted:
    """The document as Markdown-like text: "# " headings, "- " items, "| " rows. Raises nothing of xberg's."""
    try:
        found = asyncio.run(_extract(data, media_type))
    except RuntimeError as e:  # every failure of xberg's
        locked = "encrypted" in str(e).lower() or "password" in str(e).lower()
        return Converted(problem=LOCKED if locked else DAMAGED)
    if found is None or found.document is None:
        return Converted(problem=DAMAGED)
    written = _Writer(paged=media_type in PAGED)
    for page, block in _blocks(found.document.nodes):
        written.add(block, page)
    for page in found.pages or ():
        if page.speaker_notes and page.speaker_notes.strip():
            written.late(page.speaker_notes.strip(), page.page_number)
    made = written.made()
    return made if made.text.strip() else Converted(problem=SCANNED if media_type in PAGED else DAMAGED)


async def _extract(data: bytes, media_type: str) -> Any:
    given = xberg.ExtractInput.from_bytes(data, media_type, None)
    result = await xberg.extract(input=given, config=xberg.ExtractionConfig.from_json(_CONFIG))
    return result.results[0] if result.results else None


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    level: int = 0  # of a heading
    item: bool = False  # stands directly below the item before it


class _Writer:
    """Blocks to text, with a mark where a heading or a page begins."""

    def __init__(self, *, paged: bool) -> None:
        self.paged = paged
        self.pages: dict[int, list[_Block]] = {}
        self.last = 0

    def add(self, block: _Block, page: int | None) -> None:
        self.last = max(self.last, page or self.last) if self.paged else 0
        self.pages.setdefault(self.last, []).append(block)

    def late(self, text: str, page: int) -> None:
        """What belongs to a page but stands outside of its tree: a speaker's notes."""
        self.pages.setdefault(page if self.paged else 0, []).append(_Block(text))

    def made(self) -> Converted:
        pieces: list[str] = []
        marks: list[Mark] = []
        at = 0
        for page, blocks in sorted(self.pages.items()):
            before: _Block | None = None
            for n, block in enumerate(blocks):
                if pieces:
                    gap = "\n" if block.item and before and before.item else "\n\n"
                    pieces.append(gap)
                    at += len(gap)
                if not n and page:
                    marks.append(Mark(at, page=page))
                if block.level:
                    marks.append(Mark(at, heading=block.text, level=block.level))
                text = f"{'#' * block.level} {block.text}" if block.level else block.text
                pieces.append(text)
                at += len(text)
                before = block
        return Converted("".join(pieces) + ("\n" if pieces else ""), tuple(marks))


def _blocks(nodes: Sequence[Any]) -> Iterator[tuple[int | None, _Block]]:
    for node in nodes:
        if str(node.content_layer) in {"header", "footer"}:  # repeated on every page
            continue
        content: Mapping[str, Any] = json.loads(str(node.content))
        for block in _block(content, node.attributes or {}):
            if block.text.strip():
                yield node.page, block


def _block(content: Mapping[str, Any], attributes: Mapping[str, str]) -> Iterator[_Block]:
    match content["node_type"]:
        case "heading" | "title":
            level = min(max(int(content.get("level", 1)), 1), 6)
            yield _Block(_line(content["text"])[:200], level=level)
            if attributes and "style_name" not in attributes:  # of an XML element
                yield _Block(", ".join(f"{name}: {value}" for name, value in sorted(attributes.items())))
        case "list_item":
            yield _Block(f"- {_line(content['text'])}", item=True)
        case "table":
            yield _Block(_table(content["grid"]))
        case "definition_item":
            yield _Block(f"- {_line(content['term'])}: {_line(content['definition'])}", item=True)
        case "metadata_block":
            yield _Block("\n".join(f"{e['key']}: {_line(e['value'])}" for e in content["entries"]))
        case "raw_block":
            return  # markup of another language: scripts, styles
        case _:
            yield _Block(_clean(content.get("text") or ""))


def _table(grid: Mapping[str, Any]) -> str:
    """Rows of "| a | b |", the first one underlined as Markdown does."""
    rows = [[""] * grid["cols"] for _ in range(grid["rows"])]
    for cell in grid["cells"]:
        rows[cell["row"]][cell["col"]] = _line(cell["content"]).replace("|", "/")
    lines = [f"| {' | '.join(row)} |" for row in rows if any(row)]
    if len(lines) > 1:
        lines.insert(1, f"|{' --- |' * grid['cols']}")
    return "\n".join(lines)


def _line(text: str) -> str:
    return " ".join(_clean(text).split())


def _clean(text: str) -> str:
    """Without characters that no document means: controls, halves of a surrogate pair."""
    kept = "".join(c for c in text if c >= " " or c in "\n\t")
    return kept.encode("utf-8", "ignore").decode().strip("\n")
