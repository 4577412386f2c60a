"""Dates and periods as sentences state them: "from 2018 to 2023", "since January 2020", "в июне 2025"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Day
from typing import Literal as OneOf

from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from kg.model import Period

_MONTHS = {
    "en": "jan(?:uary)? feb(?:ruary)? mar(?:ch)? apr(?:il)? may june? july? aug(?:ust)? sept?(?:ember)? "
    "oct(?:ober)? nov(?:ember)? dec(?:ember)?",
    "ru": "январ[яюье]м? феврал[яюье]м? март[аеу]?м? апрел[яюье]м? ма[йяюе]м? июн[яюье]м? июл[яюье]м? "
    "август[аеу]?м? сентябр[яюье]м? октябр[яюье]м? ноябр[яюье]м? декабр[яюье]м?",
}
_YEAR = r"(?:1[0-9]{3}|20[0-9]{2})(?![\d%]|[.,]\d)"
_DASH = r"\s?[-–—]\s?"
_NUMERIC = rf"{_YEAR}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?(?!\d)"
_M = {lang: "|".join(names.split()) for lang, names in _MONTHS.items()}
_GODA = r"(?:\s?(?:год(?:а|у|ом|ы|ах|ов)?|гг?\.))"
# with or without a day; a bare year last, so that the longest reading wins
_POINT = {
    "en": (
        rf"(?:{_NUMERIC}"
        rf"|\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?(?:{_M['en']})\.?,?\s{_YEAR}"
        rf"|(?:{_M['en']})\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR}"
        rf"|(?:{_M['en']})\.?,?\s(?:of\s)?{_YEAR}"
        rf"|(?:(?:the\s)?(?:early|late|mid|beginning\sof|end\sof|middle\sof|spring|summer|autumn|fall|winter)"
        rf"[\s-](?:of\s)?)?{_YEAR})"
    ),
    "ru": (
        rf"(?:{_NUMERIC}"
        rf"|(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.{_YEAR}"
        rf"|\d{{1,2}}\s(?:{_M['ru']})\s{_YEAR}{_GODA}?"
        rf"|(?:{_M['ru']})\s{_YEAR}{_GODA}?"
        rf"|(?:(?:начал|конц|середин)[аеу]\s|(?:весной|летом|осенью|зимой)\s)?{_YEAR}{_GODA}?)"
    ),
}
_RANGES = {
    "en": (
        r"(?:from|between)\s(?P<a>{p})\s(?:to|until|till|through|and)\s(?P<b>{p})",
        r"(?:(?:in|from|during)\s)?(?P<a>{p})" + _DASH + r"(?P<b>{p})",
    ),
    "ru": (
        r"с\s(?P<a>{p})\s(?:по|до)\s(?P<b>{p})",
        r"(?:в\s)?(?P<a>{p})" + _DASH + r"(?P<b>{p})",
    ),
}
_ONE = {
    "en": {
        "since": r"(?:ever\s)?since\s(?P<a>{p})|from\s(?P<a2>{p})(?:\s(?:on|onwards?))",
        "until": r"(?:until|till|up\sto)\s(?P<a>{p})",
        "point": r"(?:in|on|during|as\sof|at\sthe)\s(?P<a>{p})",
        "bare": r"(?P<a>{p})",
    },
    "ru": {
        "since": r"(?:начиная\s)?с(?:о)?\s(?P<a>{p})",
        "until": r"(?:вплоть\s)?до\s(?P<a>{p})",
        "point": r"(?:в|во)\s(?P<a>{p})",
        "bare": r"(?P<a>{p})",
    },
}
# a bare year is one only beside a month, in brackets, or with its word; else it may be a quantity
_SURE = re.compile(rf"[^\W\d_]|\d\.\d\d\.\d|{_NUMERIC}")

Sort = OneOf["range", "since", "until", "point", "bare"]


@dataclass(frozen=True, slots=True)
class Dated:
    """A date or period at these characters; `sort` is how it is put, "bare" without a preposition."""

    start: int
    end: int
    period: Period
    sort: Sort

    @property
    def literal(self) -> Literal | None:
        """The single date as xsd:date, xsd:gYearMonth or xsd:gYear; None for a range or an open period."""
        if self.sort not in ("point", "bare"):
            return None
        return typed(self.period.start)


def typed(text: str) -> Literal:
    """
    >>> typed("2010-05").datatype.rsplit("#")[1]
    'gYearMonth'
    """
    kind: URIRef = {4: XSD.gYear, 7: XSD.gYearMonth}.get(len(text), XSD.date)
    return Literal(text, datatype=kind, normalize=False)


def dated(text: str, language: str = "en") -> tuple[Dated, ...]:
    """All dates and periods in the text, left to right, none inside another.

    >>> [(d.period, d.sort) for d in dated("He worked there from 2018 to May 2023.")]
    [(Period(start='2018', end='2023-05'), 'range')]
    """
    found: list[Dated] = []
    for candidate in _all(text, "ru" if language == "ru" else "en"):
        if not any(f.start < candidate.end and candidate.start < f.end for f in found):
            found.append(candidate)
    return tuple(sorted(found, key=lambda d: d.start))


def _all(text: str, language: str) -> Iterator[Dated]:
    for pattern in _COMPILED[language]["range"]:
        for m in pattern.finditer(text):
            a, b = day(m["a"], language), day(m["b"], language)
            if a and b and a[:4] <= b[:4]:
                yield Dated(m.start(), m.end(), Period(a, b), "range")
    for sort in ("since", "until", "point", "bare"):
        for pattern in _COMPILED[language][sort]:
            for m in pattern.finditer(text):
                said = next(g for g in m.groups() if g is not None)
                a = day(said, language)
                if not a or (sort == "bare" and not _SURE.search(said) and not _bracketed(text, m)):
                    continue
                period = Period("", a) if sort == "until" else Period(a, "")
                if sort in ("point", "bare"):
                    period = Period(a, a)
                yield Dated(m.start(), m.end(), period, sort)


def _bracketed(text: str, m: re.Match[str]) -> bool:
    return text[m.start() - 1 : m.start()] in {"(", "["} and text[m.end() : m.end() + 1] in {
        ")",
        "]",
        ",",
        ";",
    }


def day(said: str, language: str = "en") -> str:
    """The date as xsd text, as precise as it is said; "" if it is none.

    >>> day("March 12, 2020"), day("late 2024"), day("12 марта 2020 года", "ru")
    ('2020-03-12', '2024', '2020-03-12')
    """
    if m := re.search(_NUMERIC, said):
        return _valid(*m[0].split("-"))
    if m := re.search(r"(\d{1,2})\.(\d{2})\.(\d{4})", said):
        return _valid(m[3], m[2], m[1])
    year = re.search(_YEAR, said)
    if not year:
        return ""
    for number, name in enumerate(_MONTHS[language].split(), 1):
        if re.search(rf"(?<![^\W\d_])(?:{name})(?![^\W\d_])", said, re.IGNORECASE):
            in_month = re.search(r"(?<!\d)(\d{1,2})(?!\d)", said)
            return _valid(year[0], f"{number:02}", f"{int(in_month[1]):02}" if in_month else "")
    return year[0]


def _valid(year: str, month: str = "", in_month: str = "") -> str:
    if not in_month:
        return "-".join(p for p in (year, month) if p)
    try:
        return Day(int(year), int(month), int(in_month)).isoformat()
    except ValueError:  # 31 June: the month is as much as is sure
        return f"{year}-{month}"


def _compiled(language: str) -> dict[str, tuple[re.Pattern[str], ...]]:
    def build(pattern: str) -> re.Pattern[str]:
        inner = pattern.replace("{p}", _POINT[language])
        return re.compile(rf"(?<![\w.,/$€£№-])(?:{inner})(?![\w])", re.IGNORECASE)

    return {
        "range": tuple(build(p) for p in _RANGES[language]),
        **{sort: (build(p),) for sort, p in _ONE[language].items()},
    }


_COMPILED = {language: _compiled(language) for language in _POINT}
