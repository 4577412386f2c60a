"""A question made ready: its stems, its vector, its names."""

import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np

from kg.embed import Embedder
from kg.errors import ModelError
from kg.index.words import stem, words

log = logging.getLogger(__name__)

_LONGEST = 2000  # characters that are looked at
_BEFORE = 300  # characters of the last message, for a question that leans on it


def _listed(name: str) -> frozenset[str]:
    """The words of a file beside this one, English and Russian."""
    return frozenset(files("kg.retrieve").joinpath(name).read_text("utf-8").split())


@cache
def _pronouns() -> frozenset[str]:
    return _listed("pronouns.txt")


@cache
def _stop_stems() -> frozenset[str]:
    return frozenset(stem(w) for w in _listed("stop_words.txt"))


@dataclass(frozen=True, slots=True)
class Question:
    """`stems` for full text, without words that say nothing; `sequence` of all (stem, is a name)."""

    text: str
    stems: tuple[str, ...]
    sequence: tuple[tuple[str, bool], ...]
    vector: np.ndarray  # float32[d], of length 1; float32[0] if there is none
    rest: np.ndarray  # the same of the question without its names: what is asked about them

    def looking_for(self, keywords: Sequence[str]) -> "Question":
        """With these words looked for as well: by full text, and as names."""
        more = [tuple((stem(w), True) for w in words(k)) for k in keywords]
        apart = (("", False),)  # no name goes from one keyword into the next
        sequence = sum(((*apart, *some) for some in more), self.sequence)
        stems = (s for some in more for s, _ in some if s not in _stop_stems())
        return replace(self, stems=tuple(dict.fromkeys((*self.stems, *stems))), sequence=sequence)


def ask(text: str, embedder: Embedder | None, history: Sequence[str] = ()) -> Question:
    """`history` are earlier messages, the last one last: it helps where the question leans on it.

    Without an embedder (what is searched has another one's vectors), or if it does not answer, there are
    no vectors: names and full text still find.
    """
    asked = _plain(text)[:_LONGEST]
    whole = asked
    written = list(words(asked))
    if history and (len(written) <= 4 or any(w.lower() in _pronouns() for w in written)):
        whole = f"{_plain(history[-1])[:_BEFORE]} {asked}".strip()
        written = list(words(whole))
    capital = [i > 0 and (w[0].isupper() or w[0].isdigit()) for i, w in enumerate(written)]
    # written without capitals any word can be a name
    named = capital if any(capital) else [len(w) > 2 for w in written]
    stems = [stem(w) for w in written]
    wanted = _wanted(stems)
    sequence = tuple((s, n and s not in _stop_stems()) for s, n in zip(stems, named, strict=True))
    rest = " ".join(w for w, is_name in zip(written, capital, strict=True) if not is_name)
    vector = about = np.zeros(0, np.float32)
    if whole and embedder is not None:
        try:
            vector, about = embedder.questions([whole, rest or whole])
        except ModelError as e:
            log.warning("a question is not embedded: %s", e)
    return Question(whole, wanted, sequence, vector, about)


def content_stems(text: str) -> tuple[str, ...]:
    """What full text looks for: the stems of a text without those of words that say nothing."""
    return _wanted([stem(w) for w in words(_plain(text)[:_LONGEST])])


def _wanted(stems: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s for s in stems if s not in _stop_stems())) or tuple(dict.fromkeys(stems))


def _plain(text: str) -> str:
    """Without control characters; one line."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text[: 4 * _LONGEST])
    return " ".join(kept.split())
