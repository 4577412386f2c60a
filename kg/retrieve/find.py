"""Finding things by a few letters: exact, by the beginning, by words, misspelt; in either alphabet."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from rapidfuzz.distance import OSA

from kg.index.spelled import WHOLE, WORD, Spelled, folded, runs
from kg.index.view import View

LONGEST = 160  # characters that are looked for
MOST = 100_000  # look-ups of one beginning
CLOSE = 3000  # words that are compared letter by letter
RANKED = 400  # names that are put in order
_WORDS = 6
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


class How(IntEnum):
    """How a name was found, the best first."""

    exact = 0
    prefix = 1
    word = 2
    fuzzy = 3


@dataclass(frozen=True, slots=True)
class FoundName:
    """A thing, and the name it was found by."""

    iri: str
    label: str
    name: str
    how: How


@dataclass(frozen=True, slots=True)
class _Ranked:
    order: tuple[object, ...]
    position: int
    name: str
    how: How


def find(view: View, text: str, limit: int = 20) -> tuple[FoundName, ...]:
    """The best way of finding first; in each, labels before aliases, the same alphabet before the other,
    things that much is said of before others. Cost: what is found, not how much there is."""
    words = folded(text[:LONGEST])[:_WORDS]
    if not words:
        return ()
    ranked: list[_Ranked] = []
    first = 0
    for segment in view.segments:
        ranked += _in_segment(view, segment.spelled, first, words, text)
        first += len(segment.entities.row)
    found: dict[str, FoundName] = {}
    for one in sorted(ranked, key=lambda r: r.order):
        told = view.entities.told(one.position)
        found.setdefault(told["key"], FoundName(told["key"], told["label"], one.name, one.how))
        if len(found) == limit:
            break
    return tuple(found.values())


def _in_segment(
    view: View, spelled: Spelled, first: int, words: Sequence[str], text: str
) -> Iterator[_Ranked]:
    whole = "".join(words)
    chosen = _alive(view, spelled, first, _straight(spelled, words, whole))
    if len(chosen) < RANKED:
        chosen = np.unique(np.concatenate([chosen, _alive(view, spelled, first, _crooked(spelled, words))]))
    else:
        chosen = _foremost(view, spelled, first, chosen, whole)
    cyrillic = bool(_CYRILLIC.search(text))
    for n in chosen.tolist():
        name = spelled.name(n)
        how, far = _how(folded(name), words, whole)
        position = first + int(spelled.name_entity[n])
        order = (
            how,
            far,
            bool(spelled.name_alias[n]),
            bool(_CYRILLIC.search(name)) != cyrillic,
            -int(view.entity_degree[position]),
            len(name),
            name,
        )
        yield _Ranked(order, position, name, how)


def _straight(spelled: Spelled, words: Sequence[str], whole: str) -> np.ndarray:
    """Names that begin so, or that hold a word beginning with each of these."""
    begins = spelled.beginning(WHOLE + whole.encode(), MOST)
    held = [spelled.beginning(WORD + w.encode(), MOST) for w in words]
    every = held[0]
    for other in held[1:]:
        every = np.intersect1d(every, other, assume_unique=True)
    return np.union1d(begins, every)


def _crooked(spelled: Spelled, words: Sequence[str]) -> np.ndarray:
    """Names that hold a word like each of these; or that are like all of them together."""
    every: np.ndarray | None = None
    for word in words:
        here = np.union1d(_like(spelled, WORD, word), spelled.beginning(WORD + word.encode(), MOST))
        every = here if every is None else np.intersect1d(every, here, assume_unique=True)
    whole = _like(spelled, WHOLE, "".join(words))
    return whole if every is None else np.union1d(every, whole)


def _like(spelled: Spelled, kind: bytes, word: str) -> np.ndarray:
    """Names with a word that one or two slips of the pen make of this one."""
    slips = _slips(word)
    if not slips:
        return np.zeros(0, np.int32)
    parts = runs(word)
    near = spelled.alike(parts, max(1, len(parts) - 3 * slips), CLOSE)
    texts = ((n, spelled.word(n)) for n in near.tolist())
    close = [
        n
        for n, t in texts
        if t[:1] == kind and OSA.distance(word, t[1:].decode(), score_cutoff=slips) <= slips
    ]
    return spelled.holding(np.array(close, np.int64))


def _slips(word: str) -> int:
    """Slips of the pen that are forgiven in a word so long."""
    return 0 if len(word) < 3 else 1 if len(word) < 6 else 2


def _alive(view: View, spelled: Spelled, first: int, chosen: np.ndarray) -> np.ndarray:
    return chosen[view.entities.alive[first + spelled.name_entity[chosen]]]


def _foremost(view: View, spelled: Spelled, first: int, chosen: np.ndarray, whole: str) -> np.ndarray:
    """Of too many names: those that are it, those that begin so, then those of the best known things."""
    exact = spelled.holding(np.array([spelled.first(WHOLE + whole.encode())], np.int64)[: len(spelled.held)])
    begins = spelled.beginning(WHOLE + whole.encode(), MOST)
    tier = 2 - np.isin(chosen, begins).astype(int) - np.isin(chosen, exact)
    known = view.entity_degree[first + spelled.name_entity[chosen]]
    return chosen[np.lexsort((-known, spelled.name_alias[chosen], tier))[:RANKED]]


def _how(name: Sequence[str], words: Sequence[str], whole: str) -> tuple[How, int]:
    """How these words find the name, and by how many slips of the pen."""
    joined = "".join(name)
    if joined == whole:
        return How.exact, 0
    if joined.startswith(whole):
        return How.prefix, 0
    slips = [min((_far(n, w) for n in name), default=LONGEST) for w in words]
    if not any(slips):
        return How.word, 0
    return How.fuzzy, min(sum(slips), OSA.distance(joined, whole))


def _far(written: str, wanted: str) -> int:
    return 0 if written.startswith(wanted) else OSA.distance(written, wanted)
