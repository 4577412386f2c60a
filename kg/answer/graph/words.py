"""How a question is put: the word lists beside."""

import re
import tomllib
from functools import cache
from pathlib import Path

FORMS = ("other", "count", "when", "where", "who", "list")


@cache
def listed(name: str) -> frozenset[str]:
    return frozenset(_raw()[name].split())


def opening(text: str) -> tuple[str, int, int] | None:
    """What is asked for, one of FORMS, and where that is said; the first and longest counts.

    >>> opening("How many people joined?"), opening("Bob works.")
    (('count', 0, 8), None)
    """
    found = [
        (m.start(), -m.end(), form) for form in FORMS for m in [_pattern(form).search(text.lower())] if m
    ]
    if not found:
        return None
    start, end, form = min(found)
    return form, start, -end


def asks_for_query(question: str) -> bool:
    """Does it count, rank or deny? Then it asks of all facts at once, what prose about a few cannot say.

    >>> asks_for_query("How many people joined?"), asks_for_query("Who is Bob?")
    (True, False)
    """
    found = opening(question)
    words = set(re.findall(r"[^\W\d_]+", question.lower()))
    counts = found is not None and found[0] == "count"
    return counts or bool(words & (listed("ranks") | listed("denies")))


@cache
def phrases(name: str) -> tuple[str, ...]:
    """Of a list of wordings, the longest first."""
    return tuple(sorted(_raw()[name].split("|"), key=len, reverse=True))


@cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, phrases(form))) + r")(?!\w)")


@cache
def _raw() -> dict[str, str]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
