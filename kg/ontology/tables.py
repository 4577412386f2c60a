"""The standard vocabulary: kinds of things and relations by common usage, from the two TOML files beside."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from typing import Literal as OneOf

from kg.ontology.phrase import PREPOSITIONS, Phrase, phrase, stem

Effect = OneOf["", "start", "end"]


@dataclass(frozen=True, slots=True)
class StandardClass:
    name: str  # UpperCamelCase, the end of its IRI
    label: str
    ru: str
    parent: str = ""

    def labelled(self, language: str) -> str:
        return self.ru if language == "ru" else self.label


@dataclass(frozen=True, slots=True)
class StandardProperty:
    name: str  # what its IRI is made of
    label: str
    ru: str
    domain: tuple[str, ...] = ()  # class names it is for, () for any
    range: tuple[str, ...] = ()
    literal: str = ""  # an XSD datatype's name instead of a range
    parent: str = ""
    functional: bool = False
    fixed: bool = False  # another value contradicts: a birth date does not change
    role: bool = False  # holds for a time, usually with one object at a time
    symmetric: bool = False
    closes: bool = False  # the object is out of use
    event: bool = False  # it happened once: a date is when, not since when
    excludes: tuple[str, ...] = ()
    counts: str = ""  # the relation whose subjects this numbers

    def labelled(self, language: str) -> str:
        return self.ru if language == "ru" else self.label


@dataclass(frozen=True, slots=True)
class Wording:
    """One way of saying a relation: which, in which direction, and what it says about time."""

    property: str
    inverse: bool = False
    effect: Effect = ""
    leaning: bool = False  # ends in a preposition: "founded in"


@cache
def classes() -> Mapping[str, StandardClass]:
    raw = tomllib.loads(Path(__file__).with_name("classes.toml").read_text(encoding="utf-8"))
    return {
        name: StandardClass(name, c.get("label", name), c["ru"], c.get("parent", ""))
        for name, c in raw.items()
    }


@cache
def class_words() -> Mapping[str, str]:
    """Noun (several words joined by "-", singular) -> name of the class that it says."""
    raw = tomllib.loads(Path(__file__).with_name("classes.toml").read_text(encoding="utf-8"))
    words: dict[str, str] = {}
    for name, c in raw.items():
        for word in (*c.get("words", "").split(), *c.get("words_ru", "").split()):
            words.setdefault(word.replace("ё", "е"), name)
    for name, c in raw.items():  # a class's own labels win
        for label in (c.get("label", name), c["ru"], name):
            words[label.lower().replace("ё", "е").replace(" ", "-")] = name
    return words


@cache
def ancestors(name: str) -> tuple[str, ...]:
    """The class and all above it, nearest first."""
    found = []
    while name:
        found.append(name)
        name = classes()[name].parent
    return tuple(found)


@cache
def properties() -> Mapping[str, StandardProperty]:
    return {
        name: StandardProperty(
            name=name,
            label=p.get("label", name),
            ru=p["ru"],
            domain=tuple(p.get("domain", "").split()),
            range=tuple(p.get("range", "").split()),
            literal=p.get("literal", ""),
            parent=p.get("parent", ""),
            functional=p.get("functional", False),
            fixed=p.get("fixed", False),
            role=p.get("role", False),
            symmetric=p.get("symmetric", False),
            closes=p.get("closes", False),
            event=p.get("event", False),
            excludes=tuple(x for x in p.get("excludes", "").split("; ") if x),
            counts=p.get("counts", ""),
        )
        for name, p in _raw_properties().items()
    }


@cache
def wordings() -> Mapping[tuple[str, ...], tuple[Wording, ...]]:
    """Stems of a wording -> the relations it may mean, in the order of the table."""
    found: dict[tuple[str, ...], list[Wording]] = {}

    def add(stems: tuple[str, ...], wording: Wording) -> None:
        known = found.setdefault(stems, [])
        if wording.property not in {w.property for w in known}:
            known.append(replace(wording, leaning=len(stems) > 1 and stems[-1] in PREPOSITIONS))

    for (
        name,
        p,
    ) in _raw_properties().items():  # what a relation is called comes before what others call theirs
        for own in (phrase(p.get("label", name)), phrase(name), phrase(p["ru"])):
            add(own.stems, Wording(name, own.passive))
    for name, p in _raw_properties().items():
        for group, inverse, effect in _GROUPS:
            for form in _forms(p, group):
                read = phrase(form)
                add(read.stems, Wording(name, inverse ^ read.passive, effect))
    return {stems: tuple(ws) for stems, ws in found.items() if stems}


@cache
def turnings(name: str) -> Mapping[tuple[str, ...], Effect]:
    """The wordings that say that a relation begins or ends ("joined", "left", "left for"), longest first."""
    said = {stems: w.effect for stems, ws in wordings().items() for w in ws if w.property == name}
    return {stems: said[stems] for stems in sorted(said, key=lambda s: (-len(s), s)) if said[stems]}


_GROUPS: tuple[tuple[str, bool, Effect], ...] = (
    ("forms", False, ""),
    ("starts", False, "start"),
    ("ends", False, "end"),
    ("inverse", True, ""),
    ("inverse_starts", True, "start"),
    ("inverse_ends", True, "end"),
)


def _forms(p: Mapping[str, str], group: str) -> list[str]:
    both = "; ".join(p[g] for g in (group, f"{group}_ru") if g in p)
    return [f for f in both.split("; ") if f]


@cache
def _raw_properties() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("properties.toml").read_text(encoding="utf-8"))


__all__ = [
    "Effect",
    "Phrase",
    "StandardClass",
    "StandardProperty",
    "Wording",
    "ancestors",
    "class_words",
    "classes",
    "properties",
    "stem",
    "wordings",
]
