"""Which time a question asks about, and which facts hold then.

"Where does Bob work?" asks about now, "in 2019" about that year; "Where did Bob work?" about some time,
and then no fact is preferred for its dates.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from kg.extract.dates import dated
from kg.index.view import View
from kg.model import Period
from kg.morphology import is_past_verb, is_russian
from kg.periods import days
from kg.retrieve.flat import top

OVER = 0.5  # what a fact loses that does not hold at the time asked about, against 0 to 2 for nearness
_RIVALS = 50  # facts that are compared with others of their subject or object
_NOW = re.compile(r"\b(?:now|nowadays|current(?:ly)?|today|at present|presently|still|сейчас|теперь|сегодня|"
                  r"ныне\w*|нынешн\w+|текущ\w+|по-прежнему|до сих пор)\b")  # fmt: skip
_ONCE = re.compile(
    r"\b(?:was|were|did|had|been|used to|former(?:ly)?|previous(?:ly)?|ex|earlier|before|once|ago|past|ever|"
    r"history|when|since|until|after|led|ran|held|wrote|became|began|made|built|left|went|"
    r"раньше|ранее|прежде|прежн\w+|бывш\w+|когда|когда-либо|предыдущ\w+|истори\w+|до|после|с тех пор)\b"
)
_ENDED = re.compile(r"\b[a-z]{2,}[^e\W\d]ed\b|\b\d{4}\b")  # "worked", not "need"; a year that `dated` left


@dataclass(frozen=True, slots=True)
class Asked:
    """Days as numbers, see `kg.periods.days`; `now` when the question asks about the present."""

    first: int
    last: int
    now: bool = False


def asked_time(question: str, today: date | None = None) -> Asked | None:
    """The time that a question asks about; None for any.

    >>> asked_time("Where did Bob work in 2019?")
    Asked(first=20190000, last=20199999, now=False)
    >>> asked_time("Where did Bob work?") is None, asked_time("Где работал Иван?") is None
    (True, True)
    >>> asked_time("Where does Bob work?", date(2026, 11, 21))
    Asked(first=20261121, last=20261121, now=True)
    """
    text = question.lower()
    for language in ("en", "ru"):
        found = [d for d in dated(question, language) if d.sort != "bare" or d.literal is not None]
        if found:
            return Asked(*days(found[0].period))
    if not _NOW.search(text) and (_ONCE.search(text) or _ENDED.search(text) or _russian_past(text)):
        return None
    return now(today)


def now(today: date | None = None) -> Asked:
    at = (today or datetime.now(UTC).date()).isoformat()
    return Asked(*days(Period(at, at)), now=True)


def _russian_past(text: str) -> bool:
    return any(is_russian(w) and is_past_verb(w) for w in re.findall(r"[а-яё]{3,}", text))


def by_time(view: View, scores: np.ndarray, when: Asked | None) -> np.ndarray:
    """The facts' scores with those lowered that do not hold then: behind all facts of the same subject and
    property that do, and behind the first of the same property and object."""
    times = view.fact_times
    if when is None or not times.dated.any():
        return scores
    holds = times.hold(when.first, when.last, when.now)
    out = np.where(holds, scores, scores - OVER)
    live = np.isfinite(scores)
    for at in top(np.where(holds, -np.inf, out), _RIVALS):
        for side, before in ((0, np.min), (1, np.max)):
            same = holds & live & (times.predicate == times.predicate[at])
            same &= view.fact_ends[:, side] == view.fact_ends[at, side]
            if view.fact_ends[at, side] >= 0 and same.any():
                out[at] = min(out[at], np.nextafter(before(out[same]), -np.inf, dtype=out.dtype))
    return out
