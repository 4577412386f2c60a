"""What docs/security.md names exists: files, tests, and each level 1 and 2 item of three chapters of ASVS."""

import re
from pathlib import Path

HOUSE = Path(__file__).parents[2]
TEXT = (HOUSE / "docs/security.md").read_text("utf-8")
# OWASP ASVS 5.0, chapters 6 to 8: the items of levels 1 and 2 in each section; 6.5 and 6.6 as a whole
ITEMS = {
    "6.1": (1, 2, 3), "6.2": range(1, 12), "6.3": (1, 2, 3), "6.4": (1, 2, 3, 4), "6.8": (1, 2, 3),
    "7.1": (1, 2, 3), "7.2": (1, 2, 3, 4), "7.3": (1, 2), "7.4": range(1, 6), "7.5": (1, 2), "7.6": (1, 2),
    "8.1": (1, 2), "8.2": (1, 2, 3), "8.3": (1,), "8.4": (1,),
}  # fmt: skip


def test_every_file_and_test_that_is_named_exists() -> None:
    named = re.findall(r"`((?:portal|kg|tests|docs)/[\w./]+)(?:::(\w+))?`", TEXT)
    assert len(named) > 60
    for path, function in named:
        assert (HOUSE / path).exists(), path
        if function:
            assert f"def {function}(" in (HOUSE / path).read_text("utf-8"), f"{path}::{function}"


def test_every_item_has_a_row() -> None:
    taken: set[str] = set()
    for first in re.findall(r"^\| ([\d., to]+) \|", TEXT, re.MULTILINE):
        for each in first.split(", "):
            begin, _, end = each.partition(" to ")
            section, _, n = begin.rpartition(".")
            last = int(end.rpartition(".")[2]) if end else int(n)
            taken |= {f"{section}.{i}" for i in range(int(n), last + 1)}
    wanted = {f"{section}.{n}" for section, items in ITEMS.items() for n in items}
    assert wanted <= taken, sorted(wanted - taken)
