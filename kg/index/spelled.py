"""The names of a segment's things as a dictionary of their words: what a few letters are looked up in.

A name gives each of its words in folded Latin letters, and the whole of itself as one word, so that spacing,
accents, inflected endings of spelling and the alphabet do not matter. Words stand in order, which finds
beginnings; their runs of three letters find what is misspelt. A look-up costs what it finds.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kg import names

WORD, WHOLE = b"l", b"w"  # how a word of the dictionary begins: one word of a name, or all of it
LONGEST = 64  # letters of a word, and of a whole, that are kept
_MOST_WORDS = 14  # of a name


@dataclass(frozen=True)
class Spelled:
    """Texts are UTF-8, one after the other: text n is `text[at[n]:at[n + 1]]`."""

    name_entity: np.ndarray  # int32[names]: position of the thing
    name_alias: np.ndarray  # bool[names]
    name_at: np.ndarray  # int64[names + 1]
    name_text: np.ndarray  # uint8: as it is written
    word_at: np.ndarray  # int64[words + 1]
    word_text: np.ndarray  # uint8: ascending
    held_at: np.ndarray  # int64[words + 1]
    held: np.ndarray  # int32: the names that hold each word
    gram: np.ndarray  # int64[grams], ascending
    gram_at: np.ndarray  # int64[grams + 1]
    gram_word: np.ndarray  # int32: the words that hold each run of letters

    def name(self, n: int) -> str:
        return bytes(self.name_text[self.name_at[n] : self.name_at[n + 1]]).decode()

    def word(self, n: int) -> bytes:
        return bytes(self.word_text[self.word_at[n] : self.word_at[n + 1]])

    def first(self, wanted: bytes) -> int:
        """The position of the first word that is not before this one."""
        low, high = 0, len(self.word_at) - 1
        while low < high:
            middle = (low + high) // 2
            if self.word(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def beginning(self, start: bytes, most: int) -> np.ndarray:
        """The names that hold a word that begins so, ascending, of at most `most` look-ups."""
        low, high = self.first(start), self.first(start + b"\xff")
        return np.unique(self.held[self.held_at[low] : self.held_at[high]][:most])

    def holding(self, words: np.ndarray) -> np.ndarray:
        """The names that hold one of these words, ascending."""
        parts = [self.held[self.held_at[w] : self.held_at[w + 1]] for w in words.tolist()]
        return np.unique(np.concatenate([np.zeros(0, np.int32), *parts]))

    def alike(self, runs: Iterable[int], least: int, most: int) -> np.ndarray:
        """The words that share at least so many of these runs of letters, those that share most first."""
        parts = [np.zeros(0, np.int32)]
        for run in runs:
            at = int(np.searchsorted(self.gram, run))
            if at < len(self.gram) and self.gram[at] == run:
                parts.append(self.gram_word[self.gram_at[at] : self.gram_at[at + 1]])
        words, shared = np.unique(np.concatenate(parts), return_counts=True)
        kept = shared >= least
        words, shared = words[kept], shared[kept]
        return words[np.argsort(-shared, kind="stable")[:most]]


def runs(word: str) -> list[int]:
    """What stands for the runs of three letters of a word, its beginning and end among them."""
    padded = f"^{word}$"
    return sorted({zlib.crc32(padded[i : i + 3].encode()) for i in range(len(padded) - 2)})


def folded(name: str) -> list[str]:
    """The words of a name in folded Latin letters.

    >>> folded("Пётр Чайковский"), folded("P. Tchaikovsky")
    (['petr', 'chaikovski'], ['p', 'chaikovski'])
    """
    return [w[:LONGEST] for w in names.letters(name)[:_MOST_WORDS] if w]


def spell(called: Sequence[Sequence[str]]) -> Spelled:
    """Of things, each with its names, the label first."""
    entity, alias, texts = [], [], []
    holds: dict[bytes, list[int]] = defaultdict(list)
    for at, all_ in enumerate(called):
        for n, name in enumerate(dict.fromkeys(all_)):
            entity.append(at)
            alias.append(n > 0)
            texts.append(name.encode("utf-8", "replace"))
            found = folded(name)
            for word in dict.fromkeys(found):
                holds[WORD + word.encode()].append(len(texts) - 1)
            if found:
                holds[WHOLE + "".join(found)[:LONGEST].encode()].append(len(texts) - 1)
    ordered = sorted(holds)
    grams: dict[int, list[int]] = defaultdict(list)
    for at, key in enumerate(ordered):
        for run in runs(key[1:].decode()):
            grams[run].append(at)
    codes = sorted(grams)
    return Spelled(
        name_entity=np.array(entity, np.int32),
        name_alias=np.array(alias, bool),
        **_joined("name", texts),
        **_joined("word", ordered),
        held_at=_starts([len(holds[w]) for w in ordered]),
        held=np.array([n for w in ordered for n in holds[w]], np.int32),
        gram=np.array(codes, np.int64),
        gram_at=_starts([len(grams[c]) for c in codes]),
        gram_word=np.array([w for c in codes for w in grams[c]], np.int32),
    )


def _joined(what: str, texts: Sequence[bytes]) -> dict[str, np.ndarray]:
    return {
        f"{what}_at": _starts([len(t) for t in texts]),
        f"{what}_text": np.frombuffer(b"".join(texts), np.uint8),
    }


def _starts(lengths: Sequence[int]) -> np.ndarray:
    return np.cumsum([0, *lengths], dtype=np.int64)
