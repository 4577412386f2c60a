"""A question read as a query: the things it names, the relation, the kind of thing, the dates.

Only a question of which every word is understood is read; anything else is for retrieval.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rdflib import URIRef

from kg import morphology, names
from kg.answer.graph.amounts import Amount, amount
from kg.answer.graph.grammar import is_subject
from kg.answer.graph.model import Asked, Form, Times
from kg.answer.graph.ranks import Rank, beginnings, numbered, rank, sizes
from kg.answer.graph.relations import Meaning, meanings, symmetric
from kg.answer.graph.words import listed, opening
from kg.extract.dates import Dated, dated
from kg.model import Ontology, Property
from kg.ontology.tables import class_words
from kg.text.language import language
from kg.vocab import slug

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:[-'’.][^\W_]+)*")
LONGEST = 300  # characters of a question that is read at all
NAME_WORDS = 7
_YEAR = re.compile(r"1\d{3}|20\d\d")

Linker = Callable[[Sequence[str]], dict[str, tuple[URIRef, ...]]]
"""Names as they stand in the question -> the things they name; names of nothing are left out."""


@dataclass
class _Words:
    """The question's words, and which of them are understood."""

    text: str
    said: list[str] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    used: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        for m in _WORD.finditer(self.text):
            word = m.group().removesuffix("'s").removesuffix("’s")
            self.said.append(word)
            self.start.append(m.start())
            self.end.append(m.end())
            self.used.append(False)

    def use(self, start: int, end: int) -> None:
        """Characters that are understood."""
        for i in range(len(self.said)):
            if self.start[i] < end and self.end[i] > start:
                self.used[i] = True

    def take(self, at: Iterable[int]) -> None:
        """Words that are understood."""
        for i in at:
            self.used[i] = True

    def before(self, at: int) -> str:
        return self.said[at - 1].lower() if at > 0 else ""


@dataclass(frozen=True, slots=True)
class _Anchor:
    at: int  # word
    until: int
    things: tuple[URIRef, ...]


def readings(question: str, ontology: Ontology, link: Linker) -> Iterator[Asked]:
    """The ways in which a question can be read, the likeliest first."""
    found = opening(question)
    if found is None or found[0] == "other" or len(question) > LONGEST:
        return
    form: Form = found[0]  # type: ignore[assignment]
    words = _Words(question)
    words.use(found[1], found[2])
    anchors = _anchors(words, link)
    bound = amount(words.said, words.used)  # before the dates: "more than 2000" is no year
    words.take(range(bound.first, bound.last) if bound else ())
    times = _times(words)
    ranked = rank(words.said, words.used)
    words.take(ranked.at)
    kept = list(words.used)
    for with_class in (True, False):
        words.used[:] = kept
        classes = (
            _classes(words, found[2], ranked.at, ontology) if with_class and form in ("count", "list") else ()
        )
        if with_class and form in ("count", "list") and not classes:
            continue
        valued = bound is not None or ranked.which in ("most", "least")
        said = meanings(words.said, words.used, ontology, numbers=valued)
        for first, last, _ in said:
            words.used[first:last] = [True] * (last - first)
        _kinds(words, [i for a in anchors for i in (a.at - 1, a.until)] + ([bound.last] if bound else []))
        if not all(u or w.lower() in listed("empty") for u, w in zip(words.used, words.said, strict=True)):
            continue
        yield from _asked(form, words, anchors, said, classes, times, ranked, bound, ontology)


def _asked(
    form: Form,
    words: _Words,
    anchors: Sequence[_Anchor],
    said: Sequence[tuple[int, int, Sequence[Meaning]]],
    classes: tuple[URIRef, ...],
    times: Times,
    ranked: Rank,
    bound: Amount | None,
    ontology: Ontology,
) -> Iterator[Asked]:
    """The readings of a question of which every word is understood."""
    alone = not (anchors or times)
    if bound or ranked.which in ("most", "least"):
        values: tuple[Property, ...] = ()
        if alone and len(said) == 1:
            values = numbered([m.property for m in said[0][2]], ontology)
        elif alone and not said and ranked.sized and not bound:
            values = sizes(classes, ontology)
        if values:
            yield Asked(form, values, classes=classes, extreme=ranked.which, amount=bound)
    elif len(said) == 1:
        for one in _related(form, words, anchors, said[0], classes, times, bool(ranked.which)):
            yield replace(one, extreme=ranked.which)
    elif alone and not said and ranked.aged:
        born = beginnings(form, classes, ontology)
        if born:
            yield Asked(form, born, classes=classes, extreme=ranked.which)
    elif alone and not said and classes and not ranked.which:
        yield Asked(form, classes=classes)


def _kinds(words: _Words, beside: Sequence[int]) -> None:
    """A kind beside a name or after a number says nothing more: "the company ACME", "больше 300 человек"."""
    for at in beside:
        if 0 <= at < len(words.said) and not words.used[at]:
            word = words.said[at].lower()
            base = morphology.lemma(word) if morphology.is_russian(word) else names.singular(word)
            words.used[at] = base in class_words() or word in class_words()


