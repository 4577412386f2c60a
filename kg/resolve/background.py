"""What is known of a thing beside its name: company, work, birth, what it is said to be.

Two things of one name are told apart, or known to be one, by this.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from kg import morphology, names, surface
from kg.model import Entity, Period, TextUnit
from kg.names import Name
from kg.ontology.dates import date
from kg.ontology.kinds import class_of_nouns
from kg.ontology.phrase import stem
from kg.ontology.tables import ancestors, class_words
from kg.resolve import kinds
from kg.resolve.things import Thing, Things

MOST_PLACES = 8  # places in the text that are read for one thing
MOST_NEIGHBOURS = 200
LONGEST_NAME = 80  # characters of a quote that is a name, not a sentence
LONGEST_OPENING = 300  # characters of a sentence that serves as description
_SENTENCE_END = re.compile(r"[.!?…]+[\"»”)]*\s+(?=[«\"“(]?[A-ZА-ЯЁ])|\n+")
_PRONOUN = re.compile(r"\s*(?:He|She|They|His|Her|Он|Она|Его|Её|Ее)\b")
_ABBREVIATED = re.compile(r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|Inc|Ltd|Co|vs|[A-ZА-ЯЁ]|г|гг|им|ул|д|т))\.\s*$")
_BORN = re.compile(
    r"\b(?:born|née|nee|родил(?:ся|ась)|рожд[её]н(?:а|ия)?|род\.)[^.;)]{0,40}?\b(1\d{3}|20\d{2})\b"
    r"|\((?:b\.\s*|род\.\s*)?(1\d{3}|20\d{2})\s*(?:г\.\s*)?(?:[-–—]\s*(?:1\d{3}|20\d{2}|\s*))?\)",
    re.IGNORECASE,
)
_ADVERBS = r"(?:(?:currently|now|also|retired|former|originally)\s+)*"
_BE = r"(?:is|was|are|were|became|remains)"
_AS = r"(?:works? as|worked as|served as|serves as)"
_BE_RU = r"(?:является|являлся|являлась|был|была|стал|стала|работает|работал|работала|служил|служила)"
_PHRASE = r"(?P<role>[^\W\d_][^.,;:()\n]{1,70})"
_IT = "\x01"  # stands for the thing's names in a passage
_SUBJECT = rf"(?:{_IT}|(?:^|(?<=[.!?]\s))(?:He|She|Он|Она)\b)(?:\s*\([^)]{{0,60}}\))?"
_SAID_TO_BE = (
    re.compile(rf"{_SUBJECT}\s+{_BE}\s+{_ADVERBS}(?:an|a|the|one of the)\s+{_ADVERBS}{_PHRASE}"),
    re.compile(rf"{_SUBJECT}\s+{_AS}\s+{_ADVERBS}(?:(?:an|a|the)\s+)?{_PHRASE}"),
    re.compile(rf"{_SUBJECT}\s+{_BE_RU}\s+{_PHRASE}"),
    re.compile(rf"{_SUBJECT}\s*(?:,\s+(?:an|a|the)\s+|\s[—–-]\s+|,\s+(?=[а-яё])){_PHRASE}"),
)
_MADE = re.compile(rf"{_IT}\s+(?P<role>[а-яё]{{4,}})")  # "назначила Ивана директором"
_CALLED = re.compile(rf"(?P<role>\b\w+(?:\s+\w+)?)\s+{_IT}")
_WORKS = re.compile(
    r"(?P<how>\b(?:works?|worked|working|employed|serves?|served|teaches|taught|joined|[a-z]+(?:er|or|ist|ian|ant|ent)"
    r"|работает|работал|работала|преподаёт|преподает|преподавал|преподавала|служит|служил|служила)\b)"
    r"(?:\s+[^\W\d_.,;]+){0,5}?\s*(?:\b(?:at|for|with|by|joined|в|во|на)\b\s+)(?:the\s+)?"
    r"(?P<org>[«\"“]?[A-ZА-ЯЁ][\w&'’.-]*(?:\s+(?:of\s+|and\s+|&\s+)?[«\"“]?[A-ZА-ЯЁ][\w&'’-]*[»\"”]?){0,5})"
)
_PAST = re.compile(
    r"\b(?:worked|served|taught|former|formerly|previously|was|had|until|left|работал|работала|служил|служила|"
    r"преподавал|преподавала|бывш\w+|ранее|был|была)\b",
    re.IGNORECASE,
)
_EMPLOYS = re.compile(
    r"\b(?:work|employ|join|hire|ceo|cto|cfo|head of|director|professor|teach|serve|engineer at|scientist at)"
    r"|работа|служ|сотрудник|преподав|директор|возглавл|руковод",
    re.IGNORECASE,
)
_BIRTH = re.compile(r"\bborn\b|birth|родил|рожд", re.IGNORECASE)
_CUT = re.compile(
    r"\s+(?:of|in|at|for|that|which|who|where|when|with|by|on|from|to|and|based|как|который|которая|в|во|на|из|с|по|"
    r"для|от|и|при|у)\s"
)


@dataclass(eq=False, slots=True)
class Background:
    neighbours: dict[str, float] = field(default_factory=dict)  # folded name -> how much it tells
    called: dict[str, str] = field(default_factory=dict)  # folded name -> the name in lower case
    roles: set[str] = field(default_factory=set)  # stems of head nouns
    role_words: set[str] = field(default_factory=set)
    role_kinds: set[str] = field(default_factory=set)  # broadest classes of those nouns
    role_classes: set[str] = field(default_factory=set)  # their own classes
    births: set[str] = field(default_factory=set)
    employers: dict[str, tuple[Period, bool]] = field(default_factory=dict)  # folded name -> when, over
    fuller: set[str] = field(default_factory=set)  # whole names that this one-word name is a part of
    text: str = ""  # lower case: what an approved thing's description and quotes say
    documents: set[str] = field(default_factory=set)
    places: set[tuple[str, int]] = field(default_factory=set)  # document and offset of its evidence

    def add(self, other: "Background") -> None:
        for key, weight in other.neighbours.items():
            if len(self.neighbours) < MOST_NEIGHBOURS or key in self.neighbours:
                self.neighbours[key] = max(weight, self.neighbours.get(key, 0.0))
                self.called.setdefault(key, other.called.get(key, key))
        self.roles |= other.roles
        self.role_words |= other.role_words
        self.role_kinds |= other.role_kinds
        self.role_classes |= other.role_classes
        self.births |= other.births
        self.fuller |= other.fuller
        self.documents |= other.documents
        self.places |= other.places
        for key, when in other.employers.items():
            self.employers.setdefault(key, when)
        self.text = self.text or other.text


@dataclass(frozen=True, slots=True)
class Reader:
    things: Things
    units: Mapping[str, TextUnit]
    seen_in: Mapping[str, int]  # folded name -> documents that it occurs in
    documents: int
    whole: Mapping[tuple[str, str], frozenset[str]]  # (document, word) -> names of people, all folded

    def of_thing(self, thing: Thing) -> Background:
        found = Background(
            documents={thing.document_id}, places={(e.document_id, e.start) for e in thing.evidence}
        )
        passages = list(self._passages(thing))
        self._company(thing, found, "\n".join(passages).casefold())
        for tie in thing.ties:
            self._tie(tie_of=thing, found=found, other=tie.other, predicate=tie.predicate, period=tie.period)
            if tie.value is not None and tie.outward and _BIRTH.search(tie.predicate):
                found.births.update(re.findall(r"\b(?:1\d{3}|20\d{2})\b", str(tie.value)))
        quotes = {e.quote for e in sorted(thing.evidence)[:MOST_PLACES] if len(e.quote) <= LONGEST_NAME}
        inflected = {q for q in quotes if names.name(q).words == thing.name.words}
        spellings = tuple({*thing.spellings, *inflected})
        for passage in passages:
            _read(passage, spellings, thing.name, found)
        for description in sorted(thing.descriptions):
            _read(description[:600], spellings, thing.name, found)
        return found

    def of_entity(self, entity: Entity) -> Background:
        spellings = (entity.label, *entity.aliases)
        quotes = [e.quote for e in entity.evidence[:40]]
        found = Background(
            text="\n".join((entity.description, *quotes)).casefold(),
            documents={e.document_id for e in entity.evidence},
            places={(e.document_id, e.start) for e in entity.evidence},
        )
        for passage in (entity.description[:1500], *quotes[:MOST_PLACES]):
            _read(passage, spellings, names.name(entity.label), found)
        return found

    def _company(self, thing: Thing, found: Background, passages: str) -> None:
        """Names that stand in the same sentences or text units; whole names that this one is a part of."""
        own = set(thing.name.latin)
        if len(own) == 1:
            found.fuller |= self.whole.get((thing.document_id, thing.name.compact), frozenset())
        for unit_id in sorted(thing.units):
            for number in self.things.by_unit.get(unit_id, ())[:MOST_NEIGHBOURS]:
                other = self.things.all[number]
                if other is thing:
                    continue
                if len(found.neighbours) < MOST_NEIGHBOURS:
                    near = other.name.label.casefold() in passages
                    self._neighbour(other, found, 0.9 if near else 0.4, own)

    def _neighbour(self, other: Thing, found: Background, weight: float, own: set[str]) -> None:
        name = other.name
        if name.lower or len(name.compact) < 3 or own >= set(name.latin) or _is_date(name.label):
            return
        if kinds.place(other.kinds):
            weight *= 0.4
        common = self.seen_in.get(name.compact, 0)
        if common > 4 and common > 0.2 * self.documents:
            weight *= 0.3  # it is everywhere and tells little
        found.neighbours[name.compact] = max(weight, found.neighbours.get(name.compact, 0.0))
        found.called[name.compact] = name.label.casefold()

    def _tie(
        self, *, tie_of: Thing, found: Background, other: int | None, predicate: str, period: Period
    ) -> None:
        if other is None:
            return
        end = self.things.all[other]
        if _is_date(end.name.label):
            if _BIRTH.search(predicate):
                found.births.add(str(date(end.name.label))[:4])
            return
        self._neighbour(end, found, 1.0, set(tie_of.name.latin))
        if _EMPLOYS.search(predicate) and not end.kinds & {"Person", "Place"}:
            found.employers[names.core_key(end.name)] = (
                period,
                bool(_PAST.search(predicate)) or bool(period.end),
            )

    def opening(self, things: Iterable[Thing]) -> str:
        """The first sentence that begins with its name, with what goes on about it; else the first that has
        it, alone. A sentence that begins with another person does not tell who a person is."""
        some = list(things)[:3]
        names_ = tuple(s for t in some for s in t.spellings)
        own = [p for t in some for p in self._told(self._passages(t)) if p.startswith(names_)]
        if own:
            return own[0]
        alone = [
            p
            for t in some
            for p in self._told(_around(text, at, further=False) for text, at in self._texts(t))
            if not (kinds.person(t.kinds) and self._of_another(t, p))
        ]
        return alone[0] if alone else ""

    def _told(self, passages: Iterable[str]) -> Iterable[str]:
        return (" ".join(p.split()) for p in passages if 0 < len(p.strip()) <= LONGEST_OPENING)

    def _of_another(self, thing: Thing, passage: str) -> bool:
        first = names.name(passage.split(maxsplit=1)[0]).latin[:1]
        people = self.whole.get((thing.document_id, first[0]), frozenset()) if first else frozenset()
        return bool(people) and thing.name.compact not in people

    def _passages(self, thing: Thing) -> Iterable[str]:
        """The sentences that name it, each with a next one that begins with a pronoun."""
        return (_around(text, at) for text, at in self._texts(thing))

    def _texts(self, thing: Thing) -> Iterable[tuple[str, int]]:
        """Texts with where they name it."""
        for unit_id, at in sorted(self._places(thing))[:MOST_PLACES]:
            yield self.units[unit_id].text, at

    def _places(self, thing: Thing) -> set[tuple[str, int]]:
        found: set[tuple[str, int]] = set()
        for e in sorted(thing.evidence)[: 2 * MOST_PLACES]:
            unit = self.units.get(e.unit_id)
            if unit and 0 <= e.start - unit.start < len(unit.text):
                found.add((unit.id, e.start - unit.start))
        for unit_id in sorted(thing.units)[:MOST_PLACES]:
            unit = self.units.get(unit_id)
            for spelling in sorted(thing.spellings)[:3] if unit else ():
                at = unit.text.find(spelling) if unit else -1
                if at >= 0:
                    found.add((unit_id, at))
        return found


@lru_cache(maxsize=1 << 16)
def _is_date(label: str) -> bool:
    return any(c.isdigit() for c in label) and date(label) is not None


def _around(text: str, at: int, *, further: bool = True) -> str:
    """The sentence at this offset, at most 500 characters of it, and what goes on about it if `further`."""
    low, high = max(0, at - 250), min(len(text), at + 500)
    window = text[low:high]
    ends = [
        m.end() for m in _SENTENCE_END.finditer(window) if not _ABBREVIATED.search(window[: m.start() + 2])
    ]
    begin = max((e for e in ends if e <= at - low), default=0)
    later = [e for e in ends if e > at - low]
    end = later[0] if later else len(window)
    if not further:
        return window[begin:end]
    for following in later[1:] if later else []:
        if not _PRONOUN.match(window[end:]):
            break
        end = following
    if later and end == later[-1] and _PRONOUN.match(window[end:]):
        end = len(window)
    return window[begin:end]


def _read(passage: str, spellings: Iterable[str], name: Name, found: Background) -> None:
    if not passage:
        return
    found.births.update(a or b for a, b in _BORN.findall(passage))
    for match in list(_WORKS.finditer(passage))[:6]:
        key = names.core_key(names.name(match["org"].strip(" .")))
        before = passage[max(0, match.start() - 25) : match.end()]
        if key and key != name.compact:
            found.employers.setdefault(key, (Period(), bool(_PAST.search(before))))
    words = name.label.split()
    for spelling in sorted({*spellings, *words[-1:]} - {""}, key=lambda s: (-len(s), s))[:12]:
        passage = _marked(passage, spelling)
    if name.script == "cyrillic" and _IT not in passage:
        for start, end in reversed(surface.places(name.label, passage, 6)):
            passage = passage[:start] + _IT + passage[end:]
    for pattern in _SAID_TO_BE:
        for match in list(pattern.finditer(passage))[:6]:
            _role(match["role"], found)
    for match in list(_MADE.finditer(passage))[:6]:
        if morphology.is_person_noun(match["role"]):
            _role(morphology.lemma(match["role"]), found)
    for match in list(_CALLED.finditer(passage))[:6]:
        last = match["role"].split()[-1]
        if last.lower() in class_words() or morphology.is_person_noun(last):
            _role(match["role"][:1].lower() + match["role"][1:], found)


def _marked(passage: str, spelling: str) -> str:
    """The passage with _IT for the whole words of the spelling."""
    at = passage.find(spelling)
    while at >= 0:
        end = at + len(spelling)
        whole = not (passage[at - 1 : at].isalnum() or passage[end : end + 1].isalnum())
        passage = passage[:at] + _IT + passage[end:] if whole else passage
        at = passage.find(spelling, at + 1)
    return passage


def _role(phrase: str, found: Background) -> None:
    head = (_CUT.split(f"{phrase} ", maxsplit=1)[0]).split()
    words = [w.lower() for w in head if w[:1].islower() and w.isalpha()][-4:]
    if not words or words[0] in names.vocabulary()["function"] or words[-1] in names.vocabulary()["no_role"]:
        return
    role = stem(words[-1])
    found.roles.add(role)
    found.role_words.update(stem(w) for w in words)
    known = class_of_nouns(words)
    if known:
        found.role_kinds.add(ancestors(known)[-1])
        found.role_classes.add(known)
