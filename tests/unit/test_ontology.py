"""Induction: kinds from what texts say, wordings of one relation on one property, direction and time."""

from dataclasses import replace

import numpy as np
import pytest
from knowledge_world import DATASET, Graph, relation, thing
from rdflib import Literal
from rdflib.namespace import XSD

from kg.model import Fact, Ontology, OntologyClass, Period, Property, Resolution
from kg.ontology import induce
from kg.ontology.phrase import phrase
from kg.ontology.tables import class_words, classes, properties

ANN = thing("Ann Lee", "person")
BOB = thing("Bob Ray", "person")
ORB = thing("Orb Systems", "organization", "Orb Systems is a company.")
KITE = thing("Kite", "organization", "Kite is a graph database used by Orb Systems.")
OSLO = thing("Oslo", "geo", "Oslo is a city in Norway.")


def facts(*relations) -> list[tuple[str, str, str]]:
    found = induce(DATASET, Resolution((ANN, BOB, ORB, KITE, OSLO), tuple(relations)), Ontology())
    return [(name(f.subject), name(f.predicate), name(f.object)) for f in found.facts]


def name(term) -> str:
    labels = {e.iri: e.label.split()[0] for e in (ANN, BOB, ORB, KITE, OSLO)}
    return labels.get(term, str(term).rsplit("#", 1)[-1])


def types(*things) -> list[str]:
    found = induce(DATASET, Resolution(things, ()), Ontology())
    by_iri = {e.iri: e for e in found.entities}
    return [str(by_iri[t.iri].types[0]).rsplit("#", 1)[-1] for t in things]


@pytest.mark.parametrize(
    "wording",
    [
        "works at",
        "worked for",
        "is employed by",
        "worksAt",
        "works_for",
        "joined",
        "is a senior engineer at",
        "has worked as a designer at",
        "работает в",
    ],
)
def test_wordings_of_employment_are_one_property(wording):
    assert facts(relation(ANN, wording, ORB)) == [("Ann", "worksAt", "Orb")]


@pytest.mark.parametrize(
    ("subject", "wording", "object_", "fact"),
    [
        (KITE, "was developed by", ORB, ("Orb", "developed", "Kite")),
        (ORB, "employs", ANN, ("Ann", "worksAt", "Orb")),
        (KITE, "is used by", ORB, ("Orb", "uses", "Kite")),
        (KITE, "is used by for search", ORB, ("Orb", "uses", "Kite")),
        (ORB, "was founded by", ANN, ("Ann", "founded", "Orb")),
        (KITE, "developer", ORB, ("Orb", "developed", "Kite")),
    ],
)
def test_an_inverse_is_turned_round(subject, wording, object_, fact):
    assert facts(relation(subject, wording, object_)) == [fact]


def test_nothing_becomes_related_to():
    found = induce(
        DATASET,
        Resolution((ANN, ORB), (relation(ANN, "is related to", ORB), relation(ANN, "", ORB))),
        Ontology(),
    )
    assert not found.facts
    assert len(found.unplaced) == 2
    assert not found.ontology.properties


def test_a_complement_does_not_make_a_property_of_its_own():
    assert facts(relation(ORB, "uses for vector search", KITE), relation(ORB, "uses", KITE)) == [
        ("Orb", "uses", "Kite")
    ]


@pytest.mark.parametrize(
    ("label", "type_", "description", "class_"),
    [
        ("Fuseki", "ORGANIZATION", "Fuseki is a multifaceted tool utilized in the system.", "Technology"),
        ("SPARQL", "ORGANIZATION", "SPARQL is a query language for RDF.", "ComputerLanguage"),
        ("Stanford University", "ORGANIZATION", "", "University"),
        ("Berlin", "GEO", "Berlin is a city in Germany.", "City"),
        ("Graph Theory Workshop 2026", "EVENT", "", "Workshop"),
        ("Ann Lee", "PERSON", "Ann Lee is the founder of Orb Systems.", "Person"),
        ("Ромашка", "организация", "Ромашка — это компания из Казани.", "Company"),
        ("Plasma", "EVENT", "", "Event"),
        ("Zork", "", "", "Thing"),
    ],
)
def test_what_the_text_says_decides_the_class(label, type_, description, class_):
    assert types(thing(label, type_, description)) == [class_]


def test_facts_tell_the_class_where_nothing_else_does():
    unknown = thing("Quill", "organization")
    found = induce(DATASET, Resolution((ORB, unknown), (relation(ORB, "uses", unknown),)), Ontology())
    assert {e.label: str(e.types[0]).rsplit("#", 1)[-1] for e in found.entities}["Quill"] == "Technology"


def test_classes_come_with_what_is_above_them():
    found = induce(DATASET, Resolution((OSLO,), ()), Ontology())
    assert {(c.label, *(p.rsplit("#", 1)[-1] for p in c.parents)) for c in found.ontology.classes} == {
        ("City", "Place"),
        ("Place",),
    }


