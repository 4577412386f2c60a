"""Properties of the facts: approved ones, widened where needed; new ones defined from what was seen."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rdflib import URIRef

from kg.model import Ontology, Property
from kg.ontology.class_index import THING, ClassIndex, named
from kg.ontology.reading import Reading
from kg.ontology.said import Said
from kg.ontology.tables import properties
from kg.vocab import XSD, Dataset

SYNONYMS = 8
ENOUGH = 3  # facts that a narrower property needs beside an approved wider one


@dataclass(frozen=True, slots=True)
class Use:
    """One fact's use of a property: the classes of its subject, and of its object or its datatype."""

    subject: tuple[URIRef, ...]
    object: tuple[URIRef, ...]
    datatype: URIRef | None
    words: str


def supported(said: Sequence[Said], ontology: Ontology, dataset: Dataset) -> list[Said]:
    """A narrower standard property with little support gives way to its wider one.

    One that excludes another keeps its own: the contradiction is what people want to see.
    """
    count = Counter(s.reading.label for s in said if s.reading)
    out = []
    for told in said:
        s, reading = told, told.reading
        standard = reading.standard if reading else None
        if reading and standard and standard.parent and not reading.approved and not standard.excludes:
            wider = properties()[standard.parent]
            known = ontology.property_by_iri.get(dataset.property_(wider.name))
            if count[reading.label] < (ENOUGH if known else 2):
                label = known.label if known else wider.label
                s = replace(s, reading=replace(reading, label=label, standard=wider, approved=known))
        out.append(s)
    return out


def placed(dataset: Dataset, said: Sequence[Said], ontology: Ontology) -> list[tuple[Said, Reading, URIRef]]:
    """Each relation with its property's IRI: one IRI is one kind of property, approved ones keep theirs."""
    objects = {
        dataset.property_(named(s.reading.label, "property"))
        for s in said
        if s.reading and not s.reading.standard and not s.reading.approved and isinstance(s.object, URIRef)
    }
    objects |= {p.iri for p in ontology.properties if p.kind == "object"}
    objects |= {dataset.property_(name) for name, p in properties().items() if not p.literal}
    values = {p.iri for p in ontology.properties if p.kind == "datatype"}
    values |= {dataset.property_(name) for name, p in properties().items() if p.literal}
    found = []
    for s in said:
        reading = s.reading
        assert reading is not None
        literal = not isinstance(s.object, URIRef)
        if reading.approved:
            found.append((s, reading, reading.approved.iri))
            continue
        iri = dataset.property_(
            reading.standard.name if reading.standard else named(reading.label, "property")
        )
        if not reading.standard and iri in (objects if literal else values):
            label = f"{reading.label} value" if literal else f"has {reading.label}"
            reading, iri = replace(reading, label=label), dataset.property_(named(label, "property"))
        known = ontology.property_by_iri.get(iri)
        if known:
            reading = replace(reading, label=known.label, approved=known)
        found.append((s, reading, iri))
    return found


def define(
    dataset: Dataset,
    uses: Mapping[URIRef, Sequence[Use]],
    readings: Mapping[URIRef, Reading],
    index: ClassIndex,
) -> tuple[Property, ...]:
    """New properties, and approved ones whose domain or range has to be wider."""
    found = []
    for iri in sorted(uses):
        reading = readings[iri]
        if reading.approved:
            wider = _widened(reading.approved, uses[iri], index)
            if wider != reading.approved:
                found.append(wider)
        else:
            found.append(_new(dataset, iri, reading, uses[iri], index, set(uses)))
    return tuple(found)


def _new(
    dataset: Dataset, iri: URIRef, reading: Reading, uses: Sequence[Use], index: ClassIndex, all_: set[URIRef]
) -> Property:
    standard = reading.standard
    literal = uses[0].datatype is not None
    domain = _class_over((u.subject for u in uses), standard.domain if standard else None, index)
    range_ = (
        _datatype(uses)
        if literal
        else _class_over((u.object for u in uses), standard.range if standard else None, index)
    )
    parent = dataset.property_(standard.parent) if standard and standard.parent else None
    known_parent = parent in all_ or parent in index.ontology.property_by_iri
    words = Counter(u.words for u in uses)
    label = standard.labelled(index.language) if standard else reading.label
    synonyms = [w for w in sorted(words, key=lambda w: (-words[w], w)) if w and w != label]
    return Property(
        iri=iri,
        label=label,
        kind="datatype" if literal else "object",
        language=index.language,
        comment=_comment(index, label, domain, range_, literal),
        domain=domain,
        range=range_,
        inverse=iri if standard and standard.symmetric else None,
        functional=bool(standard and standard.functional),
        parents=(parent,) if parent and known_parent else (),
        synonyms=tuple(sorted(synonyms[:SYNONYMS])),
    )


def _comment(
    index: ClassIndex, label: str, domain: URIRef | None, range_: URIRef | None, literal: bool
) -> str:
    ru = index.language == "ru"
    anything = "что угодно" if ru else "anything"
    left = index.label(domain).lower() if domain else anything
    right = anything
    if range_:
        right = range_.rsplit("#", 1)[-1] if literal else index.label(range_).lower()
    return f"{left} — {label} — {right}"


def _class_over(
    seen: Iterable[tuple[URIRef, ...]], allowed: Sequence[str] | None, index: ClassIndex
) -> URIRef | None:
    """The standard class that covers all that was seen, else the most specific one over it.

    `allowed` None: no standard relation; empty: one that holds between any things.
    """
    if allowed is not None and not allowed:
        return None
    iris = {i for types in seen for i in types if i != THING}
    if not iris:
        return index.iri(allowed[0]) if allowed and len(allowed) == 1 else None
    for name in allowed or ():
        if all(name in index.names(i) for i in iris):
            return index.iri(name)
    return index.common(iris)


def _widened(p: Property, uses: Sequence[Use], index: ClassIndex) -> Property:
    domain = _wider(p.domain, {i for u in uses for i in u.subject}, index)
    range_ = p.range
    if p.kind == "object":
        range_ = _wider(p.range, {i for u in uses for i in u.object}, index)
    elif p.range is not None:
        kinds = {u.datatype for u in uses if u.datatype} - {p.range}
        if kinds and not (_is_date(p.range) and all(_is_date(k) for k in kinds)):
            range_ = _datatype([*uses, Use((), (), p.range, "")])
        elif kinds:
            range_ = None
    return replace(p, domain=domain, range=range_)


def _wider(class_: URIRef | None, seen: set[URIRef], index: ClassIndex) -> URIRef | None:
    """The class itself if it covers all that was seen, else the nearest that does, else none."""
    if class_ is None:
        return None
    outside = {i for i in seen if i != THING and class_ not in index.above(i)}
    return index.common([class_, *outside]) if outside else class_


def _datatype(uses: Iterable[Use]) -> URIRef | None:
    """The one datatype seen; none for dates of several precisions; string for a mixture."""
    kinds = {u.datatype for u in uses if u.datatype}
    if len(kinds) == 1:
        return kinds.pop()
    return None if all(_is_date(k) for k in kinds) else URIRef(XSD.string)


def _is_date(datatype: URIRef) -> bool:
    return datatype in (XSD.date, XSD.gYear, XSD.gYearMonth, XSD.dateTime)


def functional_in(values: Mapping[URIRef, Mapping[URIRef, set[object]]]) -> frozenset[URIRef]:
    """Properties that never have two values for one subject, seen on enough subjects to believe it."""
    return frozenset(
        iri
        for iri, by_subject in values.items()
        if len(by_subject) >= 10 and all(len(v) == 1 for v in by_subject.values())
    )
