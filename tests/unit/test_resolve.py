"""Entity resolution: one thing, likely one, two."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from kg import names
from kg.model import (
    Entity,
    Evidence,
    ExtractedEntity,
    ExtractedRelation,
    Extraction,
    Ontology,
    OntologyClass,
    Period,
    Resolution,
    TextUnit,
)
from kg.resolve import Decided, resolve, wanted_keys
from tests.spoken import DATASET, ORG, PERSON, PLACE, Spoken, read

CLASSES = Ontology(tuple(OntologyClass(DATASET.class_(label), label) for label in (PERSON, ORG, PLACE)))


def resolved(*documents: Spoken, **how: object) -> Resolution:
    extractions, units = read(*documents)
    return resolve(DATASET, extractions, units, {}, **how)  # type: ignore[arg-type]


def labels(resolution: Resolution) -> list[str]:
    return sorted(e.label for e in resolution.entities)


def as_approved(resolution: Resolution) -> dict[str, tuple[Entity, ...]]:
    """The entities as the graph would hold them, by key."""
    found: dict[str, tuple[Entity, ...]] = {}
    for e in resolution.entities:
        types = tuple(c.iri for c in CLASSES.classes if c.label in e.types)
        entity = Entity(e.iri, e.label, e.language, types, e.aliases, e.description, e.evidence)
        for label in (e.label, *e.aliases):
            for key in names.keys(label):
                if entity not in found.get(key, ()):
                    found[key] = (*found.get(key, ()), entity)
    return found


HEART = Spoken(
    "John Smith is a cardiologist at Boston General Hospital. He was born in 1961.",
    [("John Smith", PERSON), ("Boston General Hospital", ORG)],
    [("John Smith", "works at", "Boston General Hospital")],
)
WOOD = Spoken(
    "John Smith works as a carpenter for Leeds Joinery. He was born in 1985.",
    [("John Smith", PERSON), ("Leeds Joinery", ORG)],
    [("John Smith", "works for", "Leeds Joinery")],
)


def test_two_people_born_in_different_years_are_two_and_nobody_is_asked() -> None:
    found = resolved(HEART, WOOD)
    assert labels(found).count("John Smith") == 2
    assert found.merges == ()
    assert len({e.iri for e in found.entities}) == 4


def test_two_people_of_other_work_are_two_but_may_be_asked_about() -> None:
    found = resolved(
        Spoken("John Smith is a cardiologist at Boston General Hospital.", [("John Smith", PERSON)]),
        Spoken("John Smith, a carpenter, lives in Leeds.", [("John Smith", PERSON), ("Leeds", PLACE)]),
    )
    assert labels(found).count("John Smith") == 2
    (merge,) = found.merges
    assert merge.keep_label == merge.drop_label == "John Smith"
    assert "same-name" in merge.reasons


def test_two_employers_at_one_time_are_two_people() -> None:
    found = resolved(
        Spoken(
            "Иван Петров — хирург из Казани. Он работает в Республиканской больнице.",
            [("Иван Петров", PERSON)],
            language="ru",
        ),
        Spoken(
            "Программист Иван Петров работает в Яндексе и живёт в Москве.",
            [("Иван Петров", PERSON), ("Яндекс", ORG)],
            [("Иван Петров", "работает в", "Яндекс")],
            language="ru",
        ),
    )
    assert labels(found).count("Иван Петров") == 2


def test_one_person_who_changed_roles_in_the_same_company_is_one() -> None:
    found = resolved(
        Spoken(
            "Alice Smith works at ACME Corporation as an engineer with Bob Roe.",
            [("Alice Smith", PERSON), ("ACME Corporation", ORG), ("Bob Roe", PERSON)],
            [("Alice Smith", "works at", "ACME Corporation")],
        ),
        Spoken(
            "Alice Smith became director at ACME. She mentors Bob Roe.",
            [("Alice Smith", PERSON), ("ACME", ORG), ("Bob Roe", PERSON)],
            [("Alice Smith", "director at", "ACME")],
        ),
    )
    assert labels(found) == ["ACME Corporation", "Alice Smith", "Bob Roe"]
    acme = next(e for e in found.entities if e.label == "ACME Corporation")
    assert acme.aliases == ("ACME",)
    assert len(acme.evidence) == 2


def test_a_name_without_contradiction_is_one_thing_in_all_documents() -> None:
    found = resolved(
        Spoken("Marie Curie discovered radium.", [("Marie Curie", PERSON), ("radium", "element")]),
        Spoken("The prize went to Marie Curie.", [("Marie Curie", PERSON)]),
    )
    assert labels(found) == ["Marie Curie", "radium"]


def test_things_that_are_said_to_be_of_other_kinds_are_two() -> None:
    for one, other in (
        ("Mercury is the smallest planet.", "Mercury was the Roman god of commerce."),
        ("Georgia is a country in the Caucasus.", "Georgia is a state in the south-east."),
    ):
        name = one.split()[0]
        found = resolved(Spoken(one, [(name, "")]), Spoken(other, [(name, "")]))
        assert len(found.entities) == 2
        assert [m.reasons[0] for m in found.merges] == ["same-name"]


def test_a_person_and_a_company_of_one_name_are_two_even_in_one_document() -> None:
    extractions, units = read(Spoken("Ford founded Ford.", [("Ford", PERSON), ("Ford", ORG)]))
    found = resolve(DATASET, extractions, units, {})
    assert sorted(e.types for e in found.entities) == [("organization",), ("person",)]


def test_a_kind_word_does_not_make_another_thing_but_a_project_is_asked_about() -> None:
    found = resolved(
        Spoken(
            "The GraphRAG system is fast. GraphRAG reads text. The GraphRAG project began.",
            [("GraphRAG system", "event"), ("GraphRAG", ORG), ("GraphRAG project", "project")],
        ),
        Spoken("The GRAPHRAG SYSTEM is old.", [("GRAPHRAG SYSTEM", "software")]),
    )
    assert labels(found) == ["GraphRAG", "GraphRAG project"]
    (merge,) = found.merges
    assert {merge.keep_label, merge.drop_label} == {"GraphRAG", "GraphRAG project"}
    assert merge.reasons[0].startswith("kind-word")


def test_a_company_and_its_platform_are_not_silently_one() -> None:
    found = resolved(
        Spoken(
            "Google is a company. It sells the Google platform.",
            [("Google", ORG), ("Google platform", "software")],
        )
    )
    assert len(found.entities) == 2


FBI = [("Federal Bureau of Investigation", ORG)]


def test_an_acronym_is_one_thing_where_the_text_says_so_and_else_a_question() -> None:
    said = resolved(
        Spoken("The Federal Bureau of Investigation (FBI) said so.", FBI),
        Spoken("FBI agents came.", [("FBI", ORG)]),
    )
    assert len(said.entities) == 1
    unsaid = resolved(
        Spoken("The Federal Bureau of Investigation said so.", FBI),
        Spoken("FBI agents came.", [("FBI", ORG)]),
    )
    assert len(unsaid.entities) == 2
    assert [m.reasons[0] for m in unsaid.merges] == ["acronym: FBI"]


def test_a_surname_beside_one_full_name_is_a_question() -> None:
    found = resolved(
        Spoken(
            "Мария Иванова приехала. Сергей Иванов уехал. Иванова рада.",
            [("Мария Иванова", PERSON), ("Сергей Иванов", PERSON), ("Иванова", PERSON)],
            language="ru",
        )
    )
    assert len(found.entities) == 3
    (merge,) = found.merges
    assert {merge.keep_label, merge.drop_label} == {"Мария Иванова", "Иванова"}


def test_what_is_related_to_another_is_not_taken_for_it() -> None:
    found = resolved(
        Spoken(
            "Postgres inspired PostgreSQL.",
            [("Postgres", "software"), ("PostgreSQL", "software")],
            [("Postgres", "inspired", "PostgreSQL")],
        )
    )
    assert found.merges == ()


def test_a_short_name_that_one_thing_of_the_document_has_as_alias_is_that_thing() -> None:
    extractions, units = read(
        Spoken("Alice Smith leads. Alice left.", [("Alice Smith", PERSON), ("Alice", PERSON)])
    )
    full, short = extractions[0].entities
    extractions = [replace(extractions[0], entities=(replace(full, aliases=("Alice",)), short))]
    (alice,) = resolve(DATASET, extractions, units, {}).entities
    assert (alice.label, alice.aliases, len(alice.evidence)) == ("Alice Smith", ("Alice",), 2)


def test_a_description_is_the_extractors_or_else_the_text_s_own_words() -> None:
    (john,) = (e for e in resolved(HEART).entities if e.label == "John Smith")
    assert john.description == "John Smith is a cardiologist at Boston General Hospital. He was born in 1961."
    extractions, units = read(HEART)
    told = replace(extractions[0].entities[0], description="A doctor. A doctor.")
    extractions = [replace(extractions[0], entities=(told,))]
    assert "A doctor" in resolve(DATASET, extractions, units, {}).entities[-1].description


# ---- approved things


def test_the_approved_entity_is_found_and_kept() -> None:
    person = OntologyClass(URIRef("https://kb.example/c#Person"), "person")
    known = Entity(
        URIRef("https://kb.example/e/alice"),
        "Alice Smith",
        types=(person.iri,),
        description="Alice Smith works at ACME.",
        evidence=(Evidence("old", 0, 26, "Alice Smith works at ACME."),),
    )
    left = Spoken("It says that Alice Smith left ACME.", [("ALICE SMITH", PERSON), ("ACME", ORG)])
    extractions, units = read(left)
    keys = wanted_keys(extractions)
    assert names.keys("Alice Smith") & keys
    found = resolve(DATASET, extractions, units, dict.fromkeys(keys, (known,)), Ontology((person,)))
    alice = next(e for e in found.entities if e.approved)
    assert (alice.iri, alice.label, alice.types[0]) == (known.iri, "Alice Smith", "person")


def test_a_new_namesake_of_an_approved_entity_is_another() -> None:
    before = resolved(HEART)
    extractions, units = read(WOOD, first=1)
    found = resolve(DATASET, extractions, units, as_approved(before), CLASSES)
    john = next(e for e in found.entities if e.label == "John Smith")
    assert not john.approved
    assert john.iri not in {e.iri for e in before.entities}


def test_each_namesake_finds_its_own_approved_entity_again() -> None:
    before = resolved(HEART, WOOD)
    extractions, units = read(HEART, WOOD)
    again = resolve(DATASET, extractions, units, as_approved(before), CLASSES)
    assert all(e.approved for e in again.entities)
    assert {e.iri: e.evidence for e in again.entities} == {e.iri: e.evidence for e in before.entities}


# ---- what people decided


def test_decisions_of_people_bind() -> None:
    full, short = (
        Spoken("The Federal Bureau of Investigation said so.", FBI),
        Spoken("FBI agents came.", [("FBI", ORG)]),
    )
    pair = frozenset({("FBI", "Federal Bureau of Investigation")})
    assert len(resolved(full, short, decided=Decided(same=pair)).entities) == 1
    apart = resolved(full, short, decided=Decided(apart=pair))
    assert len(apart.entities) == 2
    assert apart.merges == ()


def test_a_decision_about_two_namesakes_does_not_touch_others_of_the_name() -> None:
    pair = frozenset({("John Smith", "John Smith")})
    for decided in (Decided(apart=pair), Decided(same=pair)):
        assert labels(resolved(HEART, WOOD, HEART, decided=decided)).count("John Smith") == 2


def test_a_split_by_iri_binds() -> None:
    doubted = resolved(
        Spoken("John Smith is a cardiologist.", [("John Smith", PERSON)]),
        Spoken("John Smith, a carpenter, came.", [("John Smith", PERSON)]),
    )
    (merge,) = doubted.merges
    decided = Decided(apart=frozenset({(str(merge.keep), str(merge.drop))}))
    again = resolved(
        Spoken("John Smith is a cardiologist.", [("John Smith", PERSON)]),
        Spoken("John Smith, a carpenter, came.", [("John Smith", PERSON)]),
        decided=decided,
    )
    assert again.merges == ()
    assert again.entities == doubted.entities


# ---- vectors


class Letters:
    """A model for which texts are alike that share rare letters."""

    name, dimensions, window = "letters", 26, 512

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        counts = np.array([[t.lower().count(chr(97 + i)) + 0.01 for i in range(26)] for t in texts])
        return (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)

    questions = passages


def test_vectors_move_proposals_but_decide_nothing() -> None:
    said = [
        Spoken("Postgres is a database: zzzzzz.", [("Postgres", "software")]),
        Spoken("PostgreSQL is a database: zzzzzz.", [("PostgreSQL", "software")]),
        Spoken("Dostoevsky wrote qqqqqqqqqqqqq.", [("Dostoevsky", PERSON)]),
        Spoken("Dostoyevsky sailed vvvvvvvvvvvv.", [("Dostoyevsky", PERSON)]),
        Spoken("J. Farmer ate kkkkkkkkkkkkkk.", [("J. Farmer", PERSON)]),
        Spoken("Jane Farmer drove xxxxxxxxxx.", [("Jane Farmer", PERSON)]),
    ]
    plain, moved = resolved(*said), resolved(*said, embedder=Letters())
    assert moved.entities == plain.entities
    scores = {m.keep_label: (m.score, m.reasons) for m in plain.merges}
    after = {m.keep_label: (m.score, m.reasons) for m in moved.merges}
    assert after["PostgreSQL"][0] > scores["PostgreSQL"][0]
    assert after["PostgreSQL"][1][-1] == "meaning"
    assert all(after[label][0] <= scores[label][0] for label in scores if label != "PostgreSQL")


# ---- relations


def test_relations_said_twice_are_one_and_surer() -> None:
    acme = [("Ann Lee", PERSON), ("Acme", ORG)]
    found = resolved(
        Spoken("Ann Lee joined Acme.", acme, [("Ann Lee", "joined", "Acme")]),
        Spoken("ANN LEE joined Acme.", [("ANN LEE", PERSON), ("Acme", ORG)], [("ANN LEE", "Joined", "Acme")]),
    )
    (relation,) = found.relations
    assert relation.predicate.lower() == "joined"
    assert relation.confidence == 0.75
    assert len(relation.evidence) == 2


def test_values_periods_and_ends_that_nobody_listed() -> None:
    extractions, units = read(Spoken("Acme was founded in 1999 by Ann.", [("Acme", ORG)]))
    founded = ExtractedRelation("Acme", "founded in", value=Literal("1999", datatype=XSD.gYear))
    by = ExtractedRelation("Acme", "founded by", "Ann", period=Period("1999", ""))
    itself = ExtractedRelation("Acme", "is", "ACME")
    extractions = [replace(extractions[0], relations=(founded, by, by, itself))]
    found = resolve(DATASET, extractions, units, {})
    assert labels(found) == ["Acme", "Ann"]
    assert [(r.predicate, r.periods) for r in found.relations] == [
        ("founded by", (Period("1999", ""),)),
        ("founded in", ()),
    ]


# ---- order


WORDS = ("Acme", "ACME Corp.", "Ann Lee", "A. Lee", "GraphRAG", "GraphRAG system", "Иван Петров", "I. Petrov")
TAILS = ("", " is an engineer.", " was born in 1950.", " was born in 1970.", " works at Acme.")
documents = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(("", PERSON, ORG))), max_size=4),
        st.sampled_from(TAILS),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(documents, st.randoms())
def test_no_order_matters_and_twice_is_once(
    said: list[tuple[list[tuple[str, str]], str]], random: object
) -> None:
    extractions, units = read(
        *(Spoken(" and ".join(n for n, _ in entities) + tail, entities) for entities, tail in said)
    )
    first = resolve(DATASET, extractions, units, {})
    mixed: list[Extraction] = [*extractions]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert resolve(DATASET, mixed, units[::-1], {}) == first
    again = resolve(DATASET, extractions, units, as_approved(first), CLASSES)
    assert {e.iri for e in again.entities} <= {e.iri for e in first.entities}
    assert len({e.iri for e in first.entities}) == len(first.entities)


def test_a_first_name_alone_is_the_person_whom_the_document_calls_so():
    """A recogniser takes "Alice joined TechCorp" for a firm; the document says whom it calls so."""
    text = "Alice Smith leads ACME. Alice joined TechCorp."
    units = [TextUnit(f"u{n}", "d", "a.txt", n, 0, len(text), text, 9) for n in range(2)]
    alice = ExtractedEntity("Alice Smith", "person", aliases=("Alice",))
    read = [
        Extraction("u0", (alice,)),
        Extraction(
            "u1", (ExtractedEntity("Alice", "organization"), ExtractedEntity("Smith", "organization"))
        ),
    ]
    found = resolve(DATASET, read, units, {})
    assert {e.label: e.types for e in found.entities} == {
        "Alice Smith": ("person",),
        "Smith": ("organization",),
    }


def test_a_person_is_not_described_by_a_sentence_about_another():
    text = "Alice Smith met Bob Johnson. She went home. Lamps were sold by Bob Johnson."
    unit = TextUnit("u", "d", "a.txt", 0, 0, len(text), text, 9)
    people = tuple(
        ExtractedEntity(
            n, "person", evidence=(Evidence("d", text.index(n), text.index(n) + len(n), n, "", "u"),)
        )
        for n in ("Alice Smith", "Bob Johnson")
    )
    found = resolve(DATASET, [Extraction("u", people)], [unit], {})
    assert {e.label: e.description for e in found.entities} == {
        "Alice Smith": "Alice Smith met Bob Johnson. She went home.",
        "Bob Johnson": "",
    }