def test_a_date_is_a_value_and_dates_the_fact_it_belongs_to():
    day = thing("January 2020", "EVENT")
    found = induce(
        DATASET,
        Resolution(
            (ANN, ORB, day),
            (
                relation(ANN, "works at", ORB),
                relation(ANN, "joined", day, "Ann Lee joined Orb Systems in January 2020."),
            ),
        ),
        Ontology(),
    )
    assert [f.periods for f in found.facts] == [(Period("2020-01", ""),)]
    assert day.iri not in {e.iri for e in found.entities}


def test_a_date_of_its_own_is_a_datatype_fact():
    found = induce(
        DATASET,
        Resolution((ORB,), (relation(ORB, "founded in", Literal("2010", datatype=XSD.gYear)),)),
        Ontology(),
    )
    (property_,) = found.ontology.properties
    assert (property_.iri.rsplit("#", 1)[-1], property_.kind, property_.range) == (
        "foundingDate",
        "datatype",
        XSD.gYear,
    )
    assert property_.functional


@pytest.mark.parametrize(
    ("text", "periods", "former"),
    [
        ("Ann Lee worked at Orb Systems from 2018 to 2023.", (Period("2018", "2023"),), False),
        ("Ann Lee has worked at Orb Systems since March 2021.", (Period("2021-03", ""),), False),
    ],
)
def test_periods_are_read_from_the_sentence(text, periods, former):
    (fact,) = induce(
        DATASET, Resolution((ANN, ORB), (relation(ANN, "worked at", ORB, text),)), Ontology()
    ).facts
    assert fact.periods == periods
    assert (("status", "former") in fact.qualifiers) is former


def test_leaving_ends_the_role():
    (fact,) = induce(
        DATASET,
        Resolution((ANN, ORB), (relation(ANN, "left", ORB, "Ann Lee left Orb Systems in April 2025."),)),
        Ontology(),
    ).facts
    assert fact.predicate.endswith("#worksAt")
    assert fact.periods == (Period("", "2025-04"),)


def test_previously_without_a_date_is_former():
    (fact,) = induce(
        DATASET, Resolution((ANN, ORB), (relation(ANN, "previously worked at", ORB),)), Ontology()
    ).facts
    assert ("status", "former") in fact.qualifiers


def test_what_is_denied_is_no_fact():
    found = induce(DATASET, Resolution((ORB, KITE), (relation(ORB, "no longer uses", KITE),)), Ontology())
    assert not found.facts
    assert [f.predicate.rsplit("#", 1)[-1] for f in found.denied] == ["uses"]


def test_approved_terms_come_first_and_keep_their_names():
    employed = Property(DATASET.property_("is employed by"), "is employed by", "object")
    firm = OntologyClass(DATASET.class_("Firm"), "Company")
    found = induce(
        DATASET, Resolution((ANN, ORB), (relation(ANN, "works at", ORB),)), Ontology((firm,), (employed,))
    )
    assert [f.predicate for f in found.facts] == [employed.iri]
    assert not [p for p in found.ontology.properties if p.iri != employed.iri]
    assert [e.types for e in found.entities if e.label == "Orb Systems"] == [(firm.iri,)]


def test_a_wider_domain_is_an_edit_of_the_approved_property():
    graph = Graph()
    graph.say([ORB, KITE], [relation(ORB, "evaluated", KITE)])
    found = graph.induce([ANN, KITE], [relation(ANN, "evaluated", KITE)])
    (edited,) = found.ontology.properties
    assert edited.domain is None  # a person and a company have nothing in common


def test_wordings_that_differ_in_a_preposition_or_the_range_are_one_new_property():
    found = facts(
        relation(ANN, "jousted with", BOB),
        relation(BOB, "jousted against", ANN),
        relation(BOB, "jousted with", ANN),
    )
    assert {p for _, p, _ in found} == {"joustedWith"}


def test_a_narrower_property_used_once_gives_way_to_the_wider():
    assert facts(relation(ANN, "founding member of", ORB)) == [("Ann", "memberOf", "Orb")]
    found = facts(relation(ANN, "founding member of", ORB), relation(BOB, "founding member of", ORB))
    assert {p for _, p, _ in found} == {"foundingMemberOf"}


def test_the_order_of_relations_does_not_matter():
    relations = [
        relation(ANN, "works at", ORB),
        relation(ANN, "jousted with", BOB),
        relation(ORB, "uses", KITE),
        relation(ANN, "is employed by", ORB, "Ann Lee is employed by Orb Systems.", "d2"),
    ]
    one = induce(DATASET, Resolution((ANN, BOB, ORB, KITE), tuple(relations)), Ontology())
    two = induce(DATASET, Resolution((KITE, ORB, BOB, ANN), tuple(reversed(relations))), Ontology())
    assert one == two


