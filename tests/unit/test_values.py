"""Values as JSON and back: exact, and only what the annotations allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from kg import values
from kg.model import (
    Change,
    ChangeSet,
    Entity,
    Evidence,
    ExtractedEntity,
    ExtractedRelation,
    Extraction,
    Fact,
    Fit,
    Kind,
    Merge,
    Ontology,
    OntologyClass,
    Period,
    Property,
)

A, B = URIRef("urn:a"), URIRef("urn:b")
QUOTE = Evidence("d", 0, 5, "Alice", "a.txt", page=2)
FACT = Fact(A, B, Literal("1999", datatype=XSD.gYear), periods=(Period("2015", ""),), evidence=(QUOTE,))
CHANGE = Change(
    "c1", "k1", Kind.merge_entities, Fit.turbulent, "Alice", "", "A. Smith",
    before=(Entity(A, "Alice"), OntologyClass(B, "Thing")),
    after=(FACT, Property(B, "works at", "object", domain=A)),
    merge=Merge(A, B, "Alice", "A. Smith", 0.75, ("initials: A",)),
    depends_on=("c0",),
)  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        FACT,
        CHANGE,
        ChangeSet(3, (CHANGE,)),
        Ontology((OntologyClass(A, "A", parents=(B,)),), (Property(B, "b", "datatype", range=XSD.date),)),
        Extraction(
            "u1",
            (ExtractedEntity("Alice", "person", evidence=(QUOTE,)),),
            (ExtractedRelation("Alice", "born", value=Literal("x", lang="ru"), qualifiers=(("a", "b"),)),),
        ),
        Fact(A, B, Literal("007", datatype=XSD.integer)),
        Fact(A, B, Literal("")),
    ],
    ids=lambda v: type(v).__name__,
)
def test_there_and_back(value: object) -> None:
    back = values.loads(type(value), values.dumps(value))
    assert back == value
    assert repr(back) == repr(value)
    assert values.from_lines(type(value), values.lines(value)) == value
    assert values.from_lines(type(value), [values.dumps(value)]) == value, "as it was written before"


def test_lines_hold_an_item_each() -> None:
    change_set = ChangeSet(3, (CHANGE, CHANGE))
    first, *items = values.lines(change_set)
    assert (len(first) < 60, len(items)) == (True, 2)
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in (first, *items))


def test_equal_texts_are_one_text_in_memory() -> None:
    long = Fact(A, B, Literal("x"), evidence=(QUOTE, QUOTE))
    one, two = values.loads(Fact, values.dumps(long)).evidence
    assert one.quote is two.quote


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False))
def test_any_text_and_number(text: str, number: float) -> None:
    fact = Fact(A, B, Literal(text), description=text, confidence=number)
    assert values.from_json(Fact, values.to_json(fact)) == fact


def test_a_literal_keeps_its_form() -> None:
    back = values.from_json(Literal, values.to_json(Literal("007", datatype=XSD.integer, normalize=False)))
    assert (str(back), back.datatype) == ("007", XSD.integer)


@pytest.mark.parametrize(
    "data",
    [
        {"@": "Entity", "iri": {"iri": "urn:a"}, "label": "A"},
        {"@": "Fact", "subject": "urn:a"},
        {"@": "Fact", "surprise": 1},
        {},
        [],
        "Fact",
        None,
    ],
)
def test_what_is_of_another_kind_is_refused(data: object) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        values.from_json(Fact, data)


def test_what_has_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        values.dumps(object())
