"""Dates in names and values: an entity called "January 2020" is a time, not a thing."""

import calendar
import re

from rdflib import Literal
from rdflib.namespace import XSD

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan января январь январе",
            "february feb февраля февраль феврале",
            "march mar марта март марте",
            "april apr апреля апрель апреле",
            "may мая май мае",
            "june jun июня июнь июне",
            "july jul июля июль июле",
            "august aug августа август августе",
            "september sep sept сентября сентябрь сентябре",
            "october oct октября октябрь октябре",
            "november nov ноября ноябрь ноябре",
            "december dec декабря декабрь декабре",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_YEAR = r"(?P<year>1\d{3}|20\d{2})(?:\s*(?:г\.?|года?|году))?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})",
        r"(?P<year>\d{4})-(?P<month>\d{2})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
        rf"{_MONTH},?\s+(?:of\s+)?{_YEAR}",
        rf"(?:(?:in|on|since|early|mid|late|circa|year|в|начало|конец)[\s-]+)*{_YEAR}",
    )
)


def date(text: str) -> Literal | None:
    """The date that the whole text is: xsd:date, xsd:gYearMonth or xsd:gYear; None if it is none.

    >>> str(date("January 2020")), str(date("12 марта 2024 года")), date("Studio 54")
    ('2020-01', '2024-03-12', None)
    """
    for form in _FORMS:
        match = form.fullmatch(text.strip())
        if match:
            return _literal(match)
    return None


def _literal(match: re.Match[str]) -> Literal | None:
    parts = match.groupdict()
    month_text, day_text = parts.get("month"), parts.get("day")
    year = int(parts["year"])
    if not month_text:
        return Literal(f"{year:04d}", datatype=XSD.gYear, normalize=False)
    month = _MONTHS.get(month_text.lower()) or (int(month_text) if month_text.isdigit() else 0)
    if not 1 <= month <= 12:
        return None
    if not day_text:
        return Literal(f"{year:04d}-{month:02d}", datatype=XSD.gYearMonth, normalize=False)
    day = int(day_text)
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return Literal(f"{year:04d}-{month:02d}-{day:02d}", datatype=XSD.date, normalize=False)


def is_date(value: object) -> bool:
    return isinstance(value, Literal) and value.datatype in (
        XSD.date,
        XSD.gYearMonth,
        XSD.gYear,
        XSD.dateTime,
    )


_ONE = (
    r"(?:(?:early|mid|late|the end of|начала|конца|начале|конце)[\s-]+)?"
    r"(?:(?:[0-3]?\d(?:st|nd|rd|th)?\s+)?(?:of\s+)?(?:"
    + "|".join(sorted(_MONTHS, key=len, reverse=True))
    + r")\.?"
    r"(?:\s+[0-3]?\d(?:st|nd|rd|th)?,?)?,?\s+)?(?:1\d{3}|20\d{2})(?!\d)(?:\s*(?:года?|году|г\.))?"
)
_SPAN = re.compile(
    rf"(?:from|between|с|со)\s+(?P<start>{_ONE})\s+(?:to|until|till|through|and|по|до)\s+(?P<end>{_ONE})",
    re.IGNORECASE,
)
_SINCE = re.compile(rf"(?:since|starting|beginning|as of|с)\s+(?P<start>{_ONE})", re.IGNORECASE)
_UNTIL = re.compile(rf"(?:until|till|up to|по|до)\s+(?P<end>{_ONE})", re.IGNORECASE)
_POINT = re.compile(rf"(?:in|on|during|в)\s+(?P<at>{_ONE})", re.IGNORECASE)
_LEADING = re.compile(r"^(?:early|mid|late|the end of|начала|конца|начале|конце)[\s-]+", re.IGNORECASE)


def period_in(text: str, effect: str = "") -> tuple[str, str]:
    """Start and end that one sentence states, "" where it does not; a bare point needs `effect`.

    >>> period_in("Bob worked there from 2018 to 2023."), period_in("He left in April 2025.", "end")
    (('2018', '2023'), ('', '2025-04'))
    """
    if span := _SPAN.search(text):
        return _day(span["start"]), _day(span["end"])
    start, end = _SINCE.search(text), _UNTIL.search(text)
    if start or end:
        return (_day(start["start"]) if start else ""), (_day(end["end"]) if end else "")
    points = {_day(m["at"]) for m in _POINT.finditer(text)} - {""}
    if len(points) == 1 and effect:
        day = points.pop()
        return (day, "") if effect == "start" else ("", day)
    return "", ""


def _day(text: str) -> str:
    found = date(_LEADING.sub("", text.strip()))
    return str(found) if found is not None else ""
