"""Lists and tables in a text: what is kept whole where it fits."""

import re
from itertools import groupby

from kg.text.sentences import is_row

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ITEM = re.compile(r"\s*(?:[-*+•–]|\d{1,3}[.)])\s")


def wholes(text: str) -> list[tuple[int, int]]:
    """(start, end) of each list and table of at least two lines, in order.

    >>> t = "Two things:\\n- one\\n- two,\\n  which is long\\n\\nThat is all."
    >>> [t[a:b] for a, b in wholes(t)]
    ['- one\\n- two,\\n  which is long\\n']
    """
    lines: list[tuple[str, int, int]] = []
    before = ""
    for line in _LINE.finditer(text):
        before = _kind(line.group(), before)
        lines.append((before, line.start(), line.end()))
    found = []
    for kind, group in groupby(lines, key=lambda line: line[0]):
        some = list(group)
        if kind and len(some) > 1:
            found.append((some[0][1], some[-1][2]))
    return found


def _kind(line: str, before: str) -> str:
    """Of a line: "table", "list" or ""; an indented line goes on with the item above it."""
    if is_row(line):
        return "table"
    if _ITEM.match(line) or (before == "list" and line.strip() and line[0].isspace()):
        return "list"
    return ""
