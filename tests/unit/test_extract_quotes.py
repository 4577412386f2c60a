import pytest

from kg.extract.quotes import locate
from kg.model import TextUnit

TEXT = "Preface.\nAlice Smith «leads» the  Knowledge\nGraph team since 2020. Bob left TechCorp in April 2025."
UNIT = TextUnit("u1", "d1", "a.txt", 3, 100, 100 + len(TEXT), TEXT, 20, page=4)


def test_a_literal_quote_has_the_documents_offsets() -> None:
    found = locate(UNIT, "Bob left TechCorp")
    assert found is not None
    assert found.quote == "Bob left TechCorp"
    assert (found.start, found.end) == (100 + TEXT.index("Bob"), 100 + TEXT.index("Bob") + 17)
    assert (found.document_id, found.document, found.unit_id, found.page) == ("d1", "a.txt", "u1", 4)


@pytest.mark.parametrize(
    "said",
    [
        'alice smith "leads" the knowledge graph team',  # case, quotes, spacing, line end
        "Alice Smith «leads» the Knowledge Graph team since 2020",
        "Alice Smyth «leads» the Knowledge Graph team since 2020",  # a slip of the model
    ],
)
def test_a_quote_is_found_as_the_text_has_it(said: str) -> None:
    found = locate(UNIT, said)
    assert found is not None
    assert found.quote.startswith("Alice Smith «leads» the  Knowledge\nGraph team")
    assert TEXT[found.start - 100 : found.end - 100] == found.quote


@pytest.mark.parametrize(
    "said",
    [
        "",
        "   ",
        "…",
        "Carol Davis presents at the workshop in Berlin",
        "Alice Smith «leads» the Knowledge Graph team since 2021",  # another year is another fact
        "eft Tech",  # inside words, and in another case than the text's
    ],
)
def test_what_the_text_does_not_say_is_not_found(said: str) -> None:
    found = locate(UNIT, said)
    assert found is None or found.quote == said


def test_a_hostile_quote_ends() -> None:
    assert locate(UNIT, "ﷺ" * 50_000) is None
    assert locate(UNIT, "a" * 100_000) is None
