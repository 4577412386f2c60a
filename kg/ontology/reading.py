"""Which property a wording means, in which direction, and whether it begins or ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rdflib import URIRef

from kg.model import Ontology, Property
from kg.ontology.kinds import class_of_nouns
from kg.ontology.phrase import PREPOSITIONS, Phrase, phrase, stem, without_complement, without_kind
from kg.ontology.tables import (
    Effect,
    StandardProperty,
    Wording,
    ancestors,
    class_words,
    properties,
    wordings,
)
from kg.ontology.words import words
from kg.vocab import XSD, Dataset

VAGUE = words("vague")  # wordings that say nothing: they never become a property
_DATES = frozenset({XSD.date, XSD.gYear, XSD.gYearMonth, XSD.dateTime})
NUMBERS = frozenset({XSD.integer, XSD.int, XSD.decimal, XSD.double, XSD.nonNegativeInteger, XSD.float})


@dataclass(frozen=True, slots=True)
class End:
    """What stands at one end of a relation: standard class names, nearest first, or a datatype."""

    names: tuple[str, ...] = ()
    firm: bool = False
    datatype: URIRef | None = None
    above: tuple[URIRef, ...] = ()  # its class and all above it, where these are known


@dataclass(frozen=True, slots=True)
class Reading:
    """A property by its standard or own label, or an approved one."""

    label: str
    inverse: bool = False
    effect: Effect = ""
    standard: StandardProperty | None = None
    approved: Property | None = None
    exact: bool = True


@dataclass(frozen=True)
class Reader:
    dataset: Dataset
    ontology: Ontology
    by_stems: Mapping[tuple[str, ...], tuple[tuple[Property, bool], ...]]
    by_standard: Mapping[str, tuple[Property, bool]]

    @classmethod
    def of(cls, dataset: Dataset, ontology: Ontology) -> "Reader":
        by_stems: dict[tuple[str, ...], list[tuple[Property, bool]]] = {}
        by_standard: dict[str, tuple[Property, bool]] = {}
        for p in sorted(ontology.properties, key=lambda p: p.iri):
            for label in (p.label, *p.synonyms, p.iri.rsplit("#", 1)[-1]):
                read = phrase(label)
                known = by_stems.setdefault(read.stems, [])
                if p not in {k for k, _ in known}:
                    known.append((p, read.passive))
        for label in properties():
            own = ontology.property_by_iri.get(dataset.property_(label))
            if own:
                by_standard[label] = (own, False)
        standing = {p.iri for p, _ in by_standard.values()}
        for p in sorted(ontology.properties, key=lambda p: p.iri):
            if p.iri in standing:
                continue
            read = phrase(p.label)
            for wording in wordings().get(read.stems, ()):
                standard = properties()[wording.property]
                if not wording.effect and (p.kind == "datatype") == bool(standard.literal):
                    by_standard.setdefault(wording.property, (p, wording.inverse ^ read.passive))
                    break
        return cls(dataset, ontology, {k: tuple(v) for k, v in by_stems.items() if k}, by_standard)

    def read(self, said: Phrase, subject: End, object_: End) -> Reading | None:
        """The property that these words mean between these ends; None if none is known."""
        if not said.stems:
            return None
        for property_, turned in self.by_stems.get(said.stems, ()):
            if (property_.kind == "datatype") == (object_.datatype is not None):
                standard = self._standard_of(property_)
                told = [w for w in wordings().get(said.stems, ()) if standard and w.property == standard.name]
                inverse, effect = (told[0].inverse, told[0].effect) if told else (turned, "")
                ends = (object_, subject) if inverse ^ said.passive else (subject, object_)
                named = said.stems in (phrase(property_.label).stems, _local(property_))
                if standard and not named and (fitness(standard, *ends) or 0.0) < -0.3:
                    continue
                if not standard and (known := wordings().get(said.stems)):
                    # it was made for ends that no standard relation of these words fits: it stays for these
                    fits = self._of_wordings(known, said, subject, object_, exact=True)
                    if fits or not _within(property_, *ends):
                        continue
                return Reading(property_.label, inverse ^ said.passive, effect, standard, property_)
        for stems in _variants(said):
            found = self._of_wordings(wordings().get(stems, ()), said, subject, object_, exact=True)
            if found:
                return found
        return self._by_gap(said, subject, object_) or self._by_title(said, subject, object_)

    def _standard_of(self, property_: Property) -> StandardProperty | None:
        return next((properties()[n] for n, (p, _) in self.by_standard.items() if p == property_), None)

    def of_standard(self, name: str, inverse: bool = False, effect: Effect = "") -> Reading:
        """The approved property that stands for a standard one, else the standard one."""
        standard = properties()[name]
        approved = self.by_standard.get(name)
        if approved:
            return Reading(approved[0].label, inverse ^ approved[1], effect, standard, approved[0])
        return Reading(standard.label, inverse, effect, standard)

    def _of_wordings(
        self, found: Sequence[Wording], said: Phrase, subject: End, object_: End, exact: bool
    ) -> Reading | None:
        best: tuple[float, Wording] | None = None
        for wording in found:
            inverse = wording.inverse ^ said.passive
            p = properties()[wording.property]
            score = fitness(p, *((object_, subject) if inverse else (subject, object_)))
            if score is not None and (best is None or score > best[0]):
                best = (score, wording)
        if best is None:
            return None
        # its own name means the relation whatever it is between; other wordings only where the ends fit
        own = exact and best[1].property in _named(said.stems)
        if best[0] < (-0.3 if exact else 0.0) and not own:
            return None
        return self.of_standard(best[1].property, best[1].inverse ^ said.passive, best[1].effect)

    def _by_gap(self, said: Phrase, subject: End, object_: End) -> Reading | None:
        """ "holds a degree in Machine Learning from": a known wording with words in between."""
        stems = said.stems
        last = stems[-1] if stems[-1] in PREPOSITIONS else ""
        for size in range(min(4, len(stems) - 1), 0, -1):
            head = stems[:size]
            # "works on the pipeline for" works on it too; "involved in the project at" is not in it
            tries = [head] if size >= 2 and head[-1] in PREPOSITIONS and last in {"", "of", "for"} else []
            if last:
                tries.append((*head, last))
            if last and size >= 2:
                tries.append((head[0], *stems[-2:]))
            if not last and size >= 2:
                tries.append(head)
            for tried in tries:
                for known, turned in self.by_stems.get(tried, ()) if tried == head else ():
                    if (known.kind == "datatype") == (object_.datatype is not None):
                        standard = self._standard_of(known)
                        return Reading(known.label, turned ^ said.passive, "", standard, known, exact=False)
                if len(tried) < len(stems) and len(stems) - len(tried) <= 5:
                    found = self._of_wordings(wordings().get(tried, ()), said, subject, object_, False)
                    if found:
                        return found
        for size in range(len(stems) - 1, 1, -1) if stems[0] in words("light") else ():
            found = self._of_wordings(wordings().get(stems[-size:], ()), said, subject, object_, False)
            if found:
                return found
        return None

    def _by_title(self, said: Phrase, subject: End, object_: End) -> Reading | None:
        """ "senior software engineer at": a person's title before a preposition is a job there."""
        title = said.words
        if len(title) < 2 or title[-1] not in {"at", "of", "for", "in", "with", "в", "на"}:
            return None
        if class_of_nouns(list(title[:-1])) != "Person" or "Organization" not in object_.names:
            return None
        return self.of_standard("works at", said.passive)


