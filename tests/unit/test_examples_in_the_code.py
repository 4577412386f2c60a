"""The examples in the docstrings say what the code does."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("kg", "portal", "jobs")


def modules() -> list[str]:
    """Those that hold an example."""
    found = []
    for package in PACKAGES:
        for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            path = ROOT / (module.name.replace(".", "/") + (".py" if not module.ispkg else "/__init__.py"))
            if ">>> " in path.read_text("utf-8"):
                found.append(module.name)
    return found


@pytest.mark.parametrize("name", modules())
def test_the_examples_hold(name: str) -> None:
    ran = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert ran.attempted
    assert not ran.failed
