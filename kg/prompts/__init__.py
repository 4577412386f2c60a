"""Prompts in files of their own; `$name` is filled in by `prompt`."""

from functools import cache
from importlib.resources import files
from string import Template


@cache
def _template(name: str) -> Template:
    return Template(files(__name__).joinpath(f"{name}.md").read_text("utf-8"))


def prompt(name: str, **values: str) -> str:
    """The prompt `name`, filled in; KeyError if a value is missing. Values are never templates themselves."""
    return _template(name).substitute(values).strip()
