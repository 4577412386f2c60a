"""What is asked for by rank: the first, the oldest, the one with the most."""

from collections.abc import Sequence
from dataclasses import dataclass

from rdflib import URIRef

from kg import morphology
from kg.answer.graph.model import Extreme, Form
from kg.answer.graph.relations import counts, standard
from kg.answer.graph.words import listed
from kg.model import Ontology, Property
from kg.ontology.reading import NUMBERS

_RANKS: tuple[Extreme, ...] = ("first", "last", "most", "least")


@dataclass(frozen=True, slots=True)
class Rank:
    """`at`: the words that say so; `aged`, `sized`: they say by themselves what is compared."""

    which: Extreme = ""
    at: frozenset[int] = frozenset()
    aged: bool = False
    sized: bool = False


def rank(words: Sequence[str], used: Sequence[bool]) -> Rank:
    """Of the words that are not used yet.

    >>> rank("What is the oldest company".split(), [False] * 5)
    Rank(which='first', at=frozenset({3}), aged=True, sized=False)
    >>> rank("Какие новые проекты начаты".split(), [False] * 4).which
    ''
    >>> rank("Назови самую новую компанию".split(), [False] * 4).which
    'last'
    """
    said = {i: _forms(w) for i, w in enumerate(words) if not used[i]}
    superlative = frozenset(i for i, forms in said.items() if forms & listed("superlative"))
    for which in _RANKS:
        at = frozenset(i for i, forms in said.items() if forms & listed(which))
        if superlative:
            at |= {i for i, forms in said.items() if forms & listed(f"{which}_most")}
        at = at or _of_all(which, words, said)
        if at:
            beside = {i for i, forms in said.items() if forms & listed("beside_rank")}
            meant = frozenset[str]().union(*(said[i] for i in at))
            aged, sized = bool(meant & listed("aged")), bool(meant & listed("sized"))
            return Rank(which, at | superlative | beside, aged, sized)
    return Rank()


def beginnings(form: Form, classes: Sequence[URIRef], ontology: Ontology) -> tuple[Property, ...]:
    """What makes old or new: a date of birth of people, else of foundation."""
    dates = [p for p in ontology.properties if p.kind == "datatype"]
    if form == "who":
        return tuple(p for p in dates if "birth date" in standard(p))
    wanted = [p for p in dates if standard(p) & {"birth date", "founding date", "publication date"}]
    return _of(wanted, classes, ontology)


def sizes(classes: Sequence[URIRef], ontology: Ontology) -> tuple[Property, ...]:
    """What makes large or small: how many people belong to it."""
    return _of([p for p in numbers(ontology) if counts(p)], classes, ontology)


def numbers(ontology: Ontology) -> tuple[Property, ...]:
    """The properties whose values are numbers."""
    return tuple(p for p in ontology.properties if p.kind == "datatype" and p.range in NUMBERS)


def numbered(said: Sequence[Property], ontology: Ontology) -> tuple[Property, ...]:
    """Of relations that are spoken of, the numbers: their own, or of those who stand in them."""
    names = frozenset[str]().union(*(standard(p) for p in said))
    return tuple(p for p in numbers(ontology) if p in said or counts(p) & names)


def _of(found: Sequence[Property], classes: Sequence[URIRef], ontology: Ontology) -> tuple[Property, ...]:
    above = {a for c in classes for a in ontology.ancestors(c)} | set(classes)
    return tuple(p for p in found if p.domain is None or p.domain in above)


def _of_all(which: Extreme, words: Sequence[str], said: dict[int, frozenset[str]]) -> frozenset[int]:
    """ "Больше всего" and "меньше всех"."""
    name = {"most": "more", "least": "fewer"}.get(which)
    low = [w.lower() for w in words]
    pairs = (i for i in said if name and low[i] in listed(name) and i + 1 in said)
    return frozenset(j for i in pairs if low[i + 1] in listed("of_all") for j in (i, i + 1))


def _forms(word: str) -> frozenset[str]:
    """As it stands, and in base form."""
    low = word.lower()
    return frozenset((low, morphology.lemma(low))) if morphology.is_russian(low) else frozenset((low,))
