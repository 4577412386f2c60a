"""What a question asks of the graph."""

from dataclasses import dataclass
from typing import Literal as OneOf

from rdflib import URIRef

from kg.answer.graph.amounts import Amount
from kg.model import Property
from kg.ontology.tables import Effect

Form = OneOf["count", "list", "when", "where", "who"]
Extreme = OneOf["", "first", "last", "most", "least"]


@dataclass(frozen=True, slots=True)
class Times:
    """Bounds in ISO form, "" for none: strictly after and before, or within."""

    after: str = ""
    before: str = ""
    within: str = ""

    def __bool__(self) -> bool:
        return bool(self.after or self.before or self.within)


@dataclass(frozen=True, slots=True)
class Asked:
    """One way of reading a question: the facts with one of the properties and these ends.

    Without properties: the things of the classes. `subjects` and `objects` are things that are named.
    """

    form: Form
    properties: tuple[Property, ...] = ()
    subjects: tuple[URIRef, ...] = ()
    objects: tuple[URIRef, ...] = ()
    classes: tuple[URIRef, ...] = ()  # of what is asked for, those below them included
    effect: Effect = ""  # asks about the begin or the end: "joined", "left"
    times: Times = Times()
    extreme: Extreme = ""  # only what was first, or last; has the most, or the least
    amount: Amount | None = None  # of the value, a number
    both: bool = False  # the relation holds both ways: the ends may have changed places
