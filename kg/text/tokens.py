"""How long a text is for a model: tokens of the multilingual e5 vocabulary, about 4.1 characters each."""

from collections.abc import Sequence
from functools import cache

from tokenizers import Tokenizer

from kg.embed import weights

WIDEST = 20_000  # characters at a time: the tokenizer's cost grows faster than the text


@cache
def _tokenizer() -> Tokenizer:
    return weights.tokenizer()


def count(text: str) -> int:
    """Tokens of a text.

    >>> count(""), count("knowledge graph")
    (0, 3)
    """
    return counts([text])[0]


def counts(texts: Sequence[str]) -> list[int]:
    """Tokens of each text; one call for many is quicker."""
    pieces: list[str] = []
    owner: list[int] = []
    for i, text in enumerate(texts):
        for at in range(0, len(text), WIDEST):
            pieces.append(_plain(text[at : at + WIDEST]))
            owner.append(i)
    total = [0] * len(texts)
    encoded = _tokenizer().encode_batch_fast(pieces, add_special_tokens=False)
    for i, found in zip(owner, encoded, strict=True):
        total[i] += len(found)
    return total


def _plain(text: str) -> str:
    return weights.normalised(text.encode("utf-8", "replace").decode())
