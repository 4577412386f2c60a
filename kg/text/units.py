"""A document in text units: whole sections, lists and tables where they fit, whole sentences where not.

Units are contiguous: concatenated they are the document. A unit never crosses a heading's beginning
unless what stands before it is too small to stand alone.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from kg.model import Document, TextUnit
from kg.text.blocks import wholes
from kg.text.language import language
from kg.text.sentences import sentences
from kg.text.tokens import counts
from kg.vocab import digest

SMALL = 0.25  # of the size: a section below this joins the next
_WORDS = re.compile(r"\S+\s*|\s+")


def split(document: Document, tokens: int = 300) -> tuple[TextUnit, ...]:
    """Units of at most about `tokens` tokens, in order; `text == document.text[start:end]`."""
    text = document.text
    headings = {m.start for m in document.marks if m.heading is not None}
    pages = {m.start for m in document.marks if m.page is not None}
    pieces = list(_pieces(text, document.language, headings | pages, tokens))
    whole = _sizes_of_wholes(text, pieces)
    units, first = [], 0
    size = 0
    for i, (start, _, n) in enumerate(pieces):
        needed = whole.get(i, n)
        full = size + (needed if needed <= tokens else n) > tokens and size > 0
        turn = start in headings and size > SMALL * tokens
        if i > first and (full or turn or start in pages):
            units.append((first, i, size))
            first, size = i, 0
        size += n
    if pieces:
        units.append((first, len(pieces), size))
    starts, states = _places(document)
    made = []
    for number, (a, b, n) in enumerate(units):
        start = 0 if a == 0 else pieces[a][0]
        end = len(text) if b == len(pieces) else pieces[b][0]
        heading = states[bisect_right(starts, (start + end) // 2) - 1][0]  # of most of it
        page = states[bisect_right(starts, start) - 1][1]
        body = text[start:end]
        made.append(
            TextUnit(
                id=f"{document.id}-{digest(document.id, start)}",
                document_id=document.id,
                document=document.name,
                number=number,
                start=start,
                end=end,
                text=body,
                tokens=n,
                heading=heading,
                page=page,
                language=language(body) if len(body) > 40 else document.language,
            )
        )
    return tuple(made)


def _pieces(text: str, lang: str, cuts: set[int], tokens: int) -> Iterator[tuple[int, int, int]]:
    """(start, end, tokens): sentences reaching to the next one, cut at marks, none above `tokens`."""
    starts = sorted({a for a, _ in sentences(text, lang)} | {c for c in cuts if c < len(text)})
    if not starts:
        return
    ends = [*starts[1:], len(text)]
    sizes = counts(text[a:b] for a, b in zip(starts, ends, strict=True))
    for a, b, n in zip(starts, ends, sizes, strict=True):
        if n <= tokens:
            yield a, b, n
        else:
            yield from _hard(text, a, b, tokens)


def _sizes_of_wholes(text: str, pieces: Sequence[tuple[int, int, int]]) -> dict[int, int]:
    """Of the first piece of each list and table: the tokens of all of it."""
    found: dict[int, int] = {}
    at = 0
    for start, end in wholes(text):
        while at < len(pieces) and pieces[at][0] < start:
            at += 1
        first, total = at, 0
        while at < len(pieces) and pieces[at][0] < end:
            total += pieces[at][2]
            at += 1
        if at > first:
            found[first] = total
    return found


def _hard(text: str, start: int, end: int, tokens: int) -> Iterator[tuple[int, int, int]]:
    """A sentence too long for a unit, in pieces that end between words where there are any."""
    spans = []
    for m in _WORDS.finditer(text, start, end):
        spans += [(a, min(a + tokens, m.end())) for a in range(m.start(), m.end(), tokens)]
    alone = counts([text[a:b] for a, b in spans])
    # words side by side are fewer tokens than each by itself
    share = counts([text[start:end]])[0] / max(1, sum(alone))
    cuts, size = [start], 0.0
    for (a, _), n in zip(spans, alone, strict=True):
        if size and size + n * share > tokens:
            cuts.append(a)
            size = 0.0
        size += n * share
    ends = [*cuts[1:], end]
    sizes = counts([text[a:b] for a, b in zip(cuts, ends, strict=True)])
    yield from zip(cuts, ends, sizes, strict=True)


def _places(document: Document) -> tuple[list[int], list[tuple[tuple[str, ...], int | None]]]:
    """From which offset on which heading path and page hold."""
    starts: list[int] = [0]
    states: list[tuple[tuple[str, ...], int | None]] = [((), None)]
    path: list[tuple[int, str]] = []
    page: int | None = None
    for mark in sorted(document.marks, key=lambda m: m.start):
        if mark.heading is not None:
            path = [(level, h) for level, h in path if level < mark.level] + [(mark.level, mark.heading)]
        if mark.page is not None:
            page = mark.page
        starts.append(mark.start)
        states.append((tuple(h for _, h in path), page))
    return starts, states
