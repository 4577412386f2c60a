"""Dates as people type them."""

import pytest

from portal.corrections import date
from portal.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" 2024 ", "2024"),
        ("2024-3", "2024-03"),
        ("2024-03-05", "2024-03-05"),
        ("5.3.2024", "2024-03-05"),
        ("03.2024", "2024-03"),
        ("3/2024", "2024-03"),
    ],
)
def test_a_date_is_kept_in_the_graphs_form(typed: str, kept: str) -> None:
    assert date(typed) == kept


@pytest.mark.parametrize("typed", ["yesterday", "2024-13", "31.02.2024", "20240", "<b>", "2024-01-01T00:00"])
def test_anything_else_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(Invalid, match="not a date"):
        date(typed)
