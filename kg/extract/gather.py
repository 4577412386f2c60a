"""What the rules read in a text unit, as an extraction of entities, relations and mentions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from kg.extract.claims import Claim, Read
from kg.extract.quotes import evidence
from kg.model import Evidence, ExtractedEntity, ExtractedRelation, Extraction, Mention, TextUnit

LONGEST_QUOTE = 600  # characters: a longer sentence is quoted from its subject's place on
QUOTES = 3  # of an entity
LONGEST_NAME = 90


def extraction(unit: TextUnit, reads: Iterable[Read], confidence: Mapping[str, float]) -> Extraction:
    """All of a unit's reads as one extraction; a fact that two sentences state has both quotes."""
    reads = tuple(reads)
    claims = _one_spelling([c for r in reads for c in r.claims if _sound(c)])
    relations = _relations(unit, claims, confidence)
    wanted = {c.subject for c in claims} | {c.object for c in claims if c.object}
    return Extraction(unit.id, _entities(unit, reads, wanted), relations, _mentions(unit, reads))


def _sound(claim: Claim) -> bool:
    ends = [claim.subject, claim.object] if claim.value is None else [claim.subject]
    if claim.value is None and claim.subject.casefold() == claim.object.casefold():
        return False
    return all(1 < len(e) <= LONGEST_NAME and any(c.isalnum() for c in e) for e in ends)


def _one_spelling(claims: Sequence[Claim]) -> list[Claim]:
    """Names that differ only in capitals are spelled as they are first."""
    spelled: dict[str, str] = {}

    def first(name: str) -> str:
        return spelled.setdefault(name.casefold(), name)

    return [replace(c, subject=first(c.subject), object=first(c.object)) for c in claims]


def _relations(
    unit: TextUnit, claims: Sequence[Claim], confidence: Mapping[str, float]
) -> tuple[ExtractedRelation, ...]:
    same: dict[tuple[str, str, str, str], list[Claim]] = {}
    for c in claims:
        value = c.value.n3() if c.value is not None else ""
        same.setdefault((c.subject.casefold(), c.predicate, c.object.casefold(), value), []).append(c)
    out = []
    for group in same.values():
        best = max(group, key=lambda c: (bool(c.period.start or c.period.end), confidence.get(c.rule, 0.5)))
        quotes = tuple(dict.fromkeys(_quote(unit, c.start, c.end, c.subject, c.object) for c in group))
        out.append(
            ExtractedRelation(
                subject=group[0].subject,
                predicate=best.predicate,
                object=group[0].object,
                value=best.value,
                confidence=round(max(confidence.get(c.rule, 0.5) for c in group), 2),
                weight=float(len(quotes)),
                period=best.period,
                qualifiers=tuple(sorted({q for c in group for q in c.qualifiers})),
                evidence=quotes,
            )
        )
    return tuple(out)


def _quote(unit: TextUnit, start: int, end: int, *names: str) -> Evidence:
    """The sentence; of a very long one the part with the names."""
    start, end = _trimmed(unit.text, start, end)
    if end - start > LONGEST_QUOTE:
        places = [p for n in names if n and (p := unit.text.find(n, start, end)) >= 0]
        first = min(places, default=start)
        start = max(start, first - LONGEST_QUOTE // 3)
        end = min(end, start + LONGEST_QUOTE)
        start, end = _trimmed(unit.text, start, end)
    return evidence(unit, start, end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))


def _entities(unit: TextUnit, reads: Sequence[Read], wanted: set[str]) -> tuple[ExtractedEntity, ...]:
    """The ends of the relations, and the proper names whose kind is known."""
    types: dict[str, str] = {}
    spelled = {name.casefold(): name for name in sorted(wanted)}
    places: dict[str, list[tuple[int, int]]] = {}
    for read in reads:
        for name in read.names:
            known = name.type or read.types.get(name.name, "")
            if name.name.casefold() in spelled or (name.proper and known and name.name in read.sure):
                key = name.name.casefold()
                spelled.setdefault(key, name.name)
                types[key] = types.get(key) or known
                sentence = next(
                    (s for s in read.sentences if s[0] <= name.start < s[1]), (name.start, name.end)
                )
                places.setdefault(key, []).append(sentence)
    out = []
    for key, name_ in spelled.items():
        definitions = [d for r in reads for d in r.definitions if d.name.casefold() == key]
        sentences = [(d.start, d.end) for d in definitions] + places.get(key, [])
        quotes = tuple(dict.fromkeys(_quote(unit, a, b, name_) for a, b in sentences))[:QUOTES]
        aliases = [a for r in reads for a in r.aliases.get(name_, ()) if a.casefold() != key]
        out.append(
            ExtractedEntity(
                name=name_,
                type=types.get(key, "") or next((t for r in reads if (t := r.types.get(name_, ""))), ""),
                description=next((d.text for d in definitions), ""),
                aliases=tuple(dict.fromkeys(aliases)),
                evidence=quotes,
            )
        )
    return tuple(out)


def _mentions(unit: TextUnit, reads: Sequence[Read]) -> tuple[Mention, ...]:
    found = {
        Mention(n.name, unit.start + n.start, unit.start + n.end, n.type)
        for r in reads
        for n in r.names
        if 1 < len(n.name) <= LONGEST_NAME and any(c.isalpha() for c in n.name)
    }
    return tuple(sorted(found, key=lambda m: (m.start, m.end, m.name)))
