"""What the relations say, read against the known properties: property, direction, time."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rdflib import Literal, URIRef

from kg.contents import evidence_order
from kg.model import Period, ResolvedEntity, ResolvedRelation, Term
from kg.ontology.dates import date, is_date, period_in
from kg.ontology.mentions import masked
from kg.ontology.named import Named
from kg.ontology.phrase import PREPOSITIONS, Phrase, phrase, stem
from kg.ontology.reading import VAGUE, End, Reader, Reading
from kg.ontology.tables import StandardProperty, turnings, wordings
from kg.periods import FORMER, united
from kg.vocab import XSD

SHORT = 300  # characters: a longer description tells more than one thing, its dates may be of another


@dataclass(frozen=True, slots=True)
class Said:
    """One relation as read; `reading` is None while no known property fits."""

    subject: URIRef
    object: Term
    phrase: Phrase
    reading: Reading | None
    relation: ResolvedRelation
    periods: tuple[Period, ...] = ()
    qualifiers: tuple[tuple[str, str], ...] = ()
    denied: bool = False  # "no longer", "not": it closes a fact, it is none


def read_all(
    reader: Reader,
    relations: Sequence[ResolvedRelation],
    things: Mapping[URIRef, ResolvedEntity],
    kinds: Mapping[URIRef, End],
) -> tuple[list[Said], list[ResolvedRelation]]:
    """The relations as read, and those that say nothing a property could hold."""
    named = Named(things.values())
    names = named.names
    days = {iri: day for iri, e in things.items() if (day := date(e.label)) is not None}
    said: list[Said] = []
    dated: list[ResolvedRelation] = []
    vague: list[ResolvedRelation] = []
    for given in relations:
        relation = given
        if relation.subject in days:
            if relation.object in days or isinstance(relation.object, Literal):
                vague.append(relation)
                continue
            # "September 2025 - opening of - Berlin": the date tells of the other end
            assert isinstance(relation.object, URIRef)
            relation = replace(relation, subject=relation.object, object=days[relation.subject])
        elif relation.object in days:
            assert isinstance(relation.object, URIRef)
            relation = replace(relation, object=days[relation.object])
        words = _words(relation.predicate, names)
        if not words.stems or all(s in VAGUE or s in PREPOSITIONS for s in words.stems):
            vague.append(relation)
        elif is_date(relation.object):
            dated.append(relation)
        else:
            said.append(_read(reader, relation, words, kinds, things))
    about: dict[URIRef, list[int]] = defaultdict(list)  # places in `said`
    for i, other in enumerate(said):
        for end in {t for t in (other.subject, other.object) if isinstance(t, URIRef)}:
            about[end].append(i)
    for relation in dated:
        if not _attach(reader, relation, things, kinds, said, about, names):
            words = _words(relation.predicate, names)
            read = _read(reader, relation, words, kinds, things)
            if read.reading is None and _third(relation, things, named):
                read = replace(read, phrase=replace(read.phrase, gapped=True))
            said.append(read)
    return said, vague


def _read(
    reader: Reader,
    relation: ResolvedRelation,
    words: Phrase,
    kinds: Mapping[URIRef, End],
    things: Mapping[URIRef, ResolvedEntity],
) -> Said:
    subject = kinds.get(relation.subject, End())
    reading = reader.read(words, subject, _end(relation.object, kinds))
    if reading is None and len(words.words) > 3:
        reading = _reduced(reader, words, subject, _end(relation.object, kinds))
    effect = reading.effect if reading else ""
    object_names: Sequence[str] = ()
    if isinstance(relation.object, URIRef) and reading:
        end = things.get(relation.subject if reading.inverse else relation.object)
        object_names = (end.label, *end.aliases) if end else ()
    periods = _periods(relation, effect, reading.standard if reading else None, object_names)
    qualifiers = relation.qualifiers
    if (words.over or effect == "end") and not any(p.end for p in periods):
        qualifiers = tuple(sorted({*qualifiers, FORMER}))
    return Said(
        relation.subject, relation.object, words, reading, relation, periods, qualifiers, denied=words.negated
    )


def _reduced(reader: Reader, words: Phrase, subject: End, object_: End) -> Reading | None:
    """A long wording read by its verb and last preposition, where these mean a known relation."""
    last = words.words[-1]
    short = f"{words.words[0]} {last}" if last in PREPOSITIONS else words.words[0]
    found = reader.read(replace(phrase(short), passive=words.passive), subject, object_)
    return found


def _end(term: Term, kinds: Mapping[URIRef, End]) -> End:
    if isinstance(term, URIRef):
        return kinds.get(term, End())
    return End(datatype=term.datatype or URIRef(XSD.string))


def _periods(
    relation: ResolvedRelation, effect: str, standard: StandardProperty | None, names: Sequence[str]
) -> tuple[Period, ...]:
    """The relation's own periods, turned where it tells of an end; else what its one sentence states."""
    if relation.periods:
        if effect == "end":
            return tuple(Period("", p.end or p.start) for p in relation.periods)
        return relation.periods
    role = bool(standard and standard.role)
    if not (effect or role):
        return ()
    if role and standard:
        told = clause_periods(relation, names, standard)
        if told:
            return told
    texts = [
        t for t in (relation.description, *(e.quote for e in relation.evidence)) if t and len(t) <= SHORT
    ]
    for text in texts:
        if len(re.findall(r"[.;!?](?:\s|$)", text.strip())) > 1:
            continue
        start, end = period_in(text, effect)
        if start or end:
            return (Period("", end or start),) if effect == "end" else (Period(start, end),)
    return ()


