"""What a sentence says between two names: a short predicate, with which name it is said of."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal as OneOf

from kg import surface
from kg.extract.dates import dated
from kg.model import Period
from kg.ontology.tables import class_words

MOST_WORDS = 6  # of a predicate: a longer one is a clause, not a relation
Side = OneOf["a", "b"]
_WORD = re.compile(r"[^\W_]+(?:[-'’.&][^\W_]+)*")
_DROPPED = frozenset(
    word
    for line in (
        "a an the his her its their our this that these those which who also currently now today then",
        "later further still already both actively recently mainly primarily widely been being be is are",
        "was were am did does do will would originally initially first known notable key new very highly",
        "most more some several",
    )
    for word in line.split()
)
_FORMER = frozenset({"previously", "formerly", "former", "once", "ex"})
_EMPTY = frozenset("is are was were be become became as like and or with has have had".split())  # noqa: SIM905
_PREPOSITION = frozenset({"in", "of", "on", "at", "to", "by", "for", "from", "within", "near"})
_NEGATION = frozenset({"not", "never", "no", "neither", "nor", "without"})
_UNTOLD = frozenset({"may", "might", "can", "could", "should", "would", "will", "shall", "must", "if"})
_EVER = Period()


@dataclass(frozen=True, slots=True)
class Said:
    subject: Side
    predicate: str
    period: Period = _EVER
    former: bool = False


Span = tuple[int, int]


def said(
    sentence: str, a: Sequence[Span], b: Sequence[Span], language: str = "en", b_is_date: bool = False
) -> list[Said]:
    """What the sentence says of the things that stand at `a` and at `b`; nothing if that is not plain.

    >>> said("TechCorp is a competitor of ACME.", [(0, 8)], [(28, 32)])[0].predicate
    'competitor of'
    """
    if not a or not b or any(x < y2 and y < x2 for x, x2 in a for y, y2 in b):
        a, b = _disjoint(a, b)
    if not a or not b or len(sentence) > 1200:
        return []
    if language == "ru":
        from kg.extract.between_russian import read as read_russian  # noqa: PLC0415  # loads a parser

        return read_russian(sentence, a, b)
    simple = _simple(sentence, a, b)
    if simple is not None:
        return [simple]
    from kg.extract.between_english import read as read_english  # noqa: PLC0415  # loads a parser

    return read_english(sentence, a, b, b_is_date)


def _disjoint(a: Sequence[Span], b: Sequence[Span]) -> tuple[list[Span], list[Span]]:
    """Without the places of one that lie inside the other's: "ACME" in "ACME Europe"."""

    def inside(x: Span, others: Sequence[Span]) -> bool:
        return any(o[0] <= x[0] and x[1] <= o[1] and o != x for o in others)

    left = [x for x in a if not inside(x, b)]
    right = [x for x in b if not inside(x, a) and x not in left]
    return left, right


def _simple(sentence: str, a: Sequence[Span], b: Sequence[Span]) -> Said | None:
    """Subject, predicate and object and no more, as tables of triples have them: no parser is needed."""
    text = sentence.strip().rstrip(".")
    lead = len(sentence) - len(sentence.lstrip())
    for side, first, last in (("a", a, b), ("b", b, a)):
        for s in first:
            for o in last:
                if s[0] - lead == 0 and o[1] - lead == len(text) and s[1] <= o[0]:
                    middle = sentence[s[1] : o[0]].strip()
                    words = _WORD.findall(middle)
                    untold = set(words) & _UNTOLD
                    if (
                        1 <= len(words) <= 3
                        and not untold
                        and middle == " ".join(words)
                        and middle == middle.lower()
                    ):
                        return _worded(side, words)  # type: ignore[arg-type]
    return None


def _worded(side: Side, words: Sequence[str]) -> Said | None:
    kept = content(words)
    if not kept or set(words) & _NEGATION:
        return None
    return Said(side, " ".join(kept), former=bool({w.lower() for w in words} & _FORMER))


def content(words: Iterable[str]) -> list[str]:
    """A predicate's words without articles, adverbs and auxiliaries; none if nothing is left to say.

    >>> content(["was", "first", "published", "by", "the"]), content(["is", "a"])
    (['published', 'by'], [])
    """
    said = list(words)
    kept = [w for w in said if w.lower() not in _DROPPED and w.lower() not in _FORMER]
    if not kept or all(w.lower() in _EMPTY for w in kept):
        return []
    if len(kept) == 1 and kept[0].lower() in {
        "in",
        "of",
        "on",
        "at",
        "to",
        "by",
        "for",
        "from",
        "within",
        "near",
    }:
        return [*[w for w in said if w.lower() in {"is", "was", "are", "were"}][:1], *kept]
    return kept if len(kept) <= MOST_WORDS else []


def period(sentence: str, verb: str, language: str, begins: frozenset[str], ends: frozenset[str]) -> Period:
    """When the sentence's one relation holds, by its one date; `verb` in base form."""
    found = dated(sentence, language)
    if len(found) != 1:
        return Period()
    d = found[0]
    if d.sort in ("point", "bare"):
        if verb in begins:
            return Period(d.period.start, "")
        return Period("", d.period.end) if verb in ends else Period()
    return d.period


def with_kind_words(text: str, span: Span) -> Span:
    """The span with the nouns after it that say what it is: "GraphRAG" in "the GraphRAG system"."""
    start, end = span
    for word in re.finditer(r"\s+([^\W\d_]+)", text[end : end + 40]):
        if word.start() != end - span[1] or word[1] not in class_words() or not word[1].islower():
            break
        end = span[1] + word.end()
    return start, end


def spans(text: str, names: Iterable[str]) -> list[Span]:
    """Where the text has any of these names, the longest of overlapping ones."""
    found: list[Span] = []
    for name in sorted(set(names), key=lambda n: (-len(n), n)):
        for place in surface.places(name, text, 8):
            if not any(place[0] < e and s < place[1] for s, e in found):
                found.append(place)
    return sorted(found)
