"""The words of name_words.toml: what names are compared without, and what tells two apart."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def _tables() -> Mapping[str, str]:
    return tomllib.loads(Path(__file__).with_name("name_words.toml").read_text(encoding="utf-8"))


@cache
def vocabulary() -> Mapping[str, frozenset[str]]:
    read = _tables()
    return {name: frozenset(text.split()) for name, text in read.items()}


@cache
def opposites() -> Mapping[str, frozenset[int]]:
    """Word -> the rows of opposites that it stands in."""
    read = _tables()
    rows: dict[str, set[int]] = {}
    for number, line in enumerate(read["opposites"].split("\n")):
        for word in line.split():
            rows.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in rows.items()}


@cache
def legal_phrases() -> re.Pattern[str]:
    read = _tables()
    lines = sorted(filter(None, read["legal_phrases"].split("\n")), key=len, reverse=True)
    return re.compile(r"^\s*(?:" + "|".join(map(re.escape, lines)) + r")\b", re.IGNORECASE)
