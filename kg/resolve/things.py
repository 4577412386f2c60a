"""The things that each document speaks of: within one document a name means one thing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rdflib import Literal

from kg import names
from kg.model import Evidence, ExtractedEntity, Extraction, Period, TextUnit
from kg.names import Name
from kg.resolve import kinds


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation as one of its ends sees it; `other` is a thing's number, None if it is a literal."""

    predicate: str
    other: int | None
    value: Literal | None
    period: Period
    outward: bool  # the thing is the subject


@dataclass(eq=False, slots=True)
class Thing:
    """What one document calls by one name; filled while reading, then left alone."""

    number: int
    document_id: str
    name: Name
    spellings: Counter[str] = field(default_factory=Counter)
    aliases: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    descriptions: set[str] = field(default_factory=set)
    evidence: set[Evidence] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    languages: Counter[str] = field(default_factory=Counter)
    ties: list[Tie] = field(default_factory=list)

    @property
    def kinds(self) -> frozenset[str]:
        return kinds.branches(self.types)


@dataclass(frozen=True)
class Things:
    all: tuple[Thing, ...]
    by_unit: Mapping[str, tuple[int, ...]]
    by_name: Mapping[tuple[str, str], int]  # (unit id, name as extracted) -> number

    def of(self, unit_id: str, name: str) -> Thing | None:
        number = self.by_name.get((unit_id, name))
        return None if number is None else self.all[number]


def gather(extractions: Iterable[Extraction], units: Mapping[str, TextUnit]) -> Things:
    """Independent of the order of the extractions."""
    read = sorted(extractions, key=lambda e: _place(e.unit_id, units))
    said: dict[tuple[str, tuple[str, ...]], list[tuple[ExtractedEntity, str]]] = defaultdict(list)
    for extraction in read:
        document = _document(extraction.unit_id, units)
        for entity in _entities(extraction):
            said[(document, word_key(names.name(entity.name)))].append((entity, extraction.unit_id))
    _join_aliases(said)
    things: list[Thing] = []
    by_unit: dict[str, dict[int, None]] = defaultdict(dict)
    by_name: dict[tuple[str, str], int] = {}
    for (document, key), mentions in sorted(said.items()):
        for group in _kinds_apart(mentions):
            thing = _thing(len(things), document, key, group, units)
            things.append(thing)
            for entity, unit_id in group:
                by_unit[unit_id][thing.number] = None
                by_name.setdefault((unit_id, entity.name), thing.number)
    found = Things(tuple(things), {u: tuple(n) for u, n in by_unit.items()}, by_name)
    _tie(read, found)
    return found


def _join_aliases(said: dict[tuple[str, tuple[str, ...]], list[tuple[ExtractedEntity, str]]]) -> None:
    """What a document calls "Alice" is what alone it gives that name as an alias."""
    owners: dict[tuple[str, tuple[str, ...]], set[tuple[str, ...]]] = defaultdict(set)
    for (document, key), mentions in said.items():
        for entity, _ in mentions:
            for alias in entity.aliases:
                short = word_key(names.name(alias))
                if short != key:
                    owners[(document, short)].add(key)
    owned = {(document, key) for (document, _), keys in owners.items() for key in keys}
    for (document, short), keys in sorted(owners.items()):
        if len(keys) != 1 or (document, short) not in said or (document, short) in owned:
            continue
        owner = said[(document, next(iter(keys)))]
        mentions = said[(document, short)]
        kinds_ = [kinds.branches(e.type for e, _ in group) for group in (owner, mentions)]
        if not kinds.clash(*kinds_) or _given_name(short, next(iter(keys)), *kinds_):
            owner += [(_of_kind(e, kinds_[0]), u) for e, u in said.pop((document, short))]


def _given_name(
    short: tuple[str, ...], owner: tuple[str, ...], is_: frozenset[str], called: frozenset[str]
) -> bool:
    """A recogniser takes a first name that stands alone for a firm: "Alice joined TechCorp"."""
    return kinds.person(is_) and called == {"Organization"} and len(owner) > 1 and short == owner[:1]