def test_two_tellings_of_a_fact_are_one_with_both_sources():
    (fact,) = induce(
        DATASET,
        Resolution(
            (ANN, ORB), (relation(ANN, "works at", ORB), relation(ANN, "employee of", ORB, document="d2"))
        ),
        Ontology(),
    ).facts
    assert isinstance(fact, Fact)
    assert {e.document_id for e in fact.evidence} == {"d1", "d2"}


def test_the_standard_tables_name_only_what_they_hold():
    for p in properties().values():
        assert set(p.domain) | set(p.range) <= set(classes()), p.name
        assert set(p.excludes) <= set(properties()), p.name
        assert not p.parent or p.parent in properties(), p.name
    assert set(class_words().values()) <= set(classes())


@pytest.mark.parametrize(
    ("text", "label", "passive", "negated", "over"),
    [
        ("is currently developed by", "developed", True, False, False),
        ("no longer uses", "uses", False, True, False),
        ("used to work at", "work at", False, False, True),
        ("date_of_birth", "date of birth", False, False, False),
        ("isHeadOf", "head of", False, False, False),
        ("continues to collaborate with", "collaborate with", False, False, False),
        ("", "", False, False, False),
        ("🙂 ---", "", False, False, False),
    ],
)
def test_phrases(text, label, passive, negated, over):
    read = phrase(text)
    assert (read.label, read.passive, read.negated, read.over) == (label, passive, negated, over)


def test_labels_of_other_alphabets_get_names_of_their_own():
    one, two = thing("東京大学"), thing("京都大学")
    found = induce(
        DATASET, Resolution((one, two), (relation(one, "研究", two), relation(two, "开发", one))), Ontology()
    )
    assert len({p.iri for p in found.ontology.properties}) == 2
    assert {p.label for p in found.ontology.properties} == {"研究", "开发"}


@pytest.mark.parametrize(
    "wording", ["x" * 10_000, "by", "by by by", "of", "'", "a\u0000b", "not not", "(" * 50]
)
def test_hostile_wordings_are_survived(wording):
    found = induce(DATASET, Resolution((ANN, ORB), (relation(ANN, wording, ORB),)), Ontology())
    assert len(found.facts) + len(found.unplaced) + len(found.denied) == 1
    assert all(len(p.label) < 100 for p in found.ontology.properties)


class SameWords:
    """An embedder by letters: what is written alike is alike."""

    name, dimensions = "letters", 27

    def passages(self, texts):
        rows = np.array(
            [[t.count(c) for c in "abcdefghijklmnopqrstuvwxyz "] for t in texts], dtype=np.float32
        )
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    questions = passages


def test_a_wording_like_an_approved_one_is_aligned_by_embedding():
    jousts = Property(DATASET.property_("jousted fiercely with"), "jousted fiercely with", "object")
    relations = (
        relation(ANN, "jousted fiercely with", BOB),
        relation(BOB, "jousted most fiercely against", ANN),
    )
    found = induce(DATASET, Resolution((ANN, BOB), relations), Ontology((), (jousts,)), SameWords())
    assert {f.predicate for f in found.facts} == {jousts.iri}


@pytest.mark.parametrize(
    ("subject", "wording", "object_", "fact"),
    [
        (ANN, "перешёл в", ORB, ("Ann", "worksAt", "Orb")),
        (ANN, "уволилась из", ORB, ("Ann", "worksAt", "Orb")),
        (KITE, "разработан компанией", ORB, ("Orb", "developed", "Kite")),
        (ORB, "использует", KITE, ("Orb", "uses", "Kite")),
        (ORB, "основана в", OSLO, ("Orb", "foundingPlace", "Oslo")),
        (ANN, "сотрудник", ORB, ("Ann", "worksAt", "Orb")),
    ],
)
def test_russian_wordings(subject, wording, object_, fact):
    assert facts(relation(subject, wording, object_)) == [fact]


def test_russian_labels_on_ascii_names():
    firm = replace(thing("Ромашка", "организация", "Ромашка — это компания."), language="ru")
    person = replace(thing("Анна Ли", "персона"), language="ru")
    found = induce(DATASET, Resolution((firm, person), (relation(person, "работает в", firm),)), Ontology())
    assert {(c.label, c.iri.rsplit("#", 1)[-1]) for c in found.ontology.classes} >= {("Компания", "Company")}
    assert [(p.label, p.iri.rsplit("#", 1)[-1]) for p in found.ontology.properties] == [
        ("работает в", "worksAt")
    ]


@pytest.mark.parametrize("type_", ["", "organization", "person", "software"])
def test_supporting_is_not_funding(type_):
    giver = thing("Kite Foundation", type_)
    found = induce(DATASET, Resolution((giver, ORB), (relation(giver, "supports", ORB),)), Ontology())
    assert [str(f.predicate).rsplit("#", 1)[-1] for f in found.facts] == ["supports"]
