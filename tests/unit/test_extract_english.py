"""English rules: what is read, and what is not although it looks like it."""

import pytest

from kg.extract import Context
from kg.extract.offline import Offline
from kg.model import Extraction, Period, TextUnit


def read(text: str, before: str = "") -> Extraction:
    unit = TextUnit("u", "d", "d.txt", 0, 0, len(text), text, 10)
    return Offline().extract(unit, Context(title="d.txt", before=before))


def facts(text: str) -> set[tuple[str, str, str]]:
    return {(r.subject, r.predicate, r.object or str(r.value)) for r in read(text).relations}


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Dana Reed works at Harbor Labs as a data engineer.", ("Dana Reed", "works at", "Harbor Labs")),
        (
            "Harbor Labs was acquired by Quill Corporation.",
            ("Harbor Labs", "acquired by", "Quill Corporation"),
        ),
        ("Founded in 2015 in Oslo, Harbor Labs employs 300 people.", ("Harbor Labs", "founded in", "2015")),
        ("Harbor Labs employs approximately 1,300 people.", ("Harbor Labs", "number of employees", "1300")),
        (
            "Harbor Labs is a competitor of Quill Corporation.",
            ("Harbor Labs", "competitor of", "Quill Corporation"),
        ),
        (
            "Dana Reed holds a PhD in Physics from Oslo University.",
            ("Dana Reed", "holds PhD from", "Oslo University"),
        ),
        (
            "Quill Corporation opened a fourth office in Berlin in May 2024.",
            ("Quill Corporation", "opened office in", "Berlin"),
        ),
        ("Dana Reed leads the Search Quality team.", ("Dana Reed", "leads", "Search Quality team")),
        ("Dana Reed, the founder of Harbor Labs, left Oslo.", ("Dana Reed", "founder of", "Harbor Labs")),
        ("Night Crawler is a song written by Dana Reed.", ("Night Crawler", "written by", "Dana Reed")),
        ("She was born in Seattle, Washington.", ("Seattle", "located in", "Washington")),
        ("Dana Reed said that Harbor Labs uses PostgreSQL.", ("Harbor Labs", "uses", "PostgreSQL")),
    ],
)
def test_stated(text: str, fact: tuple[str, str, str]) -> None:
    assert fact in facts(text)


@pytest.mark.parametrize(
    "text",
    [
        "Dana Reed does not work at Harbor Labs.",
        "Dana Reed might join Harbor Labs.",
        "Dana Reed will join Harbor Labs in May 2031.",
        "If Harbor Labs acquires Quill Corporation, prices will rise.",
        "Dana Reed plans to leave Harbor Labs.",
        "Has Harbor Labs acquired Quill Corporation?",
        "Dana Reed never worked at Harbor Labs.",
    ],
)
def test_denied_wished_asked_and_future_is_no_fact(text: str) -> None:
    assert facts(text) == set()


def test_a_list_of_cities_is_not_one_in_another() -> None:
    assert not {f for f in facts("It has offices in Paris, London, and Rome.") if f[1] == "located in"}


def test_the_end_of_a_long_list_is_a_list_too() -> None:
    text = "It has offices in Benin, the island of Saint Helena, Senegal, Sierra Leone, Togo and Mali."
    assert not {f for f in facts(text) if f[1] == "located in"}


def test_periods_and_roles_hang_on_their_own_verb() -> None:
    found = read(
        "Dana Reed worked at Harbor Labs from 2018 to 2023. After leaving, she joined Quill Corporation "
        "in August 2023 as the head of research."
    )
    by = {r.predicate: r for r in found.relations}
    assert by["worked at"].period == Period("2018", "2023")
    assert by["joined"].period == Period("2023-08", "")
    assert by["joined"].subject == "Dana Reed"
    assert by["joined"].qualifiers == (("role", "head of research"),)


def test_a_pronoun_between_two_people_stays_open() -> None:
    assert not {
        f for f in facts("Dana Reed met Eve Long in Oslo. She works at Harbor Labs.") if f[1] == "works at"
    }


def test_the_company_is_the_one_defined() -> None:
    text = "Harbor Labs is a software company. The company was acquired by Quill Corporation."
    assert ("Harbor Labs", "acquired by", "Quill Corporation") in facts(text)


def test_short_names_are_read_in_full_and_kept_as_aliases() -> None:
    found = read("Dana Reed works at Harbor Corporation. Reed mentors Eve Long. Harbor uses Redis.")
    assert {r.subject for r in found.relations} == {"Dana Reed", "Harbor Corporation"}
    aliases = {e.name: e.aliases for e in found.entities}
    assert aliases["Dana Reed"] == ("Reed",)
    assert aliases["Harbor Corporation"] == ("Harbor",)


