"""Whether a question needs steps, by how it is put: cheap, and the same each time."""

import re
import tomllib
from functools import cache
from pathlib import Path

from kg.answer.relations import spoken

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def needs_steps(question: str) -> bool:
    """It compares, or it speaks of two relations, or of one about something that it only describes.

    >>> needs_steps("Who founded the company that acquired DataCorp?"), needs_steps("Who founded ACME?")
    (True, False)
    >>> needs_steps("Чем отличается FERAG от GraphRAG?")
    True
    """
    low = question.lower()
    if _pattern("compare").search(low):
        return True
    words = tuple(_WORD.findall(question[:2000]))
    said = spoken(words)
    if len(said) < 1 or len(words) < 2:
        return False
    first = low.find(words[1].lower(), len(words[0]))
    described = _pattern("relative").search(low, max(first, 0))
    return len(said) > 1 or described is not None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    raw = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    phrases = sorted(raw[name].split("|"), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, phrases)) + r")(?!\w)")
