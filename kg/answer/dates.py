"""When a fact holds, in words of the answer's language, and the quote that says so."""

from collections.abc import Iterable, Sequence

from kg.model import Evidence, Period, Statement

_MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "ru": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
}
_NOMINATIVE = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
]
_SAID = {
    "en": {"both": "from {0} to {1}", "start": "since {0}", "end": "until {0}", "at": "{0}"},
    "ru": {"both": "{0} – {1}", "start": "с {0}", "end": "до {0}", "at": "{0}"},
}


def when(periods: Iterable[Period], language: str, *, event: bool = False) -> str:
    """When it holds; of an `event`, when it was.

    >>> when((Period("2018", "2023"), Period("2025-05")), "en")
    'from 2018 to 2023, since May 2025'
    >>> when((Period("", "2025-04"),), "ru")
    'до апреля 2025 г.'
    """
    said = _SAID[language]
    out = []
    for p in periods:
        whole = event or bool(p.start and p.end)
        start, end = day(p.start, language, alone=whole), day(p.end, language, alone=whole)
        if event and bool(start) != bool(end):
            out.append(said["at"].format(start or end))
        elif start and end:
            out.append(said["both"].format(start, end))
        elif start or end:
            out.append(said["start" if start else "end"].format(start or end))
    return ", ".join(out)


def day(time: str, language: str, *, alone: bool = False) -> str:
    """A day, month or year; in Russian as after "с" and "до", or `alone` as by itself.

    >>> day("2025-05", "en"), day("2025-05-09", "ru"), day("2023", "ru"), day("", "en")
    ('May 2025', '9 мая 2025 г.', '2023 г.', '')
    """
    parts = time.split("T", maxsplit=1)[0].split("-")
    if len(parts) not in (1, 2, 3) or not all(p.isdigit() for p in parts):
        return time
    end = " г." if language == "ru" else ""
    names = _NOMINATIVE if language == "ru" and alone and len(parts) == 2 else _MONTHS[language]
    month = names[int(parts[1]) - 1] if len(parts) > 1 and 1 <= int(parts[1]) <= 12 else ""
    number = f"{int(parts[2])} " if len(parts) == 3 else ""
    return f"{number}{month} {parts[0]}{end}".strip()


def backing(
    evidence: Sequence[Evidence], statements: Sequence[Statement], periods: Sequence[Period]
) -> Evidence | Statement | None:
    """What a fact rests on: a quote; a member's word where no quote says it, or none says when."""
    quote = proof(evidence, periods)
    if not statements:
        return quote
    years = {t[:4] for p in periods for t in (p.start, p.end) if t}
    told = quote is not None and (not years or any(y in quote.quote for y in years))
    return quote if told else statements[-1]


def proof(evidence: Sequence[Evidence], periods: Sequence[Period]) -> Evidence | None:
    """The quote that says the latest of these times, else the first."""
    for time in sorted((t for p in periods for t in (p.start, p.end) if t), reverse=True):
        for e in evidence:
            if time[:4] in e.quote:
                return e
    return evidence[0] if evidence else None