def _of_kind(entity: ExtractedEntity, known: frozenset[str]) -> ExtractedEntity:
    """The mention without a kind that its owner is not of."""
    return replace(entity, type="") if kinds.clash(known, kinds.branches([entity.type])) else entity


def word_key(name: Name) -> tuple[str, ...]:
    return name.words or (" ".join(name.label.casefold().split()),)


def _place(unit_id: str, units: Mapping[str, TextUnit]) -> tuple[str, int, str]:
    unit = units.get(unit_id)
    return (unit.document_id, unit.start, unit_id) if unit else ("", 0, unit_id)


def _document(unit_id: str, units: Mapping[str, TextUnit]) -> str:
    unit = units.get(unit_id)
    return unit.document_id if unit else unit_id


def _entities(extraction: Extraction) -> list[ExtractedEntity]:
    """Those extracted, and the ends of relations that nobody listed."""
    listed = {e.name for e in extraction.entities}
    found = [e for e in extraction.entities if e.name.strip()]
    for relation in extraction.relations:
        for end in (relation.subject, relation.object):
            if end.strip() and end not in listed:
                listed.add(end)
                found.append(ExtractedEntity(end, evidence=relation.evidence[:1]))
    return found


def _kinds_apart(mentions: Sequence[tuple[ExtractedEntity, str]]) -> list[list[tuple[ExtractedEntity, str]]]:
    """One group, unless some mentions are of a person and others of something else."""
    sides: dict[str, list[tuple[ExtractedEntity, str]]] = defaultdict(list)
    for entity, unit_id in mentions:
        branch = kinds.branch(entity.type)
        sides[branch if branch in ("Person", "Place") else "other" if branch else ""].append(
            (entity, unit_id)
        )
    known = [s for s in sides if s]
    whole = frozenset(b for e, _ in mentions if (b := kinds.branch(e.type)))
    if len(known) < 2 or not any(kinds.clash(frozenset({a}), whole - {a}) for a in whole):
        return [list(mentions)]
    if "Person" not in sides:
        return [list(mentions)]
    person = sides["Person"]
    rest = [m for s in known if s != "Person" for m in sides[s]]
    larger = person if len(person) >= len(rest) else rest
    larger.extend(sides.get("", ()))
    return [person, rest]


def _thing(
    number: int,
    document: str,
    key: tuple[str, ...],
    mentions: Sequence[tuple[ExtractedEntity, str]],
    units: Mapping[str, TextUnit],
) -> Thing:
    called = Counter(e.name.strip() for e, _ in mentions)
    spellings = Counter({s: n for s, n in called.items() if word_key(names.name(s)) == key})
    common = min(spellings, key=lambda s: (-spellings[s], s))
    thing = Thing(number, document, names.name(common), spellings)
    thing.aliases.update(s for s in called if s not in spellings)
    for entity, unit_id in mentions:
        thing.units.add(unit_id)
        thing.evidence.update(entity.evidence)
        thing.aliases.update(a.strip() for a in entity.aliases if a.strip() and a.strip() != entity.name)
        if entity.type.strip():
            thing.types[plain_type(entity.type)] += 1
        if entity.description.strip():
            thing.descriptions.add(entity.description.strip())
        if unit_id in units:
            thing.languages[units[unit_id].language] += 1
    return thing


def plain_type(type_: str) -> str:
    """ "ORGANIZATION" -> "organization", "research_project" -> "research project"."""
    words = type_.replace("_", " ").split()
    return " ".join(w.lower() if w.isupper() and len(words) == 1 else w for w in words)[:80]


def _tie(extractions: Iterable[Extraction], things: Things) -> None:
    for extraction in extractions:
        for r in extraction.relations:
            subject = things.of(extraction.unit_id, r.subject)
            object_ = things.of(extraction.unit_id, r.object) if r.object else None
            if subject:
                other = object_.number if object_ else None
                subject.ties.append(Tie(r.predicate, other, r.value, r.period, True))
            if object_:
                object_.ties.append(
                    Tie(r.predicate, subject.number if subject else None, None, r.period, False)
                )