def _within(property_: Property, subject: End, object_: End) -> bool:
    """Whether the ends are, as far as is known, of the property's domain and range."""
    left = property_.domain is None or not subject.above or property_.domain in subject.above
    right = property_.kind == "datatype" or property_.range is None or not object_.above
    return left and (right or property_.range in object_.above)


def _local(property_: Property) -> tuple[str, ...]:
    return phrase(property_.iri.rsplit("#", 1)[-1]).stems


@lru_cache(maxsize=4096)
def _named(stems: tuple[str, ...]) -> frozenset[str]:
    """The standard properties that are called so."""
    return frozenset(n for n, p in properties().items() if stems in (phrase(n).stems, phrase(p.label).stems))


def _variants(said: Phrase) -> list[tuple[str, ...]]:
    """The stems; those without a complement ("uses for search"); those without the subject's own noun."""
    found = [said.words]
    for short in (without_complement(said.words), without_kind(said.words, class_words())):
        found.append(short)
        found.append(without_complement(short))
    return [tuple(stem(w) for w in v) for v in dict.fromkeys(found)]


def fitness(p: StandardProperty, subject: End, object_: End) -> float | None:
    """How well a standard property fits its ends, from -2 to 2; None if it cannot be between them."""
    if bool(p.literal) != (object_.datatype is not None):
        return None
    if subject.datatype is not None:
        return None
    if p.literal:
        assert object_.datatype is not None
        return _one(p.domain, subject) + 1.0 if _same_kind(p.literal, object_.datatype) else None
    left, right = _one(p.domain, subject), _one(p.range, object_)
    # what is certainly of another kind is not made up for by the other end
    return -2.0 if min(left, right) <= -1.0 else left + right


def _one(allowed: tuple[str, ...], end: End) -> float:
    if not allowed:
        return 0.4
    if not end.names:
        return 0.25
    if set(allowed) & set(end.names):
        return 1.0 - 0.01 * allowed.index(next(a for a in allowed if a in end.names))
    if any(end.names[0] in ancestors(a) for a in allowed):
        return 0.5
    return -1.0 if end.firm else -0.6


def _same_kind(literal: str, datatype: URIRef) -> bool:
    if literal == "date":
        return datatype in _DATES
    if literal == "integer":
        return datatype in NUMBERS
    return datatype not in _DATES and datatype not in NUMBERS
