"""A question read as a query: the things it names, the relation, the kind of thing, the dates.

Only a question of which every word is understood is read; anything else is for retrieval.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rdflib import URIRef

from kg import morphology, names
from kg.answer.graph.model import Asked, Form, Times
from kg.answer.graph.relations import Meaning, meanings
from kg.answer.graph.words import listed, opening
from kg.extract.dates import Dated, dated
from kg.model import Ontology, Property
from kg.ontology.phrase import PREPOSITIONS
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

    def before(self, at: int) -> str:
        return self.said[at - 1].lower() if at > 0 else ""


@dataclass(frozen=True, slots=True)
class _Anchor:
    at: int  # word
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
    times = _times(words)
    kept = list(words.used)
    for with_class in (True, False):
        words.used[:] = kept
        classes = _classes(words, found[2], ontology) if with_class and form in ("count", "list") else ()
        if with_class and form in ("count", "list") and not classes:
            continue
        said = meanings(words.said, words.used, ontology)
        for first, last, _ in said:
            words.used[first:last] = [True] * (last - first)
        if not all(u or w.lower() in listed("empty") for u, w in zip(words.used, words.said, strict=True)):
            continue
        if len(said) == 1:
            yield from _related(form, words, anchors, said[0], classes, times)
        elif not said and classes and not anchors and not times:
            yield Asked(form, classes=classes)


def _related(
    form: Form,
    words: _Words,
    anchors: Sequence[_Anchor],
    said: tuple[int, int, Sequence[Meaning]],
    classes: tuple[URIRef, ...],
    times: Times,
) -> Iterator[Asked]:
    first, last, options = said
    if len(anchors) > 2 or not (anchors or classes or times):
        return
    for effect in dict.fromkeys(m.effect for m in options):
        for turned in (False, True):
            chosen = tuple(m.property for m in options if m.inverse == turned and m.effect == effect)
            if not chosen:
                continue
            for subjects, objects in _ends(words, anchors, first, last, turned, chosen):
                yield Asked(form, chosen, subjects, objects, classes, effect, times)


def _ends(
    words: _Words,
    anchors: Sequence[_Anchor],
    first: int,
    last: int,
    turned: bool,
    properties: Sequence[Property],
) -> Iterator[tuple[tuple[URIRef, ...], tuple[URIRef, ...]]]:
    """Which named thing is the subject, which the object; a second way where grammar leaves it open."""
    if not anchors:
        yield (), ()
        return
    by = last < len(words.said) and words.said[last].lower() == "by"
    if len(anchors) == 2:
        a, b = anchors
        if _russian(words.text) and words.before(a.at) in PREPOSITIONS:
            a, b = b, a
        yield (b.things, a.things) if turned or by else (a.things, b.things)
        yield (a.things, b.things) if turned or by else (b.things, a.things)
        return
    anchor = anchors[0]
    values = all(p.kind == "datatype" for p in properties)
    subject, sure = _is_subject(words, anchor.at, first, by)
    ways = (subject != turned,) if sure else (subject != turned, subject == turned)
    for is_subject in (True,) if values else ways:
        yield (anchor.things, ()) if is_subject else ((), anchor.things)


def _is_subject(words: _Words, at: int, relation: int, by: bool) -> tuple[bool, bool]:
    """Whether the named thing does what is asked about, and whether that is sure."""
    low = [w.lower() for w in words.said]
    if _russian(words.text):
        if words.before(at) == "у":
            return True, True
        asks_who = low[0] in listed("subject_ru")
        return not (asks_who or words.before(at) in PREPOSITIONS), asks_who
    if by:
        return True, True
    if words.before(at) in listed("auxiliary"):
        return True, True
    if at > relation:
        return False, True
    passive = words.before(at) in listed("be") and low[relation].endswith(("ed", "en", "t"))
    return not passive, not passive


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
            found.append(_Anchor(i, known[text[i, j]]))
    return sorted(found, key=lambda a: a.at)


def _classes(words: _Words, after: int, ontology: Ontology) -> tuple[URIRef, ...]:
    """The class said right after the question word, with all below it."""
    at = next((i for i, s in enumerate(words.start) if s >= after and not words.used[i]), None)
    while at is not None and at < len(words.said) and words.said[at].lower() in listed("empty"):
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