def clause_periods(
    relation: ResolvedRelation, names: Sequence[str], standard: StandardProperty
) -> tuple[Period, ...]:
    """When the role began or ended, by the one clause of a quote that says so of this object.

    "left TechCorp in April 2025 and rejoined ACME in May 2025" dates each by its own clause.
    """
    found: set[Period] = set()
    for e in relation.evidence:
        for clause in re.split(r"[,;.]\s|\s(?:and|but|и|а|но)\s", e.quote):
            if not any(masked(clause, n) for n in names if len(n) > 1):
                continue
            stems = tuple(stem(w) for w in re.findall(r"[^\W\d_]+", clause))
            effect = next((e for t, e in turnings(standard.name).items() if _within(t, stems)), "")
            if effect:
                start, end = period_in(clause, effect)
                found |= {Period(start, end)} if start or end else set()
    ends = [(p.start, p.end) for p in found]
    single = all(len({p[i] for p in ends if p[i]}) <= 1 for i in (0, 1))
    return united(found) if single else ()


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return any(whole[i : i + len(part)] == part for i in range(len(whole) - len(part) + 1))


def _attach(
    reader: Reader,
    relation: ResolvedRelation,
    things: Mapping[URIRef, ResolvedEntity],
    kinds: Mapping[URIRef, End],
    said: list[Said],
    about: Mapping[URIRef, Sequence[int]],
    names: frozenset[str],
) -> bool:
    """Give the date to the fact that it dates: "joined ACME in January 2020" dates "works at ACME"."""
    text = relation.description or relation.predicate
    if len(text) > SHORT:
        return False
    words = _words(_without_date_preposition(relation.predicate), names)
    if not words.stems:
        return False
    for i in about.get(relation.subject, ()):
        other = said[i]
        if not isinstance(other.object, URIRef):
            continue
        end = other.object if other.subject == relation.subject else other.subject
        if end not in things or not _names(things[end], text):
            continue
        forward = reader.read(words, kinds.get(other.subject, End()), kinds.get(other.object, End()))
        backward = reader.read(words, kinds.get(other.object, End()), kinds.get(other.subject, End()))
        for found in (forward, backward):
            if found and other.reading and found.label == other.reading.label:
                said[i] = _dated(other, str(relation.object), found.effect, relation)
                return True
        if words.content[:1] and words.content[:1] == other.phrase.content[:1]:
            said[i] = _dated(other, str(relation.object), "start", relation)
            return True
    return False


def _dated(other: Said, day: str, effect: str, relation: ResolvedRelation) -> Said:
    period = Period("", day) if effect == "end" else Period(day, "")
    joined = replace(
        other.relation,
        evidence=tuple(sorted({*other.relation.evidence, *relation.evidence}, key=evidence_order)),
    )
    return replace(other, periods=tuple(sorted({*other.periods, period})), relation=joined)


def _without_date_preposition(predicate: str) -> str:
    return re.sub(r"\s+(?:in|on|since|at|в|с)\s*$", "", predicate.strip())


def _third(relation: ResolvedRelation, things: Mapping[URIRef, ResolvedEntity], named: Named) -> bool:
    """Whether the sentence that dates something is about another thing as well: "promoted at X in 2020"."""
    own = things.get(relation.subject)
    mine = {n.casefold() for n in (own.label, *own.aliases)} if own else set()
    said = relation.description
    if not said or len(said) > SHORT:
        return False
    return any(
        e.iri != relation.subject and e.label.casefold() not in mine and date(e.label) is None
        for e in (things[iri] for iri in named.within(said))
    )


def _words(predicate: str, names: frozenset[str]) -> Phrase:
    """The predicate read; without the names in it, unless it is known with them ("holds PhD from")."""
    whole = phrase(predicate)
    if whole.stems in wordings():
        return whole
    bare = _without_names(predicate, names)
    # names between the words, taken out here or before, leave a hole
    inside = bare != predicate and not (predicate.startswith(bare) or predicate.endswith(bare))
    read = phrase(bare)
    holes = any(a in PREPOSITIONS and b in PREPOSITIONS for a, b in pairwise(read.words))
    return replace(read, gapped=inside or holes)


def _without_names(predicate: str, names: frozenset[str]) -> str:
    """The predicate without names of things: "joined ACME in" is "joined in"."""
    if predicate.islower() or " " not in predicate.strip():
        return predicate
    tokens = predicate.split()
    out: list[str] = []
    i = 0
    while i < len(tokens):
        for size in range(min(5, len(tokens) - i), 0, -1):
            named = " ".join(tokens[i : i + size])
            bare = named.strip(".,;:'’").removesuffix("'s").removesuffix("’s")
            if bare.casefold() in names and any(c.isupper() for c in bare):
                i += size
                break
        else:
            out.append(tokens[i])
            i += 1
    return " ".join(out)


def _names(entity: ResolvedEntity, text: str) -> bool:
    lowered = text.casefold()
    return any(len(n) > 2 and n.casefold() in lowered for n in (entity.label, *entity.aliases))
