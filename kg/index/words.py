"""From text to the stems that full text and names are matched by.

Each word is stemmed by its own script, not by the document's language: a Russian text with English
names, and a question in one language about a text in the other, then meet in the middle.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

import snowballstemmer

from kg.morphology import lemma

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_CYRILLIC = re.compile(r"[а-яё]")
_LATIN = re.compile(r"[a-z]")
_ARTICLES = frozenset({"the", "a", "an"})
_LONGEST = 64  # characters of a word; what is longer is no word
_STEMMERS = {"ru": snowballstemmer.stemmer("russian"), "en": snowballstemmer.stemmer("english")}


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A word's stem, case and accents folded.

    >>> stem("Сущностями"), stem("сущность"), stem("Published")
    ('сущност', 'сущност', 'publish')
    """
    folded = _folded(word)
    if _CYRILLIC.search(folded):
        return str(_STEMMERS["ru"].stemWord(lemma(folded)))  # a stem alone parts "Иван" from "Ивану"
    if _LATIN.search(folded):
        return str(_STEMMERS["en"].stemWord(folded))
    return folded


def words(text: str) -> Iterator[str]:
    """The words as they are written, without a possessive ending."""
    for found in _WORD.finditer(unicodedata.normalize("NFC", text)):
        word = found.group()
        yield re.sub(r"['’].*", "", word) if word[-2:] in ("'s", "’s") else word


def stems(text: str) -> list[str]:
    return [stem(w) for w in words(text) if len(w) <= _LONGEST]


def name_key(name: str) -> tuple[str, ...]:
    """What two spellings of one name share: stems without a leading article or what is in brackets.

    >>> name_key("The Beatles"), name_key("Ивана Петрова") == name_key("Иван Петров")
    (('beatl',), True)
    """
    found = stems(re.sub(r"\(.*?\)", " ", name)) or stems(name)
    if len(found) > 1 and found[0] in _ARTICLES:
        found = found[1:]
    return tuple(found)


def name_id(key: Sequence[str]) -> int:
    """A name's node in the graph: 63 bits."""
    return _bits("name", *key)


def thing_id(iri: str) -> int:
    """An approved entity's node in the graph: 63 bits."""
    return _bits("thing", iri)


def row_id(key: str) -> int:
    """A row's or document's key in the arrays: 63 bits."""
    return _bits("row", key)


def _bits(*parts: str) -> int:
    digest = hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _folded(word: str) -> str:
    composed = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е").replace("й", "\0")
    plain = unicodedata.normalize("NFKD", composed)
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("\0", "й")
