"""How long a text is for a model: tokens of the multilingual e5 vocabulary, about 4.1 characters each."""

from collections.abc import Iterable

from kg.embed import tokenizer


def count(text: str) -> int:
    """Tokens of a text.

    >>> count(""), count("knowledge graph")
    (0, 3)
    """
    return len(tokenizer.encode(text))


def counts(texts: Iterable[str]) -> list[int]:
    """Tokens of each text."""
    return [count(t) for t in texts]
