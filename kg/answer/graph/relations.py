"""The relation that a question speaks of, as properties of the ontology at hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from kg.answer.relations import spoken
from kg.model import Ontology, Property
from kg.ontology.phrase import phrase
from kg.ontology.tables import Effect, properties
from kg.vocab import slug


@dataclass(frozen=True, slots=True)
class Meaning:
    property: Property
    inverse: bool = False
    effect: Effect = ""
    leaning: bool = False  # see kg.ontology.tables.Wording


def meanings(
    words: Sequence[str], used: Sequence[bool], ontology: Ontology, *, numbers: bool = False
) -> list[tuple[int, int, tuple[Meaning, ...]]]:
    """(first, last, what is meant) of each wording among the words that are not used yet.

    With `numbers` a relation also means how many stand in it.
    """
    left = tuple("_" if u else w for w, u in zip(words, used, strict=True))
    own = _own(left, ontology)
    if own:
        return own
    out = []
    for s in spoken(left):
        found = [
            Meaning(p, m.inverse, m.effect, m.leaning)
            for m in s.meanings
            for p in ontology.properties
            if m.property in standard(p) | wider(p) | (counts(p) if numbers else frozenset())
        ]
        if found:
            out.append((s.first, s.last, tuple(dict.fromkeys(found))))
    return out


def standard(known: Property) -> frozenset[str]:
    """The names of the standard relations that a property is."""
    own = {slug(known.label), slug(known.iri.rsplit("#", 1)[-1])}
    own |= {slug(s) for s in known.synonyms}
    flat = {o.replace("-", "") for o in own}
    return frozenset(
        name
        for name, p in properties().items()
        if {slug(w).replace("-", "") for w in (name, p.label, p.ru)} & flat
    )


def wider(known: Property) -> frozenset[str]:
    """The standard relations that it is a case of: a founding member is a member."""
    found: set[str] = set()
    todo = [properties()[n].parent for n in standard(known)]
    while todo:
        name = todo.pop()
        if name and name not in found:
            found.add(name)
            todo.append(properties()[name].parent)
    return frozenset(found)


def counts(known: Property) -> frozenset[str]:
    """The relations whose subjects it numbers."""
    return frozenset(properties()[n].counts for n in standard(known)) - {""}


def symmetric(known: Property) -> bool:
    """Does it hold both ways: who competes with X, X competes with?"""
    return known.inverse == known.iri or any(properties()[n].symmetric for n in standard(known))


def _own(words: tuple[str, ...], ontology: Ontology) -> list[tuple[int, int, tuple[Meaning, ...]]]:
    """Properties said by all words of their own label, for those that the table does not know."""
    stems = [phrase(w).stems for w in words]
    out: list[tuple[int, int, tuple[Meaning, ...]]] = []
    for p in ontology.properties:
        for label in (p.label, *p.synonyms):
            wanted = phrase(label).content
            if len(wanted) < 2:
                continue
            at = [next((i for i, s in enumerate(stems) if s == (w,)), -1) for w in wanted]
            if min(at) >= 0 and max(at) - min(at) < len(wanted) + 1:
                out.append((min(at), max(at) + 1, (Meaning(p),)))
                break
    return out[:1]
