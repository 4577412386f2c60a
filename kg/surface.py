"""How a name is written in a text: "ALICE SMITH" of a table is "Alice Smith" in the sentence."""

import re
from collections import Counter
from functools import lru_cache

from kg import morphology, names

_BETWEEN = r"[\s\-–—_/.&,'’«»\"“”]{0,3}"


@lru_cache(maxsize=1 << 14)
def _loose(name: str) -> re.Pattern[str] | None:
    """The letters of the name, whatever its case and whatever stands between its words."""
    letters = [c for c in name if c.isalnum()]
    if not 2 <= len(letters) <= 120:
        return None
    return re.compile(
        r"(?<!\w)" + _BETWEEN.join(map(re.escape, letters)) + r"(?:(?=['’]s)|(?!\w))", re.IGNORECASE
    )


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
    pattern = _loose(name.strip())
    found = [m.span() for m, _ in zip(pattern.finditer(text), range(most), strict=False)] if pattern else []
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
