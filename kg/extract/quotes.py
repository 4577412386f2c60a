"""Finding a quote in its text unit: literally, then in other spacing, case and typography, then nearly."""

import unicodedata

from rapidfuzz import fuzz

from kg.model import Evidence, TextUnit

NEARLY = 88.0  # of 100: the share of characters in common from which a passage counts as the quote
SHORT = 12  # characters: a shorter quote has to be found as it is, nearly would be anything
LONGEST = 2000  # characters of a quote that are looked at; a longer one is no quote
_SAME = {
    "«": '"',
    "»": '"',
    "„": '"',
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "‚": "'",
    "`": "'",
} | dict.fromkeys("‐‑‒–—―−", "-")


def evidence(unit: TextUnit, start: int, end: int) -> Evidence:
    """The unit's characters from `start` to `end` (offsets in the unit) as evidence of the document."""
    return Evidence(
        document_id=unit.document_id,
        start=unit.start + start,
        end=unit.start + end,
        quote=unit.text[start:end],
        document=unit.document,
        unit_id=unit.id,
        page=unit.page,
    )


def locate(unit: TextUnit, quote: str) -> Evidence | None:
    """Where the quote stands in the unit, or None. The evidence holds the words of the text."""
    quote = quote.strip()[:LONGEST]
    if not quote:
        return None
    found = unit.text.find(quote)
    if found >= 0:
        return evidence(unit, found, found + len(quote))
    text, places = _folded(unit.text)
    wanted = _folded(quote)[0].strip(" .\"'")
    if not any(c.isalnum() for c in wanted):
        return None
    found = text.find(wanted)
    if found >= 0 and _whole(text, found, found + len(wanted)):
        return evidence(unit, places[found], places[found + len(wanted) - 1] + 1)
    return _nearly(unit, text, places, wanted)


def _nearly(unit: TextUnit, text: str, places: list[int], wanted: str) -> Evidence | None:
    if len(wanted) < SHORT:
        return None
    nearest = fuzz.partial_ratio_alignment(wanted, text, score_cutoff=NEARLY)
    if nearest is None or nearest.dest_end <= nearest.dest_start:
        return None
    start, end = nearest.dest_start, nearest.dest_end
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    part = text[start:end]
    stripped = part.strip()
    # the same numbers, or it says something else; the alignment of a long quote may be a mere part of it
    if _numbers(stripped) != _numbers(wanted) or len(stripped) < 0.7 * len(wanted):
        return None
    start += len(part) - len(part.lstrip())
    return evidence(unit, places[start], places[start + len(stripped) - 1] + 1)


def _folded(text: str) -> tuple[str, list[int]]:
    """Lower case, plain quotes and dashes, single spaces; with each character's place in `text`."""
    out: list[str] = []
    places: list[int] = []
    for i, char in enumerate(text):
        plain = " " if char.isspace() else _SAME.get(char, char)
        if plain == " " and (not out or out[-1] == " "):
            continue
        for c in unicodedata.normalize("NFKC", plain).lower().replace("ё", "е"):
            out.append(c)
            places.append(i)
    return "".join(out), places


def _whole(text: str, start: int, end: int) -> bool:
    """Whether it begins and ends at the ends of words."""
    before = text[start - 1 : start].isalnum() and text[start].isalnum()
    after = text[end : end + 1].isalnum() and text[end - 1].isalnum()
    return not before and not after


def _numbers(text: str) -> list[str]:
    digits = "".join(c if c.isdigit() else " " for c in text)
    return digits.split()
