"""What is put into the index: text units, entities and facts, and which of them are gone."""

from collections.abc import Mapping
from dataclasses import dataclass

from rdflib import Literal, URIRef

from kg.model import Entity, Fact, Mention, TextUnit


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A text unit with its document's title (not the file's name) and the names seen in it."""

    unit: TextUnit
    title: str = ""
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact as a sentence. `iri` is its assertion's."""

    iri: URIRef
    sentence: str
    fact: Fact
    subject_label: str = ""
    object_label: str = ""


@dataclass(frozen=True, slots=True)
class IndexDelta:
    """What a version changes. A row whose key is there already replaces it from this version on.

    `removed_units` are unit ids, `removed_entities` IRIs, `removed_facts` IRIs of assertions.
    """

    units: tuple[UnitRow, ...] = ()
    entities: tuple[Entity, ...] = ()
    facts: tuple[FactRow, ...] = ()
    removed_units: tuple[str, ...] = ()
    removed_entities: tuple[str, ...] = ()
    removed_facts: tuple[str, ...] = ()


def fact_row(iri: URIRef, fact: Fact, labels: Mapping[URIRef, str]) -> FactRow:
    """The fact as a sentence of its labels; `labels` of its subject, predicate and object."""
    subject = labels.get(fact.subject, "")
    object_ = str(fact.object) if isinstance(fact.object, Literal) else labels.get(fact.object, "")
    sentence = " ".join(x for x in (subject, labels.get(fact.predicate, ""), object_) if x)
    return FactRow(iri, sentence, fact, subject, object_)
