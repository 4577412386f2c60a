"""From resolved things and relations to typed entities and facts on properties of the ontology."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rdflib import URIRef

from kg.contents import evidence_order
from kg.descriptions import joined
from kg.model import (
    Entity,
    Fact,
    Ontology,
    Period,
    Property,
    Resolution,
    ResolvedEntity,
    ResolvedRelation,
    Term,
)
from kg.ontology.class_index import THING, ClassIndex
from kg.ontology.dates import date
from kg.ontology.endings import Ending, endings
from kg.ontology.kinds import Kind, hint_classes, kind
from kg.ontology.naming import name
from kg.ontology.phrase import Phrase
from kg.ontology.property_index import Use, define, functional_in, placed, supported
from kg.ontology.reading import End, Reader, Reading
from kg.ontology.said import Said, read_all
from kg.ontology.tables import ancestors, classes
from kg.periods import united
from kg.vocab import Dataset

if TYPE_CHECKING:
    from kg.embed import Embedder


@dataclass(frozen=True, slots=True)
class Induction:
    """A cycle in terms of the ontology.

    `ontology` holds new and edited terms only. `denied` are facts that the documents say do not hold
    (any more); `endings` things out of use; `unplaced` relations that no property could hold;
    `firm` entities whose kind the text itself states.
    """

    ontology: Ontology = field(default_factory=Ontology)
    entities: tuple[Entity, ...] = ()
    facts: tuple[Fact, ...] = ()
    denied: tuple[Fact, ...] = ()
    endings: tuple[Ending, ...] = ()
    unplaced: tuple[ResolvedRelation, ...] = ()
    firm: frozenset[URIRef] = frozenset()


def induce(
    dataset: Dataset,
    resolution: Resolution,
    ontology: Ontology,
    embedder: "Embedder | None" = None,
    approved: Sequence[Entity] = (),
) -> Induction:
    """Type and place everything; approved classes and properties first. Deterministic, order-free."""
    things = {e.iri: e for e in sorted(resolution.entities, key=lambda e: e.iri)}
    relations = sorted(resolution.relations, key=_order)
    index = ClassIndex(dataset, ontology, _language(things.values()))
    reader = Reader.of(dataset, ontology)
    given = {e.iri: e for e in approved}
    kinds = {iri: _kind(e, given.get(iri), index, ()) for iri, e in things.items()}
    said, unplaced = read_all(reader, relations, things, _ends(kinds, index))
    hints = _hints(said, ontology, index)
    kinds = {iri: _kind(e, given.get(iri), index, hints.get(iri, ())) for iri, e in things.items()}
    real = {iri: e for iri, e in things.items() if date(e.label) is None or e.approved}
    types = _types(kinds, index, frozenset(things) - frozenset(real))
    ends = {iri: End(index.names(types[iri]), kinds[iri].firm, above=index.above(types[iri])) for iri in real}
    said, unplaced = read_all(reader, relations, things, ends)
    said = supported(name(said, ends, embedder), ontology, dataset)
    unplaced += [s.relation for s in said if s.reading is None]
    said = [s for s in said if s.reading is not None]
    facts, denied, properties = _facts(dataset, said, types, index)
    entities = tuple(_entity(e, types[iri]) for iri, e in real.items())
    return Induction(
        ontology=Ontology(tuple(index.new[i] for i in sorted(index.new)), properties),
        entities=entities,
        facts=facts,
        denied=denied,
        endings=endings(real.values(), relations),
        unplaced=tuple(sorted(unplaced, key=_order)),
        firm=frozenset(iri for iri in real if kinds[iri].firm),
    )


def _order(relation: ResolvedRelation) -> tuple[str, ...]:
    return (
        str(relation.subject),
        relation.predicate,
        str(relation.object),
        relation.description,
        repr(relation),
    )


def _language(entities: object) -> str:
    counted = Counter(e.language for e in entities)  # type: ignore[attr-defined]
    return "ru" if counted["ru"] > sum(counted.values()) / 2 else "en"


def _kind(
    entity: ResolvedEntity, known: Entity | None, index: ClassIndex, hints: Sequence[tuple[str, ...]]
) -> Kind:
    """An approved type stands, unless the text states another; see `kg.merge` for the change."""
    names = index.names(known.types[0]) if known and known.types and known.types[0] != THING else ()
    return kind(entity, hints, names[0] if names else "")


def _ends(kinds: Mapping[URIRef, Kind], index: ClassIndex) -> dict[URIRef, End]:
    return {i: End(_names(k, index), k.firm) for i, k in kinds.items()}


def _names(k: Kind, index: ClassIndex) -> tuple[str, ...]:
    if k.name in classes():
        return ancestors(k.name)
    iri = index.of_words(k.name) if k.name else None
    return index.names(iri) if iri else ()


def _hints(
    said: Sequence[Said], ontology: Ontology, index: ClassIndex
) -> dict[URIRef, list[tuple[str, ...]]]:
    """For each thing, the classes that each of its properties is for, once for a property and side."""
    found: dict[URIRef, dict[tuple[str, bool], tuple[str, ...]]] = defaultdict(dict)
    for s in said:
        if not s.reading:
            continue
        for term, is_subject in ((s.subject, True), (s.object, False)):
            if not isinstance(term, URIRef):
                continue
            as_subject = is_subject ^ s.reading.inverse
            allowed = hint_classes(s.reading.standard.name, as_subject) if s.reading.standard else ()
            if not allowed and s.reading.approved:
                class_ = s.reading.approved.domain if as_subject else s.reading.approved.range
                allowed = index.names(class_)[:1] if class_ else ()
            if allowed:
                found[term][(s.reading.label, as_subject)] = allowed
    return {iri: [h[k] for k in sorted(h)] for iri, h in found.items()}


def _types(kinds: Mapping[URIRef, Kind], index: ClassIndex, times: frozenset[URIRef]) -> dict[URIRef, URIRef]:
    """A class for every thing: standard, approved by its words, or of its own where two things need it."""
    wanted = Counter(k.name.lower() for k in kinds.values() if k.name and k.name not in classes())
    found = {}
    for iri, k in kinds.items():
        if iri in times:
            continue
        known = index.of_words(k.name) if k.name and k.name not in classes() else None
        if k.name in classes():
            found[iri] = index.iri(k.name)
        elif known:
            found[iri] = known
        elif k.name and wanted[k.name.lower()] > 1:
            found[iri] = index.propose(k.name)
        else:
            found[iri] = THING
    return found


def _entity(e: ResolvedEntity, type_: URIRef) -> Entity:
    return Entity(
        iri=e.iri,
        label=e.label,
        language=e.language,
        types=(type_,),
        aliases=tuple(sorted(set(e.aliases) - {e.label})),
        description=e.description.strip(),
        evidence=tuple(sorted(set(e.evidence), key=evidence_order)),
    )


def _facts(
    dataset: Dataset, said: Sequence[Said], types: Mapping[URIRef, URIRef], index: ClassIndex
) -> tuple[tuple[Fact, ...], tuple[Fact, ...], tuple[Property, ...]]:
    readings: dict[URIRef, Reading] = {}
    uses: dict[URIRef, list[Use]] = defaultdict(list)
    values: dict[URIRef, dict[URIRef, set[object]]] = defaultdict(lambda: defaultdict(set))
    facts: dict[tuple[URIRef, URIRef, Term], list[Fact]] = defaultdict(list)
    denied: list[Fact] = []
    for s, reading, property_ in placed(dataset, said, index.ontology):
        subject, object_ = s.subject, s.object
        if reading.inverse and isinstance(object_, URIRef):
            subject, object_ = object_, subject
        literal = not isinstance(object_, URIRef)
        if reading.standard and reading.standard.symmetric and isinstance(object_, URIRef):
            subject, object_ = sorted((subject, object_))
        if subject == object_:
            continue
        fact = Fact(
            subject=subject,
            predicate=property_,
            object=object_,
            description=s.relation.description.strip(),
            confidence=s.relation.confidence,
            weight=s.relation.weight,
            periods=united(s.periods),
            qualifiers=tuple(sorted(set(s.qualifiers))),
            evidence=tuple(sorted(set(s.relation.evidence), key=evidence_order)),
        )
        known = readings.setdefault(property_, reading)
        if s.denied:
            denied.append(fact)
            if known is reading and property_ not in uses:
                del readings[property_]
            continue
        facts[fact.triple].append(fact)
        values[property_][subject].add(object_)
        uses[property_].append(
            Use(
                (types.get(subject, THING),),
                () if literal else (types.get(URIRef(object_), THING),),
                None if isinstance(object_, URIRef) else (object_.datatype or _STRING),
                ""
                if reading.inverse or reading.effect or s.phrase.over or s.phrase.passive
                else s.phrase.label,
            )
        )
    always_one = functional_in(values)
    properties = tuple(
        replace(p, functional=True)
        if p.iri in always_one and p.kind == "datatype" and not readings[p.iri].approved
        else p
        for p in define(dataset, uses, readings, index)
    )
    united_facts = tuple(one(facts[t]) for t in sorted(facts, key=str))
    return united_facts, tuple(sorted(denied, key=lambda f: str(f.triple))), properties


def _turned(words: Phrase) -> bool:
    """Whether the words alone would be read in another direction or time."""
    return words.over or words.passive


_STRING = URIRef("http://www.w3.org/2001/XMLSchema#string")


def one(facts: Sequence[Fact]) -> Fact:
    """Facts of one triple as one: evidence and periods united, descriptions merged, the best confidence."""
    first = min(facts, key=lambda f: (f.description, str(f)))
    description = ""
    for f in sorted(facts, key=lambda f: (f.description, str(f))):
        description = joined(description, f.description)
    periods: tuple[Period, ...] = united(p for f in facts for p in f.periods)
    return replace(
        first,
        description=description,
        confidence=max(f.confidence for f in facts),
        weight=sum(f.weight for f in facts),
        periods=periods,
        qualifiers=tuple(sorted({q for f in facts for q in f.qualifiers})),
        evidence=tuple(sorted({e for f in facts for e in f.evidence}, key=evidence_order)),
    )