def _related(
    form: Form,
    words: _Words,
    anchors: Sequence[_Anchor],
    said: tuple[int, int, Sequence[Meaning]],
    classes: tuple[URIRef, ...],
    times: Times,
    ranked: bool,
) -> Iterator[Asked]:
    first, last, options = said
    if len(anchors) > 2 or not (anchors or classes or times or ranked):
        return
    ways = dict.fromkeys((m.effect, m.inverse, m.leaning) for m in options)
    for way in ways:
        effect, turned, leaning = way
        found = (m.property for m in options if (m.effect, m.inverse, m.leaning) == way)
        chosen = tuple(dict.fromkeys(found))
        subjects, objects = _ends(words, anchors, first, last, turned, leaning, chosen)
        both = bool(anchors) and all(map(symmetric, chosen))
        yield Asked(form, chosen, subjects, objects, classes, effect, times, both=both)


def _ends(
    words: _Words,
    anchors: Sequence[_Anchor],
    first: int,
    last: int,
    turned: bool,
    leaning: bool,
    properties: Sequence[Property],
) -> tuple[tuple[URIRef, ...], tuple[URIRef, ...]]:
    """Which named thing is the subject of the properties, which the object."""
    if not anchors:
        return (), ()
    russian = _russian(words.text)

    def does(anchor: _Anchor) -> bool:
        return is_subject(words.said, anchor.at, anchor.until, first, last, leaning, russian)

    if len(anchors) == 2:
        a, b = anchors
        if does(b) and (not does(a) or (last < len(words.said) and words.said[last].lower() == "by")):
            a, b = b, a
        return (b.things, a.things) if turned else (a.things, b.things)
    anchor = anchors[0]
    values = all(p.kind == "datatype" for p in properties)
    return (anchor.things, ()) if values or does(anchor) != turned else ((), anchor.things)


def _times(words: _Words) -> Times:
    """The bounds that the question's first date sets; its words are then understood."""
    for d in dated(words.text, "ru" if _russian(words.text) else "en"):
        inside = [i for i in range(len(words.said)) if words.start[i] < d.end and words.end[i] > d.start]
        if not inside or any(words.used[i] for i in inside):
            continue  # the year of a name
        at = inside[0]
        lead = words.before(at) if d.sort == "bare" else words.said[at].lower()
        words.use(d.start, d.end)
        if d.sort == "bare" and lead in listed("after") | listed("before"):
            words.used[at - 1] = True
        return _bounds(d, lead)
    for at, word in enumerate(words.said):  # a bare year may be a quantity, but not after these
        edge = words.before(at)
        if edge in listed("after") | listed("before") and _YEAR.fullmatch(word) and not words.used[at]:
            words.used[at - 1 : at + 1] = [True, True]
            return Times(after=f"{word}~") if edge in listed("after") else Times(before=word)
    return Times()


def _bounds(found: Dated, lead: str) -> Times:
    first, last = found.period.start, found.period.end
    one = first or last
    if found.sort == "range" and first != last:
        return Times(after=_eve(first), before=f"{last}~")
    if lead in listed("after"):
        return Times(after=f"{one}~")
    if found.sort == "until" or lead in listed("before"):
        return Times(before=one)
    return Times(after=_eve(one)) if found.sort == "since" else Times(within=one)


def _eve(time: str) -> str:
    """What sorts just before a day, month or year."""
    return time[:-1] + chr(ord(time[-1]) - 1) + "~"


def _anchors(words: _Words, link: Linker) -> list[_Anchor]:
    spans = [
        (i, i + n)
        for n in range(min(NAME_WORDS, len(words.said)), 0, -1)
        for i in range(len(words.said) - n + 1)
        if any(w[0].isupper() or w[0].isdigit() for w in words.said[max(i, 1) : i + n])
        and not {words.said[i], words.said[i + n - 1]} & listed("empty")
    ]
    text = {(i, j): words.text[words.start[i] : words.end[j - 1]] for i, j in spans}
    known = link(sorted(set(text.values()))) if spans else {}
    found: list[_Anchor] = []
    for i, j in spans:
        if text[i, j] in known and not any(words.used[i:j]):
            words.used[i:j] = [True] * (j - i)
            found.append(_Anchor(i, j, known[text[i, j]]))
    return sorted(found, key=lambda a: a.at)


def _classes(words: _Words, after: int, ranks: Container[int], ontology: Ontology) -> tuple[URIRef, ...]:
    """The class said right after the question word, with all below it."""
    at = next((i for i, s in enumerate(words.start) if s >= after and not words.used[i]), None)
    while (
        at is not None and at < len(words.said) and (words.said[at].lower() in listed("empty") or at in ranks)
    ):
        at += 1
    if at is None or at >= len(words.said) or words.used[at]:
        return ()
    word = words.said[at].lower()
    base = morphology.lemma(word) if morphology.is_russian(word) else names.singular(word)
    said = {slug(w) for w in (word, base, class_words().get(base, ""), class_words().get(word, "")) if w}
    own = [c.iri for c in ontology.classes if said & {slug(n) for n in (c.label, *c.synonyms)}]
    below = tuple(c.iri for c in ontology.classes if set(own) & ontology.ancestors(c.iri))
    if below:
        words.used[at] = True
    return below


def _russian(text: str) -> bool:
    return language(text) == "ru"
