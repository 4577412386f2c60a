"""Where sentences begin and end: razdel for Russian, rules for English and the rest.

A line break that ends a list item, a heading or a table row ends a sentence; one inside a paragraph
does not.
"""

import re

import razdel

LONGEST = 5000  # characters: text without an end of sentence is cut here, so that nothing grows with it
_ABBREVIATED = (
    "mr mrs ms dr prof st jr sr vs etc eg ie cf al fig figs no nos vol pp ed eds approx dept est inc ltd co "
    "corp jan feb mar apr jun jul aug sep sept oct nov dec rev gen col sgt capt lt gov sen rep hon ref art"
)
_ABBREVIATION = frozenset(_ABBREVIATED.split(" "))
_END = re.compile(r"[.!?…]+[\"'»”’)\]]*(?=\s|$)|[。！？]+")
_DOTTED = re.compile(r"[A-Z](?:\.[A-Z])+")
_BEGINS = re.compile(
    r"$|(?:The|A|An|He|She|It|They|We|I|You|This|That|These|Those|There|Its|His|Her|Their|Our|My|Your|In|On|At|"
    r"By|For|From|After|Before|When|While|As|If|But|And|Or|So|However|Although|Since|Who|What|Where|Why|How)\b"
)
_LINE = re.compile(r"[^\n]+")
_OWN_LINE = re.compile(r"\s*(?:#{1,6}\s|[-*+•–]\s|\d{1,3}[.)]\s|\||>|```|~~~)")


def sentences(text: str, language: str = "en") -> list[tuple[int, int]]:
    """(start, end) of each sentence, in order, without the space around it.

    >>> t = "Dr. Smith came. He left at 5.30 p.m. on Monday."
    >>> [t[a:b] for a, b in sentences(t)]
    ['Dr. Smith came.', 'He left at 5.30 p.m. on Monday.']
    """
    found: list[tuple[int, int]] = []
    for start, end in _blocks(text):
        for a in range(start, end, LONGEST) if end - start > 20 * LONGEST else (start,):
            b = min(end, a + LONGEST) if end - start > 20 * LONGEST else end
            block = text[a:b]
            if is_row(block):
                pieces = [(0, len(block))]
            else:
                pieces = _russian(block) if language in ("ru", "uk") else _rules(block)
            found.extend((a + x, a + y) for x, y in pieces)
    return [piece for span in found for piece in _cut(text, *span)]


def _blocks(text: str) -> list[tuple[int, int]]:
    """Paragraphs, and each line that stands for itself."""
    blocks: list[tuple[int, int]] = []
    fresh = True
    last_end = 0
    for line in _LINE.finditer(text):
        gap = text.count("\n", last_end, line.start())
        blank = not line.group().strip()
        row = is_row(line.group())
        own = row or bool(_OWN_LINE.match(line.group()))
        if blank:
            fresh = True
        else:
            if blocks and not fresh and not own and gap <= 1:
                blocks[-1] = (blocks[-1][0], line.end())
            else:
                blocks.append((line.start(), line.end()))
            # a heading or a table row is never continued by the next line; a list item is
            fresh = row or (own and line.group().lstrip()[:1] == "#")
        last_end = line.end()
    return blocks


def is_row(line: str) -> bool:
    """A row of a table: its cells' full stops end nothing.

    >>> is_row("| Dr. No | 1962. |"), is_row("a\\tb\\tc"), is_row("Either | or.")
    (True, True, False)
    """
    cells = line.strip()
    return "\n" not in cells and (cells.startswith("|") or cells.count("\t") > 1 or cells.count("|") > 1)


def _russian(block: str) -> list[tuple[int, int]]:
    return [(s.start, s.stop) for s in razdel.sentenize(block)]


def _rules(block: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for end in _END.finditer(block):
        if _ends(block, start, end):
            spans.append((start, end.end()))
            start = end.end()
    spans.append((start, len(block)))
    return spans


def _ends(block: str, start: int, end: re.Match[str]) -> bool:
    """Is this the end of a sentence, not of an abbreviation or an initial?"""
    following = block[end.end() : end.end() + 40].lstrip()
    if end.group()[0] != ".":
        return not following or not following[0].islower()
    if following and (following[0].islower() or following[0] in ",;:"):
        return False
    word = re.search(r"[^\s(\[«\"']*$", block[max(start, end.start() - 40) : end.start()])
    before = word.group() if word else ""
    plain = before.lower().replace(".", "")
    if len(before) == 1 and before.isupper():
        return False  # an initial
    if _DOTTED.fullmatch(before):
        return bool(_BEGINS.match(following))  # "the U.S. Army", but "in the U.S. He left."
    if plain in _ABBREVIATION:
        return plain in ("etc", "inc", "ltd", "co", "corp", "jr", "sr", "al") and bool(
            re.match(r"[A-ZА-Я][a-zа-я]", following)
        )
    return not ("." in before and len(before) <= 5 and not before[-1].isdigit() and following[:1].isdigit())


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Without the space around; in pieces when too long, at a space where there is one."""
    pieces = []
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        at = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        at = at if at > start else start + LONGEST
        pieces.append((start, at))
        start = at
        while start < end and text[start].isspace():
            start += 1
    if end > start:
        pieces.append((start, end))
    return pieces
