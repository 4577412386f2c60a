"""Keys that find an entity again by any of its names."""

from kg.vocab import slug


def keys(label: str) -> frozenset[str]:
    """Case, spacing and script folded.

    >>> sorted(keys("Алиса  Смит"))
    ['alisa-smit', 'алиса смит']
    """
    folded = " ".join(label.casefold().split())
    return frozenset(k for k in (folded, slug(label)) if k)