def test_kinds_come_from_what_the_text_says() -> None:
    found = read(
        "Harbor Labs uses LM Studio and DirectML. Databases such as PostgreSQL and Redis are supported. "
        "Dana Reed, a chemist, studied at Oslo University. The Lantern project started in 2019."
    )
    kinds = {m.name: m.type for m in found.mentions}
    assert kinds["LM Studio"] == "technology"
    assert kinds["PostgreSQL"] == "database"
    assert kinds["Dana Reed"] == "person"
    assert kinds["Oslo University"] == "university"
    assert kinds["Lantern"] == "project"


def test_a_definition_becomes_the_description() -> None:
    (entity,) = [
        e for e in read("Harbor Labs is a software company in Oslo.").entities if e.name == "Harbor Labs"
    ]
    assert entity.type == "company"
    assert entity.description == "a software company in Oslo"


def test_the_sentence_before_the_unit_gives_the_full_name() -> None:
    found = read("Reed works at Harbor Labs.", before="… was written by Reed Marsh.")
    assert found.relations


def test_a_heading_that_names_nothing_is_nobody() -> None:
    text = "Deployment\nIt was created by Dana Reed in 2019. It uses Redis."
    assert facts(text) == set()
    assert "Deployment" not in {e.name for e in read(text).entities}


def test_a_title_that_names_the_topic_is_what_it_means() -> None:
    text = "Mount Gray\nMount Gray is a mountain in Antarctica. It was named for Orville Gray."
    assert ("Mount Gray", "named for", "Orville Gray") in facts(text)


def test_what_things_are_made_with_and_listed_with_tells_a_tool() -> None:
    def kinds(text: str) -> dict[str, str]:
        return {m.name: m.type for m in read(text).mentions}

    assert kinds("Tasks are queued with Celery. The pages are written in Streamlit.") == {
        "Celery": "technology",
        "Streamlit": "technology",
    }
    listed = kinds("The stack includes Celery, Streamlit, Fuseki and PostgreSQL.")
    assert {listed[n] for n in ("Celery", "Streamlit", "Fuseki", "PostgreSQL")} == {"technology"}
    beside = kinds("The portal uses Celery for its jobs. Streamlit shows the pages.")
    assert (beside["Celery"], beside["Streamlit"]) == ("technology", "")  # not known: better than a person
    assert kinds("Mary works at Harbor Labs, which uses Redis.")["Mary"] == "person"
    assert kinds("The book was written in Paris and in Latin.")["Paris"] == "place"


@pytest.mark.parametrize(
    "text",
    [
        "Ben Ray is a manager at Harbor Labs and Alice is his wife.",
        "Ben Ray works at Harbor Labs and Dana Reed is his boss.",
        "Ben Ray lives in Oslo and Paris is his favourite city.",
    ],
)
def test_the_subject_of_the_next_clause_is_no_object_of_this_one(text: str) -> None:
    assert not {o for _, _, o in facts(text)} & {"Alice", "Dana Reed", "Paris"}
    assert facts("Ben Ray worked at Harbor Labs and Quill Corporation.") == {
        ("Ben Ray", "worked at", "Harbor Labs"),
        ("Ben Ray", "worked at", "Quill Corporation"),
    }


def test_the_date_of_a_promotion_is_the_roles_and_not_when_the_work_began() -> None:
    (said,) = read("Dana Reed was promoted to director at Harbor Labs in June 2025.").relations
    assert (said.predicate, said.period) == ("works at", Period())
    assert dict(said.qualifiers) == {"role": "director", "role since": "2025-06"}
    (hired,) = read("Dana Reed was hired as an engineer at Harbor Labs in June 2025.").relations
    assert hired.period.start == "2025-06"


def test_two_firms_that_announce_a_partnership_are_partners_of_each_other() -> None:
    text = "In May 2025, Harbor Labs and Quill Corporation announced a partnership to build lamps."
    (said,) = read(text).relations
    assert (said.subject, said.predicate, said.object) == (
        "Harbor Labs",
        "announced partnership with",
        "Quill Corporation",
    )
    assert said.period == Period("2025-05")
    assert not facts("Harbor Labs and Quill Corporation did not form a partnership.")
    assert not facts("Dana Reed and Ben Ray announced a partnership.")
    assert not facts("Harbor Labs, Quill Corporation and Oslo University formed an alliance.")
