"""How long a text is for a model: tokens of the multilingual e5 vocabulary, about 4.1 characters each."""

from collections.abc import Iterable
from itertools import islice

from kg.embed import weights

WIDEST = 20_000  # characters at a time: the tokenizer's cost grows faster than the text
AT_ONCE = 500  # texts: what is known of each token takes a hundred times its room


def count(text: str) -> int:
    """Tokens of a text.

    >>> count(""), count("knowledge graph")
    (0, 3)
    """
    return counts([text])[0]


def counts(texts: Iterable[str]) -> list[int]:
    """Tokens of each text; one call for many is quicker."""
    total: list[int] = []
    rest = iter(texts)
    while some := list(islice(rest, AT_ONCE)):
        total += [0] * len(some)
        pieces = [
            (len(total) - len(some) + i, _plain(text[at : at + WIDEST]))
            for i, text in enumerate(some)
            for at in range(0, len(text), WIDEST)
        ]
        encoded = weights.tokenizer().encode_batch_fast([p for _, p in pieces], add_special_tokens=False)
        for (i, _), found in zip(pieces, encoded, strict=True):
            total[i] += len(found)
    return total


def _plain(text: str) -> str:
    return weights.normalised(text.encode("utf-8", "replace").decode())
