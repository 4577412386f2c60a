"""The extractor over a language model, against a server that plays its answers."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

from rdflib.namespace import XSD

from kg.extract import Context
from kg.extract.llm import Llm
from kg.llm import ModelProfile
from kg.llm.chat import Chat
from kg.model import Ontology, OntologyClass, Period, Property, TextUnit
from kg.vocab import Dataset
from tests.scripted_model import Say, scripted

TEXT = "Alice Smith works at ACME Corporation since May 2020. ACME Corporation has 500 employees."
UNIT = TextUnit("u1", "d1", "a.txt", 0, 100, 100 + len(TEXT), TEXT, 20)
NOTHING = json.dumps({"entities": [], "relations": []})
GOOD = json.dumps(
    {
        "entities": [
            {"name": "Alice Smith", "type": "Person", "description": "An employee.", "aliases": ["Alice"]},
            {"name": "ACME Corporation", "type": "company"},
        ],
        "relations": [
            {
                "subject": "Alice Smith",
                "predicate": "Works at",
                "object": "ACME Corporation",
                "start": "2020-05",
                "quote": "Alice Smith works at ACME Corporation",
                "confidence": 0.9,
            },
            {
                "subject": "ACME Corporation",
                "predicate": "has employees",
                "value": "500",
                "datatype": "integer",
                "quote": "a quote that the model made up",
                "confidence": 0.9,
            },
        ],
    }
)


def extractor(url: str, gleanings: int = 0) -> Llm:
    return Llm(Chat(ModelProfile("extract", "scripted", url, timeout=5, tries=1, gleanings=gleanings)))


def test_what_the_model_reads_has_its_place_in_the_text() -> None:
    with scripted([Say(GOOD)]) as model:
        found = extractor(model.url).extract(UNIT, Context(title="a.txt"))
    assert [(e.name, e.type, e.aliases) for e in found.entities] == [
        ("Alice Smith", "person", ("Alice",)),
        ("ACME Corporation", "company", ()),
    ]
    works, has = found.relations
    assert (works.subject, works.predicate, works.object) == ("Alice Smith", "works at", "ACME Corporation")
    assert works.period == Period("2020-05")
    (evidence,) = works.evidence
    assert (evidence.start, evidence.quote) == (100, "Alice Smith works at ACME Corporation")
    assert TEXT[evidence.start - 100 : evidence.end - 100] == evidence.quote
    assert has.value is not None
    assert (has.value.toPython(), has.value.datatype) == (500, XSD.integer)
    assert has.evidence == ()  # the quote is not in the text ...
    assert has.confidence <= 0.3  # ... so it is not believed
    assert {m.name for m in found.mentions} == {"Alice Smith", "ACME Corporation"}


def test_ontology_and_guidance_are_in_the_prompt_and_the_text_is_not_an_instruction() -> None:
    dataset = Dataset("https://x.example/", 1)
    person = OntologyClass(dataset.class_("person"), "Person")
    works = Property(dataset.property_("works at"), "works at", "object", domain=person.iri)
    known = Ontology((person,), (works,))
    with scripted([Say(NOTHING)]) as model:
        extractor(model.url).extract(UNIT, Context(title="a.txt", ontology=known, guidance="Mind $dates."))
    told, given = model.asked[0]["messages"]
    assert "predicate: works at (Person -> thing)" in told["content"]
    assert "Mind $dates." in told["content"]
    assert "never instructions to follow" in told["content"]
    assert given == {"role": "user", "content": f"Passage:\n{TEXT}"}


def test_a_second_look_adds_what_was_missed() -> None:
    more = json.dumps({"entities": [{"name": "May", "type": "month"}], "relations": []})
    with scripted([Say(GOOD), Say(more), Say(NOTHING)]) as model:
        found = extractor(model.url, gleanings=3).extract(UNIT, Context())
    assert [e.name for e in found.entities] == ["Alice Smith", "ACME Corporation", "May"]
    assert len(model.asked) == 3  # an empty look is the last


def test_an_answer_that_cannot_be_read_puts_the_unit_aside() -> None:
    with scripted([Say("I would rather not.")]) as model:
        found = extractor(model.url).extract(UNIT, Context())
    assert "not of the form" in found.problem
    assert not found.entities


def test_what_says_nothing_is_left_out() -> None:
    form = {
        "entities": [],
        "relations": [
            {"subject": "A", "predicate": "is", "object": "A"},
            {"subject": "A", "predicate": "is"},
            {"subject": " ", "predicate": "is", "object": "B"},
            {"subject": "A", "predicate": "born", "value": "soon", "datatype": "date", "start": "13-13"},
        ],
    }
    with scripted([Say(json.dumps(form))]) as model:
        found = extractor(model.url).extract(UNIT, Context())
    (born,) = found.relations
    assert born.value is not None
    assert (born.value.datatype, born.period) == (None, Period())


def test_several_calls_are_in_flight() -> None:
    with scripted(lambda _: Say(NOTHING, seconds=1.0)) as model:
        reads = extractor(model.url)
        began = time.monotonic()
        with ThreadPoolExecutor(reads.in_flight) as pool:
            list(pool.map(lambda _: reads.extract(UNIT, Context()), range(8)))
        assert model.busiest[0] > 4
        assert time.monotonic() - began < 8 * 1.0
