"""Descriptions merged sentence by sentence, so that neither side silently wins."""

import re

LONGEST = 4000  # characters: beyond this a description is no help to a reader
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[\"«(]?[A-ZА-ЯЁ0-9])|\n+")
_WORD = re.compile(r"\w+")


def joined(old: str, new: str) -> str:
    """The old description, then what the new one says beyond it.

    >>> joined("Ann leads it. She is a chemist.", "She is a chemist! She lives in Oslo.")
    'Ann leads it. She is a chemist. She lives in Oslo.'
    """
    old, new = old.strip(), new.strip()
    if not old or not new or new == old:
        return old or new
    said = [_words(s) for s in sentences(old)]
    extra = []
    for sentence in sentences(new):
        mine = _words(sentence)
        if mine and not any(_same(mine, s) for s in said):
            extra.append(sentence)
            said.append(mine)
    together = " ".join([old, *extra])
    return together if len(together) <= LONGEST else old


def sentences(text: str) -> list[str]:
    return [s.strip() for s in _SENTENCE.split(text) if s.strip()]


def _words(sentence: str) -> frozenset[str]:
    return frozenset(_WORD.findall(sentence.casefold()))


def _same(a: frozenset[str], b: frozenset[str]) -> bool:
    """One says nothing that the other does not."""
    return a <= b or len(a & b) / len(a | b) >= 0.85
