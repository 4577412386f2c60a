"""How a name is written in a text: "ALICE SMITH" of a table is "Alice Smith" in the sentence."""

import re
from collections import Counter
from functools import lru_cache

from kg import morphology, names

_BETWEEN = frozenset(" \t\n\u00a0-‐‑–—_/.,&'’«»\"“”")
WIDEST_GAP = 3  # characters between two letters of a name that are no letters: " - "


@lru_cache(maxsize=4096)
def _letters(text: str) -> tuple[str, tuple[int, ...]]:
    """The text's letters and digits in lower case, and where each stands."""
    found = [(low, i) for i, c in enumerate(text) if c.isalnum() and len(low := c.lower()) == 1]
    return "".join(c for c, _ in found).replace("ё", "е"), tuple(i for _, i in found)


def _loose(name: str, text: str, most: int) -> list[tuple[int, int]]:
    """Where the letters of the name stand, whatever their case and whatever little stands between them."""
    wanted = _letters(name)[0]
    if not 2 <= len(wanted) <= 160:
        return []
    letters, places_ = _letters(text)
    found: list[tuple[int, int]] = []
    at = letters.find(wanted)
    while at >= 0 and len(found) < most:
        start, end = places_[at], places_[at + len(wanted) - 1] + 1
        if (
            _whole(text, start, end)
            and end - start <= 2 * len(name) + 4
            and _close(text, places_, at, len(wanted))
        ):
            found.append((start, end))
        at = letters.find(wanted, at + 1)
    return found


def _whole(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or before == "_") and not (after.isalnum() or after == "_")


def _close(text: str, places_: tuple[int, ...], at: int, size: int) -> bool:
    gaps = zip(places_[at : at + size - 1], places_[at + 1 : at + size], strict=True)
    return all(b - a <= WIDEST_GAP + 1 and not set(text[a + 1 : b]) - _BETWEEN for a, b in gaps)


@lru_cache(maxsize=1 << 14)
def _inflected(name: str) -> re.Pattern[str] | None:
    """A Russian name in any case: its words by their beginnings."""
    words = name.split()
    if not 1 <= len(words) <= 8 or not any(morphology.is_russian(w) for w in words):
        return None
    parts = [
        re.escape(w[: max(3, len(w) - 3)]) + r"\w{0,6}"
        if morphology.is_russian(w) and len(w) > 3
        else re.escape(w)
        for w in words
    ]
    return re.compile(r"(?<!\w)" + r"[\s«»\"-]{1,3}".join(parts) + r"(?!\w)", re.IGNORECASE)


def places(name: str, text: str, most: int = 20) -> list[tuple[int, int]]:
    """Where the text has this name, in any case, spacing or (Russian) inflection."""
    found = _loose(name.strip(), text, most)
    if found:
        return found
    turned = _inflected(name.strip())
    if turned is None:
        return []
    wanted = names.name(name).words
    return [
        m.span()
        for m, _ in zip(turned.finditer(text), range(most), strict=False)
        if names.name(m[0]).words == wanted
    ]


def written(name: str, texts: list[str]) -> str:
    """The most frequent way in which the texts write the name, "" if they do not.

    >>> written("GRAPH RAG SYSTEM", ["It builds the GraphRAG system.", "The GRAPHRAG SYSTEM"])
    'GraphRAG system'
    """
    seen: Counter[str] = Counter()
    for text in texts:
        for start, end in places(name, text):
            seen[" ".join(text[start:end].split())] += 1
    if not seen:
        return ""
    return min(seen, key=lambda s: (s.isupper() and len(s) > 5, -seen[s], -sum(c.isupper() for c in s), s))
