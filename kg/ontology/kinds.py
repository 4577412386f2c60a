"""What kind of thing an entity is: its label, how the text defines it, its facts, then the extractor's word.

An extractor's type is often wrong in a way that the text itself corrects ("Fuseki: ORGANIZATION",
"Fuseki is a database"), so the words of the label and of definitions weigh more.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from kg.model import ResolvedEntity
from kg.ontology.mentions import HERE, masked
from kg.ontology.phrase import stem
from kg.ontology.tables import ancestors, class_words, properties
from kg.ontology.words import words

LABEL, DEFINITION, APPOSITION, FACT = 3.0, 3.0, 1.5, 1.25
REVIEWED = 8.0  # people have approved it: one definition alone does not overturn it
FIRM = 2.0  # a score from which a kind is held for certain
# extractors are right about people and places, and call everything else an organisation or an event
_TRUSTED = frozenset({"Person", "Place"})
_OF_FIRMS = frozenset({"Technology", "CreativeWork"})  # whose plurals firms are called by
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_STOP = re.compile(
    r"\s+(?:of|in|at|for|that|which|who|where|when|used|utilized|utilised|designed|developed|located|based|with|by|"
    r"on|from|to|was|is|are|were|has|currently|about|between|under|within|whose|since|than|as|into|focused|"
    r"known|specializing|built|owned|founded|created|among|как|который|которая|которое|для|из|на|в|с|по|от|где)\s"
    r"|[,.;:()\n\u2014]"
)
_IS_A = re.compile(
    HERE + r"(?:\s+[\w-]+)?\s*(?:\([^)]{0,60}\)\s*)?(?:,[^,.]{1,60},\s*)?"
    r"\s+(?:is|was|are|were|remains|became|is currently|was originally)\s+(?:\w+ly\s+)?"
    r"(?:one of the|an|a|the)\s+(?P<noun>.{2,80})"
)
_IS_A_RU = re.compile(
    HERE + r"\s*(?:\([^)]{0,60}\)\s*)?"
    r"(?:\s[\u2014\u2013-]\s(?:это\s+)?|\s+(?:является|был|была|это)\s+)(?P<noun>.{2,80})"
)
_AFTER = re.compile(HERE + r"\s+([^\W\d_]+)")
_BEFORE = re.compile(r"([\w-]+)\s+([\w-]+)\s+" + HERE)


@dataclass(frozen=True, slots=True)
class Kind:
    """A class by its name in the standard table, or the words of an unknown type; "" if nothing is known."""

    name: str
    score: float = 0.0

    @property
    def firm(self) -> bool:
        return self.score >= FIRM


def class_of_type(type_: str) -> str:
    """The standard class that an extractor's type word means, "" if none does.

    >>> class_of_type("ORGANIZATION"), class_of_type("Research Project"), class_of_type("GEO")
    ('Organization', 'Project', 'Place')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type_.replace("_", " ").replace("/", " "))
    return class_of_nouns(_WORD.findall(spaced.lower()))


def class_of_nouns(nouns: list[str]) -> str:
    """The class of a noun phrase, by its last words; a word before the last may make it narrower."""
    known = class_words()
    singular = [_singular(n.lower().replace("ё", "е")) for n in nouns]
    for size in (3, 2, 1):
        if len(singular) >= size:
            name = known.get("-".join(singular[-size:]))
            if name:
                return _narrowed(name, singular[:-size])
    return ""


def _narrowed(name: str, before: list[str]) -> str:
    """ "database system" is a database: an earlier word that names a kind of the last one decides."""
    for word in reversed(before[-2:]):
        other = class_words().get(word)
        if other and other != name and name in ancestors(other):
            return other
    return name


def kind(entity: ResolvedEntity, hints: Iterable[tuple[str, ...]] = (), reviewed: str = "") -> Kind:
    """The best supported kind; `hints` are the classes that each distinct property of its facts allows.

    `reviewed` is the class that people approved: it weighs most, and is no evidence of its own.
    """
    scores: dict[str, float] = {}
    fallback = ""

    def add(name: str, score: float) -> None:
        if name:
            scores[name] = scores.get(name, 0.0) + score

    said = [class_of_type(t) for t in entity.types]
    for i, (type_, name) in enumerate(zip(entity.types, said, strict=True)):
        if not name:
            fallback = fallback or type_
            continue
        trusted = 2.0 if set(ancestors(name)) & _TRUSTED else 1.0
        add(name, trusted / (1 + i))
    person = "Person" in said[:1]
    for label in (entity.label, *entity.aliases):
        name = class_of_label(label)
        if name:
            add(name, 1.5 if person else LABEL)
            break
    for name, score in defined(entity):
        add(name, score)
    for allowed in hints:
        branch = set(allowed)
        if len(branch) == 1:
            add(next(iter(branch)), FACT)
        elif branch and not any(set(ancestors(s)) & branch for s in scores):
            # several would do: the first of the table, but only just more than an extractor's guess
            add(allowed[0], FACT)
    if reviewed:
        evidence = dict(scores)
        add(reviewed, REVIEWED)
        best = _best(scores)
        top = ancestors(best.name)[-1]
        return Kind(best.name, sum(s for n, s in evidence.items() if ancestors(n)[-1] == top))
    if not scores:
        return Kind(fallback, 1.0) if fallback else Kind("")
    return _best(scores)


