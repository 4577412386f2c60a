"""A checked query put to the graph: its rows, and the facts that they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.answer.query.behind import Key, behind, key, keys
from kg.answer.query.check import allowed
from kg.approved import ApprovedGraph
from kg.model import Fact, Ontology
from kg.store import Row
from kg.store.sparql import Answered, Checked, run

SECONDS = 8.0
BYTES = 2 * 2**20


@dataclass(frozen=True)
class Rows:
    """`facts` by the terms of a row in the columns `by`."""

    query: str
    answered: Answered
    by: tuple[str, ...] = ()
    facts: Mapping[Key, tuple[Fact, ...]] = field(default_factory=dict)

    def of(self, row: Row) -> tuple[Fact, ...]:
        return self.facts.get(key(row, self.by), ())

    @property
    def all_facts(self) -> tuple[Fact, ...]:
        return tuple(dict.fromkeys(f for facts in self.facts.values() for f in facts))

    @property
    def nothing(self) -> bool:
        """No row, a plain no, or nothing but zeros counted."""
        if self.answered.truth is not None:
            return not self.answered.truth
        counted = [t for row in self.answered.rows for t in row.values()]
        return not counted or (not self.by and all(str(t) in ("0", "0.0") for t in counted))


def put(query: str, graph: ApprovedGraph, ontology: Ontology) -> Rows:
    """Raises QueryRefused, TooSlow, StoreError and StoreDown: what is wrong, for whoever wrote it."""
    ready: Checked = allowed(query, graph, ontology)
    answered = run(graph.store, graph.dataset, ready, timeout=SECONDS, limit_bytes=BYTES)
    found = Rows(ready.text, answered, keys(ready))
    if found.nothing:
        return found
    return Rows(ready.text, answered, found.by, behind(ready, answered.rows, graph, ontology))
