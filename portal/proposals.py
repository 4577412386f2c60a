"""A cycle's proposal as the version that it would make: what is accepted or undecided, over what is approved.

It is laid out in memory, for looking at it and for asking it; nothing of it is written. Of a large one, only
the part that is asked about.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rdflib import URIRef
from sqlalchemy import func
from sqlmodel import Session, select

from kg.approved import ApprovedGraph
from kg.model import Delta, Ontology, Quad
from kg.rdf import NAMING, Triple, assertion
from kg.retrieve.question import content_stems
from kg.store.laid import Laid
from kg.vocab import FERAG, RDFS, Dataset
from portal import change_rows, excerpts, indexing, versions
from portal.errors import Conflict
from portal.excerpts import TAKEN, About
from portal.models import Change, Cycle, CycleState, Rag
from portal.review_rows import find_cycle
from portal.wiring import Parts

if TYPE_CHECKING:  # heavy
    from kg.index.view import View

WHOLE = 3_000  # changes of a cycle that are laid out as a whole
KEPT = 6  # proposals in memory
MOST = 50  # things of a large proposal that are looked at when nothing is asked about
NEAR = 30  # passages of a large proposal that a question finds beside those that its facts were read from
_lock = threading.Lock()


@dataclass(frozen=True)
class Proposal:
    """The version after `base` that a cycle would make as it is decided now; `part`: of a large one, what
    was asked about, with the text units that say it."""

    parts: Parts
    dataset: Dataset
    cycle_id: int
    base: int
    delta: Delta
    part: bool = False
    units: frozenset[str] = frozenset()  # of a part

    @cached_property
    def laid(self) -> Laid:
        return Laid(self.dataset, self.delta)

    @cached_property
    def added(self) -> frozenset[Triple]:
        """Facts that are in no approved version."""
        return frozenset(_facts(self.dataset, self.delta.add))

    @cached_property
    def removed(self) -> frozenset[Triple]:
        return frozenset(_facts(self.dataset, self.delta.remove))

    @cached_property
    def redated(self) -> frozenset[URIRef]:
        """The assertions of facts that stay, and would hold at other times or in another way."""
        both = (*self.delta.add, *self.delta.remove)
        told = {s for s, p, _, _ in both if p in (FERAG.period, FERAG.qualifier)}
        new_or_gone = {assertion(self.dataset, *t) for t in (*self.added, *self.removed)}
        return frozenset(told - new_or_gone)

    @cached_property
    def things(self) -> frozenset[URIRef]:
        """Things that are new."""
        return frozenset(_named(self.dataset, self.delta.add) - _named(self.dataset, self.delta.remove))

    @cached_property
    def things_gone(self) -> frozenset[URIRef]:
        return frozenset(_named(self.dataset, self.delta.remove) - _named(self.dataset, self.delta.add))

    @property
    def before(self) -> ApprovedGraph:
        return ApprovedGraph(self.parts.store, self.dataset)

    @cached_property
    def whole_ontology(self) -> Ontology:
        """With what is proposed, and with what would go."""
        now, then = self.before.ontology(), self.graph.ontology()
        classes = {c.iri: c for c in (*now.classes, *then.classes)}
        properties = {p.iri: p for p in (*now.properties, *then.properties)}
        return Ontology(tuple(classes.values()), tuple(properties.values()))

    def removed_around(self, things: Iterable[URIRef]) -> list[Triple]:
        """The facts about these that would go, either way round."""
        near = set(things)
        return sorted((t for t in self.removed if t[0] in near or t[2] in near), key=str)

    @property
    def graph(self) -> ApprovedGraph:
        return ApprovedGraph(self.parts.store, self.dataset, laid=self.laid)

    @cached_property
    def view(self) -> "View":
        """The retrieval index as it would be."""
        with self.parts.session() as db:
            cycle = db.get_one(Cycle, self.cycle_id)
            units = self.units if self.part else None
            touched = indexing.touched(self.dataset, self.delta)
            known = indexing.knowledge(self.dataset, touched, self.graph)
            rows = indexing.of_version(self.parts, db, cycle, self.base, known, units)
        return self.parts.index.proposed(self.dataset, self.base, rows)

    def most_changed(self, limit: int) -> tuple[URIRef, ...]:
        """The things that most is added to or removed from."""
        many = Counter(s for s, _, _ in (*self.added, *self.removed))
        return tuple(sorted(many, key=lambda i: (-many[i], i))[:limit])


def of(parts: Parts, rag_id: int, number: int, about: About | None = None) -> Proposal:
    """The proposal of a cycle in review, of a large one the part that this is `about` (None: about what it
    changes most); the caller has checked who asks.

    Conflict if it is in no review (any more).
    """
    with parts.session() as db:
        cycle = find_cycle(db, rag_id, number)
        if cycle.state not in (CycleState.review, CycleState.publishing):
            raise Conflict("not-in-review", number=number, state=cycle.state)
        base = db.get_one(Rag, rag_id).version
        assert cycle.id is not None
        sign, many = _sign(db, cycle.id, base)
        part = many > WHOLE
        about = about or About(names=excerpts.busiest(db, cycle.id, MOST))
        sign = f"{sign} {sorted(about.names)} {about.words} {about.question}" if part else sign
        with _lock:
            known = parts.proposed.get(sign)
        if known is not None:
            return known
        if part:
            taken = excerpts.changes_about(db, cycle.id, about)
        else:
            taken = change_rows.decided(db, cycle.id, *TAKEN)
    plan = versions.plan_of(parts, rag_id, taken, base)
    units = {e.unit_id for c in taken for e in c.evidence} if part else set[str]()
    if part and about.question:
        units |= set(parts.index.prepared_near(parts.dataset(rag_id), about.question, NEAR))
    made = Proposal(parts, parts.dataset(rag_id), cycle.id, base, plan.delta, part, frozenset(units))
    with _lock:
        parts.proposed[sign] = made
        while len(parts.proposed) > KEPT:
            parts.proposed.popitem(last=False)
    return made


def about_question(text: str) -> About:
    return About(words=content_stems(text), question=text)


def about_things(parts: Parts, rag_id: int, number: int, iris: Iterable[URIRef]) -> About:
    """These things, by the names that they have and those that are proposed."""
    wanted = list(iris)
    with parts.session() as db:
        proposed = excerpts.names_of(db, find_cycle(db, rag_id, number).id or 0, wanted)
    approved = ApprovedGraph(parts.store, parts.dataset(rag_id)).names(wanted)
    return About(names=proposed | {e.label for e in approved})


def about_most(parts: Parts, rag_id: int, number: int, limit: int) -> About:
    """The things that most is proposed about."""
    with parts.session() as db:
        return About(names=excerpts.busiest(db, find_cycle(db, rag_id, number).id or 0, limit))


def _sign(db: Session, cycle_id: int, base: int) -> tuple[str, int]:
    """What tells this state of the decisions from any other, and how many changes it takes.

    A decision is stamped with its time, one taken back changes the counts, a set computed anew has new rows.
    """
    decided = db.execute(
        select(Change.decision, func.count(), func.max(Change.decided_at), func.max(Change.id))
        .where(Change.cycle_id == cycle_id)
        .group_by(Change.decision)
        .order_by(Change.decision)
    ).all()
    many = sum(n for decision, n, _, _ in decided if decision in TAKEN)
    return f"{cycle_id} {base} {[tuple(map(str, row)) for row in decided]}", many


def _facts(dataset: Dataset, quads: frozenset[Quad]) -> Iterator[Triple]:
    return ((s, p, o) for s, p, o, g in quads if g == dataset.facts and p not in NAMING)


def _named(dataset: Dataset, quads: frozenset[Quad]) -> set[URIRef]:
    return {s for s, p, _, g in quads if g == dataset.facts and p == RDFS.label}