def _best(scores: Mapping[str, float]) -> Kind:
    """The branch with the most support, in it the narrowest class that the support leads to."""
    branch: dict[str, float] = {}
    for name, score in scores.items():
        branch[ancestors(name)[-1]] = branch.get(ancestors(name)[-1], 0.0) + score
    top = max(branch, key=lambda b: (branch[b], b))
    inside = {n: s for n, s in scores.items() if ancestors(n)[-1] == top}
    # a class is supported by what is said of it and of all above it
    support = {n: sum(inside.get(a, 0.0) for a in ancestors(n)) for n in inside}
    best = max(support, key=lambda n: (support[n], len(ancestors(n)), n))
    return Kind(best, branch[top])


def class_of_label(label: str) -> str:
    """What the label itself says: "Stanford University", "Ministry of Health", "ООО Ромашка"."""
    found = _WORD.findall(label)
    if len(found) < 2:
        return ""
    known = class_words()
    first = _singular(found[0].lower().replace("ё", "е"))
    lowered = [w.lower() for w in found]
    if "of" in lowered[1:-1]:
        cut = lowered.index("of", 1)
        return class_of_nouns(lowered[:cut]) if lowered[cut - 1] in known else ""
    cyrillic = "а" <= found[0][:1].lower() <= "я"
    if cyrillic and first in known:
        return known[first]
    last = class_of_nouns(lowered)
    # "Stephen King": a person's noun at the end of a name is a surname; "Orb Systems" may well be a firm
    several = (
        lowered[-1] not in known and not label.islower() and bool(last and _OF_FIRMS & set(ancestors(last)))
    )
    return "" if last == "Person" or several else last


def defined(entity: ResolvedEntity) -> list[tuple[str, float]]:
    """Classes that the descriptions and quotes give it: "X is a …", "the … X", "X …"."""
    texts = [entity.description[:1200], *(e.quote for e in entity.evidence[:6])]
    names = sorted({entity.label, *entity.aliases}, key=lambda n: (-len(n), n))[:6]
    found: dict[tuple[str, str], float] = {}
    for text in texts:
        for name in names:
            if len(name) < 2:
                continue
            for how, class_, score in _said_of(name, text):
                found[(how, class_)] = max(found.get((how, class_), 0.0), score)
    return [(class_, score) for (_, class_), score in sorted(found.items())]


def _said_of(name: str, text: str) -> Iterable[tuple[str, str, float]]:
    there = masked(text, name)
    if not there:
        return
    for pattern in (_IS_A, _IS_A_RU):
        for match in pattern.finditer(there):
            yield from _defines(match["noun"])
    for match in _AFTER.finditer(there):
        word = match[1]
        class_ = class_words().get(word.replace("ё", "е"), "") if word.islower() else ""
        if class_ and class_ != "Person":
            yield "apposition", class_, APPOSITION
    for match in _BEFORE.finditer(there):
        class_ = class_of_nouns([match[1].lower(), match[2]]) if match[2].islower() else ""
        if class_ and match[2] not in words("either"):
            yield "apposition", class_, APPOSITION


def _defines(noun: str) -> Iterable[tuple[str, str, float]]:
    cut = _STOP.search(noun + " ")
    phrase_ = noun[: cut.start()] if cut else noun
    for i, part in enumerate(re.split(r"\s+(?:and|и)\s+", phrase_)):
        nouns = _WORD.findall(part.lower())
        class_ = class_of_nouns(nouns)
        if class_:
            weak = nouns[-1] in words("either") and class_ == "Person"
            yield "definition", class_, (0.5 if weak else DEFINITION) / (1 + i)


def hint_classes(name: str, as_subject: bool) -> tuple[str, ...]:
    """The classes that a standard property is for; () if it says nothing about what stands there."""
    p = properties().get(name)
    if p is None:
        return ()
    if p.name == "uses" and not as_subject:
        return ("Technology",)  # anything can be used, but what texts say is used is mostly a tool
    return p.domain if as_subject else p.range


def _singular(noun: str) -> str:
    known = class_words()
    if noun in known:
        return noun
    for ending, instead in (("ies", "y"), ("ses", "s"), ("es", ""), ("s", ""), ("es", "e")):
        if noun.endswith(ending) and noun[: -len(ending)] + instead in known:
            return noun[: -len(ending)] + instead
    if "а" <= noun[:1] <= "я":
        return _russian_nouns().get(stem(noun), noun)
    return noun


@cache
def _russian_nouns() -> Mapping[str, str]:
    """Stem of a Russian noun of the table -> its dictionary form: texts inflect."""
    return {stem(w): w for w in class_words() if "а" <= w[:1] <= "я"}
