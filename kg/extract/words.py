"""The word lists of the rules, one table for each language, read once."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _tables(language: str) -> dict[str, str]:
    return tomllib.loads((files("kg.extract") / f"{language}.toml").read_text("utf-8"))


@cache
def _listed(language: str, name: str) -> frozenset[str]:
    said = _tables(language)[name]
    parts = said.split(";") if ";" in said else said.split()
    return frozenset(" ".join(p.split()) for p in parts if p.strip())


def english(name: str) -> frozenset[str]:
    """A list of the English table: words apart by spaces, or phrases apart by semicolons."""
    return _listed("english", name)


def russian(name: str) -> frozenset[str]:
    """A list of the Russian table, in dictionary form."""
    return _listed("russian", name)
