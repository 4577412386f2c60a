"""The word lists beside, read once."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def words(name: str) -> frozenset[str]:
    return frozenset(_lists()[name].split())


@cache
def irregular() -> Mapping[str, str]:
    """An irregular form of a verb -> its base."""
    return {form: base for base, forms in _lists()["irregular"].items() for form in forms.split()}


@cache
def _lists() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
