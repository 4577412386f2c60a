"""Which relations a question or a sentence speaks of, in English or Russian, by the standard wordings.

The table of common relations is in both languages: what "работает" asks is what "works at" says.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from kg import morphology
from kg.model import Fact
from kg.ontology.phrase import PREPOSITIONS, stem
from kg.ontology.tables import Wording, wordings

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
LONGEST = 5  # words of a wording
_BE = frozenset(["is", "are", "was", "were", "be", "been"])
_PROMOTED = re.compile(r"\bpromot|\bповы(?:шен|сил|сят)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A wording at the words `first` to `last` (exclusive) of a text: what it may mean."""

    first: int
    last: int
    meanings: tuple[Wording, ...]


@lru_cache(maxsize=4096)
def spoken(words: tuple[str, ...]) -> tuple[Spoken, ...]:
    """The relations said in these words, the longest wordings first, none inside another."""
    found: list[Spoken] = []
    bases, stems = [stem(_base(w)) for w in words], [stem(w) for w in words]
    taken = [False] * len(words)
    for length in range(min(LONGEST, len(words)), 0, -1):
        for at in range(len(words) - length + 1):
            if any(taken[at : at + length]):
                continue
            meanings = _meanings(bases[at : at + length]) or _meanings(stems[at : at + length])
            meanings = _in_voice(meanings, words, at) if length == 1 else meanings
            if meanings:
                taken[at : at + length] = [True] * length
                found.append(Spoken(at, at + length, meanings))
    return tuple(sorted(found, key=lambda s: s.first))


def _meanings(key: list[str]) -> tuple[Wording, ...]:
    """As it is worded; a single verb also without its preposition: "where does he work?"."""
    if key[0] in PREPOSITIONS:
        return ()
    exact = wordings().get(tuple(key), ())
    if len(key) > 1:
        return exact
    own = {m.property for m in exact}  # "leave TechCorp" is not "leave for TechCorp"
    return (*exact, *(m for m in _bare().get(key[0], ()) if m.property not in own))


def _in_voice(meanings: tuple[Wording, ...], words: tuple[str, ...], at: int) -> tuple[Wording, ...]:
    """What leans on a preposition that is not there, turned round, is meant by a passive only: "is used".

    "Кто использует X" asks for users, "где используется X" for where it is used.
    """
    word = words[at].lower()
    if morphology.is_russian(word):
        reflexive = word.endswith(("ся", "сь"))
        turned = tuple(m for m in meanings if m.leaning and m.inverse)
        return turned if reflexive and turned else tuple(m for m in meanings if m not in turned)
    passive = bool(_BE & {w.lower() for w in words[:at]})
    return tuple(m for m in meanings if passive or not (m.leaning and m.inverse))


@cache
def _bare() -> dict[str, tuple[Wording, ...]]:
    """Verbs that are worded with a preposition, by the verb alone; in the order of the table."""
    found: dict[str, dict[Wording, None]] = {}
    for stems, meanings in wordings().items():
        if len(stems) == 2 and stems[1] in PREPOSITIONS:
            found.setdefault(stems[0], {}).update(dict.fromkeys(meanings))
    return {first: tuple(meanings) for first, meanings in found.items()}


def _base(word: str) -> str:
    low = word.lower()
    return morphology.lemma(low) if morphology.is_russian(low) else low


def relations(text: str) -> frozenset[str]:
    """
    >>> "works at" in relations("Где работает Боб?"), relations("Oil it every year.")
    (True, frozenset())
    """
    said = spoken(tuple(_WORD.findall(text[:2000])))
    return frozenset(m.property for s in said for m in s.meanings)


def begins(names: frozenset[str], fact: Fact) -> bool:
    """Does a quote with its date say that the relation began, rather than that the person was promoted?"""
    years = {p.start[:4] for p in fact.periods if p.start}
    quotes = [e.quote for e in fact.evidence if any(y in e.quote for y in years)]
    if not any(_PROMOTED.search(q) for q in quotes):
        return True
    said = [s for q in quotes for s in spoken(tuple(_WORD.findall(q)))]
    return any(m.effect == "start" and m.property in names for s in said for m in s.meanings)
