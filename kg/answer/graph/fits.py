"""Which readings and facts are what is asked for, where the query alone cannot say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kg.answer.graph.model import Asked
from kg.answer.graph.relations import counts, standard
from kg.model import Fact, Ontology, Property
from kg.periods import is_open
from kg.vocab import local_name


def with_numbers(asked: Iterable[Asked], ontology: Ontology) -> Iterator[Asked]:
    """Before those who are named are counted: the number that a document gives.

    "How many people work at ACME?" is answered by its number of employees, if that is known.
    """
    for one in asked:
        if one.form == "count" and one.objects and not (one.subjects or one.times or one.effect):
            given = tuple(p for p in ontology.properties if counts(p) & _names(one.properties))
            all_ = not one.classes or any(p.domain in one.classes for p in one.properties)
            if given and all_:  # not "how many engineers"
                yield replace(one, properties=given, subjects=one.objects, objects=(), classes=())
        yield one


def fitting(asked: Asked, facts: Sequence[Fact], ontology: Ontology) -> list[Fact]:
    """Who left has left, when is a time, and where is no person."""
    chosen = list(facts)
    if asked.effect == "end":
        chosen = [f for f in chosen if any(p.end for p in f.periods) or not is_open(f.periods, f.qualifiers)]
    if asked.form == "when" and asked.effect:
        end = asked.effect == "end"
        chosen = [f for f in chosen if any(p.end if end else p.start for p in f.periods)]
    if asked.form == "where":
        people = {c.iri for c in ontology.classes if local_name(c.iri) == "Person"}
        people |= {c.iri for c in ontology.classes if people & ontology.ancestors(c.iri)}
        ranges = {p.iri: p.range for p in asked.properties}
        chosen = [f for f in chosen if ranges.get(f.predicate) not in people]
    return chosen


def _names(known: Iterable[Property]) -> frozenset[str]:
    return frozenset[str]().union(*(standard(p) for p in known))
