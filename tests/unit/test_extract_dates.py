import pytest

from kg.extract.dates import dated, day, typed
from kg.model import Period


@pytest.mark.parametrize(
    ("text", "period", "sort"),
    [
        ("He worked there from 2018 to 2023.", Period("2018", "2023"), "range"),
        ("between May 2018 and 12 June 2023", Period("2018-05", "2023-06-12"), "range"),
        ("She has led it since January 2020.", Period("2020-01", ""), "since"),
        ("until 2019", Period("", "2019"), "until"),
        ("He joined in August 2023 as head.", Period("2023-08", "2023-08"), "point"),
        ("on March 12th, 2020", Period("2020-03-12", "2020-03-12"), "point"),
        ("acquired in late 2024", Period("2024", "2024"), "point"),
        ("the war (1939–1945)", Period("1939", "1945"), "range"),
        ("released 2020-01-31", Period("2020-01-31", "2020-01-31"), "bare"),
    ],
)
def test_english(text: str, period: Period, sort: str) -> None:
    assert [(d.period, d.sort) for d in dated(text)] == [(period, sort)]


@pytest.mark.parametrize(
    ("text", "period", "sort"),
    [
        ("Он работал там с 2018 по 2023 год.", Period("2018", "2023"), "range"),
        ("в 2018–2021 годах", Period("2018", "2021"), "range"),
        ("с января 2020 года", Period("2020-01", ""), "since"),
        ("до 2019 года", Period("", "2019"), "until"),
        ("в июне 2025", Period("2025-06", "2025-06"), "point"),
        ("5 мая 1950 года", Period("1950-05-05", "1950-05-05"), "bare"),
        ("12.03.2020", Period("2020-03-12", "2020-03-12"), "bare"),
        ("осенью 2021 года", Period("2021", "2021"), "bare"),
    ],
)
def test_russian(text: str, period: Period, sort: str) -> None:
    assert [(d.period, d.sort) for d in dated(text, "ru")] == [(period, sort)]


@pytest.mark.parametrize(
    "text", ["2000 employees", "version 1.2010", "$1999", "the 1990s", "ISO 2022-1", "1500,5 m"]
)
def test_a_quantity_is_no_date(text: str) -> None:
    assert dated(text) == ()


def test_an_impossible_day_is_as_precise_as_is_sure() -> None:
    assert day("31 June 2020") == "2020-06"


def test_literals_have_the_type_of_their_precision() -> None:
    kinds = [str(typed(t).datatype).rsplit("#", 1)[1] for t in ("2020", "2020-05", "2020-05-06")]
    assert kinds == ["gYear", "gYearMonth", "date"]
    (found,) = dated("in 2010")
    assert found.literal == typed("2010")
    (found,) = dated("since 2010")
    assert found.literal is None
