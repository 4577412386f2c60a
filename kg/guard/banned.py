"""Terms that an owner does not want to see in questions and answers, in any case and inflection."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.guard.invisible import visible
from kg.index.words import stem

MASK = "•"
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class BannedTerms:
    """Each a word or several in a row; compared by stems, so that "увольнение" finds "увольнения"."""

    terms: tuple[str, ...] = ()

    def found(self, text: str) -> tuple[str, ...]:
        """Which of them the text has, in the order in which they are listed."""
        stems = [stem(w) for w in _WORD.findall(visible(text))]
        return tuple(t for t in self.terms if any(_at(stems, _stems(t))))

    def masked(self, text: str) -> tuple[str, int]:
        """The text with each of them blotted out letter by letter, and how many there were.

        >>> BannedTerms(("Project Falcon",)).masked("He leads project FALCON now.")
        ('He leads •••••••••••••• now.', 1)
        """
        spans = [m.span() for m in _WORD.finditer(text)]
        stems = [stem(text[a:b]) for a, b in spans]
        hidden = [
            (spans[i][0], spans[i + len(wanted) - 1][1])
            for wanted in map(_stems, self.terms)
            for i in _at(stems, wanted)
        ]
        out = list(text)
        for start, end in hidden:
            out[start:end] = MASK * (end - start)
        return "".join(out), len(hidden)

    @property
    def longest(self) -> int:
        """Characters that may still become one of them while a text is being written; 0 without any."""
        return max((len(t) for t in self.terms), default=-8) + 8  # an inflected end is a little longer


@lru_cache(maxsize=4096)
def _stems(term: str) -> tuple[str, ...]:
    return tuple(stem(w) for w in _WORD.findall(term))


def _at(stems: Sequence[str], wanted: Sequence[str]) -> list[int]:
    size = len(wanted)
    return [i for i in range(len(stems) - size + 1) if size and tuple(stems[i : i + size]) == tuple(wanted)]
