"""Predicates in plain words, brought to a form in which wordings of one relation are equal."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import snowballstemmer

from kg.ontology.words import irregular, words

PREPOSITIONS = words("prepositions")
_TOKEN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", re.UNICODE)
_CAMEL = re.compile(r"(?<=[a-zа-яё0-9])(?=[A-ZА-ЯЁ])")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A predicate: `words` for a label, `stems` for comparing, and what it says about direction and time."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    passive: bool = False  # "developed by": subject and object change places
    negated: bool = False  # "no longer", "not"
    over: bool = False  # "previously", "former", "used to"
    gapped: bool = False  # a third thing stood between the words: "involved in … at"

    @property
    def label(self) -> str:
        return " ".join(self.words)

    @property
    def content(self) -> tuple[str, ...]:
        """The stems that are not prepositions."""
        return tuple(s for s in self.stems if s not in PREPOSITIONS)


@cache
def _stemmers() -> tuple[object, object]:
    return snowballstemmer.stemmer("english"), snowballstemmer.stemmer("russian")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """
    >>> stem("developed"), stem("led"), stem("работал")
    ('develop', 'lead', 'работа')
    """
    word = word.lower().replace("ё", "е").replace("’", "'")
    word = word.removesuffix("'s")
    if word in PREPOSITIONS:
        return word
    if len(word) > 5 and word.endswith(("er", "or", "ee")) and word not in words("verbs_in_er"):
        return word
    if len(word) > 6 and word.endswith(("ers", "ors", "ees")) and word[:-1] not in words("verbs_in_er"):
        return word[:-1]
    english, russian = _stemmers()
    if "а" <= word[:1] <= "я":
        return str(russian.stemWord(irregular().get(word, word)))  # type: ignore[attr-defined]
    return str(english.stemWord(irregular().get(word, word)))  # type: ignore[attr-defined]


@lru_cache(maxsize=65536)
def phrase(text: str) -> Phrase:
    """Read a predicate: "was previously employed by", "worksAt", "date_of_birth", "работала в".

    >>> p = phrase("is currently developed by")
    >>> p.label, p.passive
    ('developed', True)
    """
    text = _CAMEL.sub(" ", text.replace("_", " ")) if " " not in text.strip() else text
    raw = [t.lower() for t in _TOKEN.findall(text)]
    negated = any(t in words("negation") or t.endswith("n't") for t in raw)
    over = any(t in words("over") for t in raw) or ("used", "to") in pairwise(raw)
    be = bool(words("be") & set(raw))
    tokens = _without_time(raw)
    kept = [
        t
        for t in tokens
        if t not in words("dropped")
        and t not in words("be")
        and t not in words("negation")
        and t not in words("over")
        and not _adverb(t)
    ]
    if len(kept) > 1 and kept[0] in words("have"):
        kept = kept[1:]
    # "superseded by the open project": what stands after "by" describes the agent, unless it leads elsewhere
    agent = kept.index("by", 1) if "by" in kept[1:] else 0
    passive = bool(agent and (be or _participle(kept[0])))
    if passive and agent < len(kept) - 1:
        if kept[agent + 1] in PREPOSITIONS:
            kept = [*kept[:agent], *kept[agent + 1 :]]
        elif kept[-1] in PREPOSITIONS:
            passive = False
        else:
            kept = kept[:agent]
    elif passive:
        kept = kept[:agent]
    if not passive and kept and _russian_passive(kept):
        passive, kept = True, kept[:1]
    kept = _without_role(kept)
    if len(kept) > 2 and kept[-1] == "of" and stem(kept[-2]) in _partitive():
        kept = [t for t in kept[:-1] if stem(t) not in _partitive()]
    return Phrase(tuple(kept), tuple(stem(t) for t in kept), passive, negated, over)


def without_kind(read: tuple[str, ...], kinds: Collection[str]) -> tuple[str, ...]:
    """ "system uses" without the noun that belongs to the subject's name: "the X system uses Y"."""
    if len(read) > 1 and read[0] in kinds and any(w not in PREPOSITIONS for w in read[1:]):
        return read[1:]
    return read


def without_complement(read: tuple[str, ...]) -> tuple[str, ...]:
    """ "uses for entity extraction" without what it is used for."""
    for i, word in enumerate(read):
        if 0 < i < len(read) - 1 and word in words("complement"):
            return read[:i]
    return read


def _without_time(raw: list[str]) -> list[str]:
    """Without "used to", "continues to", "longer" and other marks of time that stand before the verb."""
    out: list[str] = []
    skip = False
    for i, word in enumerate(raw):
        following = raw[i + 1] if i + 1 < len(raw) else ""
        if skip:
            skip = False
            continue
        if following == "to" and i + 2 < len(raw) and (word == "used" or word in words("into_infinitive")):
            skip = True
            continue
        if word in {"longer", "больше"} and i and raw[i - 1] in {"no", "any", "не"}:
            continue
        out.append(word)
    return out


def _without_role(kept: list[str]) -> list[str]:
    """ "works as engineer at" is "works at"; in "serves as partner of" the role is the relation."""
    if len(kept) > 3 and kept[-1] in PREPOSITIONS and "as" in kept[1:-1]:
        at = kept.index("as", 1)
        if kept[0] in words("serving") and kept[-1] in {"of", "to", "for"}:
            return kept[at + 1 :]
        return [*kept[:at], kept[-1]]
    return kept


@cache
def _partitive() -> frozenset[str]:
    return frozenset(stem(w) for w in words("partitive"))


def _adverb(token: str) -> bool:
    return len(token) > 4 and token.endswith("ly") and token not in words("adverb_like")


_RUSSIAN_PASSIVE = re.compile(r"(?:[аяе]н|ён|т)[аоы]?$")


def _russian_passive(kept: list[str]) -> bool:
    """ "разработан компанией": a short participle whose agent follows; "основан в" tells where."""
    participle = len(kept[0]) > 5 and bool(_RUSSIAN_PASSIVE.search(kept[0]))
    return (
        participle
        and len(kept) == 2
        and kept[1] not in PREPOSITIONS
        and kept[1].endswith(("ем", "ом", "ой", "ей", "ами"))
    )


def _participle(token: str) -> bool:
    return token.endswith("ed") or token.endswith("en") or token in irregular() or token.endswith("wn")
