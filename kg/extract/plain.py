"""Text as a parser of language wants it, each character in its place: no markup, whole paragraphs."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_WORD = 80  # characters: longer ones are codes, not words
LONGEST_BLOCK = 4000  # characters that go to a parser at once
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_LINK = re.compile(r"!?\[([^\]\n]{0,200})\](\([^)\n]{0,500}\))")
_MARKS = re.compile(
    r"(?:https?://|www\.)\S+|<[^<>\n]{1,200}>|\*{1,3}|_{2,3}|~~|`|\[\d{1,3}\]"
    r"|^[ \t]*#{1,6}[ \t]|^[ \t]*>+[ \t]?",
    re.MULTILINE,
)
_LONG = re.compile(rf"\S{{{LONGEST_WORD},}}")
_BULLET = re.compile(r"[ \t]*(?:[-*+•–—▪◦]|\d{1,3}[.)]|[a-zа-я]\))[ \t]+")
_ENDS = re.compile(r"[.!?…:;,]['\"»”)\]]*$")
_CUT = re.compile(r"[.!?…]['\"»”)]*\s+|\s+")


@dataclass(frozen=True, slots=True)
class Block:
    """Characters `start` to `end` of the text, to be parsed together; a `heading` is no sentence."""

    start: int
    end: int
    heading: bool = False


def plain(text: str) -> str:
    """The text without markup, links, code and control characters; of the same length.

    >>> plain("**Bold** and [a link](http://x)")
    '  Bold   and  a link           '
    """
    if not text.isprintable():
        text = "".join(
            c if c == "\n" or c.isprintable() else " " if unicodedata.category(c)[0] in "CZ" else c
            for c in text
        )
    text = _CODE.sub(_blank, text)
    text = _LINK.sub(
        lambda m: _blanks(m[0][: m.start(1) - m.start()]) + m[1] + _blanks(m[0][m.end(1) - m.start() :]), text
    )
    text = _MARKS.sub(_blank, text)
    return _LONG.sub(_blank, text)


def _blank(m: re.Match[str]) -> str:
    return _blanks(m[0])


def _blanks(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def blocks(text: str, titled: bool = False) -> Iterator[Block]:
    """Paragraphs, bullets, table rows and headings of plain text, in order, none longer than LONGEST_BLOCK.

    A hard-wrapped paragraph stays together. With `titled` a short first line is a heading.
    """
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]
    widest = max((b - a for a, b in lines), default=0)
    start = -1
    previous = (0, 0)
    for i, (a, b) in enumerate(lines):
        line = text[a:b]
        if not line.strip():
            if start >= 0:
                yield from _bounded(text, start, previous[1])
            start = -1
            continue
        if start >= 0 and _apart(text, previous, (a, b), widest):
            yield from _bounded(text, start, previous[1])
            start = -1
        if start < 0 and _heading(line, first=titled and i == 0, alone=_alone(text, a, b)):
            yield Block(a, b, heading=True)
            continue
        start = a if start < 0 else start
        previous = (a, b)
    if start >= 0:
        yield from _bounded(text, start, previous[1])


def _apart(text: str, before: tuple[int, int], line: tuple[int, int], widest: int) -> bool:
    """Whether a new block begins with this line."""
    said, here = text[before[0] : before[1]].rstrip(), text[line[0] : line[1]]
    if text.count("\n", before[1], line[0]) > 1 or _BULLET.match(here) or "|" in here or "|" in said:
        return True
    first = here.lstrip()[:1]
    if _ENDS.search(said) and said[-1:] not in ",;":
        # a sentence's end at the end of a short line is the end of a paragraph, too
        return before[1] - before[0] < 0.6 * widest
    return before[1] - before[0] < 0.6 * widest and (first.isupper() or first.isdigit())


def _alone(text: str, a: int, b: int) -> bool:
    """Whether nothing stands in the lines before and after."""
    return text[:a].rstrip(" \t")[-2:] in {"", "\n", "\n\n"} and text[b:].lstrip(" \t")[:2] in {
        "",
        "\n",
        "\n\n",
    }


def _heading(line: str, first: bool, alone: bool) -> bool:
    said = line.strip()
    return (first or alone) and len(said) <= 100 and not re.search(r"[.!?;,:][\"'»”)]?$", said)


def _bounded(text: str, start: int, end: int) -> Iterator[Block]:
    while end - start > LONGEST_BLOCK:
        cut = start + LONGEST_BLOCK
        for m in _CUT.finditer(text, start + LONGEST_BLOCK // 2, start + LONGEST_BLOCK):
            if len(m[0].strip()) > 0:
                cut = m.end()
        yield Block(start, cut)
        start = cut
    if text[start:end].strip():
        yield Block(start, end)


def script(text: str, russian: bool = False) -> str:
    """ "cyrillic", "latin" or "" by the most letters; Russian texts hold many Latin names."""
    cyrillic = len(re.findall(r"[\u0400-\u04ff]", text))
    latin = len(re.findall(r"[A-Za-z\u00c0-\u024f]", text))
    if not cyrillic and not latin:
        return ""
    return "cyrillic" if cyrillic > (0.2 if russian else 0.6) * latin else "latin"
