"""Errors: every code that is raised has a sentence, and every sentence can be filled in."""

import ast
import string
from pathlib import Path

import pytest

from portal import errors
from portal.errors import (
    CannotStart,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PartDown,
    PortalError,
    Throttled,
)
from portal.messages import MESSAGES

ROOT = Path(__file__).parents[2]
CODE_AT = {"Conflict": 0, "CannotStart": 0, "Invalid": 1, "PortalError": 0}


def raised() -> list[tuple[str, str, set[str]]]:
    """(where, code, argument names) of every error built with a code that is written out."""
    found = []
    for path in sorted([*(ROOT / "portal").rglob("*.py"), *(ROOT / "jobs").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            at = CODE_AT.get(node.func.id)
            if at is None or len(node.args) <= at or not isinstance(node.args[at], ast.Constant):
                continue
            given = {k.arg for k in node.keywords if k.arg}
            found.append((f"{path.name}:{node.lineno}", str(node.args[at].value), given))
    return found


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_code_has_a_sentence_that_can_be_filled_in() -> None:
    codes = raised()
    assert len(codes) > 10
    for where, code, given in codes:
        assert code in MESSAGES, f"{where}: {code} has no sentence"
        assert fields(MESSAGES[code]) <= given, f"{where}: {code} lacks {fields(MESSAGES[code]) - given}"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Forbidden(), "You may not do this here: ask an owner of the knowledge base."),
        (NotFound("cycle", "7"), "There is no cycle 7 in this knowledge base."),
        (NotFound("spoon", "x"), "There is no spoon x."),
        (Conflict("not-in-review", number=2, state="failed"), "Cycle 2 is not in review: it is failed."),
        (
            Invalid("changes", "nothing-accepted"),
            "Nothing is accepted yet: accept at least one change first.",
        ),
        (Throttled(30), "Too many attempts. Try again in 0:30 (minutes:seconds)."),
        (PartDown("database", "gone"), "The database does not answer."),
        (PartDown("printer", "gone"), "printer does not answer: gone"),
        (
            CannotStart("port-taken", port=80),
            "Port 80 is in use by another program. Set FERAG_PORT to a free one.",
        ),
    ],
)
def test_an_error_is_a_sentence(error: PortalError, sentence: str) -> None:
    assert str(error) == sentence


def test_a_code_without_a_sentence_is_still_readable() -> None:
    assert str(Conflict("too-many-cooks")) == "Too many cooks."


def test_the_tree_at_the_top_is_the_tree() -> None:
    drawn = {line.split()[1] for line in (errors.__doc__ or "").splitlines() if line[:1] in "├└" and line}
    real = {c.__name__ for c in PortalError.__subclasses__() if c.__module__ == "portal.errors"}
    assert drawn == real
