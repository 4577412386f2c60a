"""The excerpt of a passage, and the words marked in it."""

from kg.retrieve.question import content_stems
from portal.search import excerpt, marked

LONG = "Nothing here is of interest. " * 30 + "The old windmill of Brill was sold to Alice. " + "So on. " * 99


def wanted(text: str) -> frozenset[str]:
    return frozenset(content_stems(text))


def test_a_short_passage_is_shown_whole() -> None:
    assert excerpt("Brill is a town.", wanted("Brill")) == (0, 16)


def test_the_excerpt_is_where_most_of_the_words_are() -> None:
    start, end = excerpt(LONG, wanted("Who sold the windmill?"))
    assert "windmill of Brill was sold" in LONG[start:end]
    assert end - start <= 360
    assert LONG[start - 1] == " "
    assert excerpt(LONG, wanted("zebra"))[0] == 0
    start, end = excerpt("x" * 2000, wanted("x"))
    assert 0 <= start < end <= 2000


def test_words_are_marked_in_any_form() -> None:
    text = "Ветряную мельницу продали. The windmills' owner: Alice's."
    pieces = list(marked(text, wanted("мельница Alice windmill")))
    assert "".join(t for t, _ in pieces) == text
    assert [t for t, on in pieces if on] == ["мельницу", "windmills", "Alice"]


def test_words_that_say_nothing_are_not_looked_for() -> None:
    assert content_stems("Where is the town?") == content_stems("town")
    assert content_stems("") == ()
