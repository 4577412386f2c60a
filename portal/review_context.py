"""What stands around the changes of a page of a review, for deciding them.

Who approved what is contradicted, what is known of two things that may be one, what a new relation would be
used for, and what else was read in the same passage.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select

from kg.model import Change as KgChange
from kg.model import Fact, Kind
from portal import access, change_rows, graph, models
from portal.access import Action, Actor
from portal.graph import FactView
from portal.models import Change, Cycle, Touched, User, Version
from portal.review_rows import TABS, Row, find_cycle, row_of, with_decider
from portal.wiring import Parts

EXAMPLES = 3  # of what needs a new kind or relation
KNOWN = 6  # facts of a thing on a merge card


@dataclass(frozen=True, slots=True)
class Approval:
    """Who made a version, and when."""

    version: int
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Context:
    """`approvals` by version; `examples` by change id; of things `names` and approved `facts` by IRI, and
    `proposed` changes by their name."""

    approvals: Mapping[int, Approval] = field(default_factory=dict)
    examples: Mapping[str, tuple[KgChange, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, tuple[FactView, ...]] = field(default_factory=dict)
    proposed: Mapping[str, tuple[KgChange, ...]] = field(default_factory=dict)


def around(parts: Parts, actor: Actor, rag_id: int, number: int, rows: Sequence[Row]) -> Context:
    """StoreError if the graph cannot be asked."""
    conflicts = [r for r in rows if r.kind is Kind.conflict]
    merges = [r.change.merge for r in rows if r.kind is Kind.merge_entities and r.change.merge]
    said = [c for r in conflicts for c in (*r.change.before, *r.change.after) if isinstance(c, Fact)]
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        approvals = _approvals(db, rag_id, {f.version for f in said if f.version})
        examples = _examples(db, cycle, [r.id for r in rows if r.kind in TABS["ontology"]])
        proposed = _proposed(db, cycle, {n for m in merges for n in (m.keep_label, m.drop_label)})
    views = graph.facts_in_words(parts, actor, rag_id, said, staged=number) if said else ()
    things = {i for m in merges for i in (m.keep, m.drop)}
    facts = graph.facts_of(parts, actor, rag_id, things, KNOWN) if things else {}
    return Context(approvals, examples, _names(views), facts, proposed)


def beside(parts: Parts, actor: Actor, rag_id: int, number: int, row: Row, limit: int = 8) -> tuple[Row, ...]:
    """The other changes of the cycle that were read in the same passages, the same change left out."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        units = [change_rows.unit_key(u) for u in sorted({e.unit_id for e in row.evidence if e.unit_id})]
        here = select(Touched.change_id).where(
            Touched.cycle_id == cycle.id, col(Touched.what).in_(units[:20]), Touched.change_id != row.id
        )
        found = db.exec(
            with_decider()
            .where(
                col(Change.cycle_id) == cycle.id,
                col(Change.change_id).in_(here),
                col(Change.kind).in_([*TABS["facts"], *TABS["conflicts"]]),
            )
            .order_by(col(Change.position))
            .limit(limit)
        ).all()
        return tuple(row_of(*f) for f in found)


def _approvals(db: Session, rag_id: int, versions: Iterable[int]) -> dict[int, Approval]:
    found = db.exec(
        select(Version, User)
        .join(User, col(User.id) == Version.approved_by)
        .where(Version.rag_id == rag_id, col(Version.number).in_(set(versions)))
    )
    return {v.number: Approval(v.number, u.name or u.email, v.approved_at) for v, u in found}


def _examples(db: Session, cycle: Cycle, ids: Sequence[str]) -> dict[str, tuple[KgChange, ...]]:
    """The first changes that need each of these."""
    if not ids:
        return {}
    link = models.ChangeLink
    place = func.row_number().over(partition_by=col(link.needs), order_by=col(Change.position))
    numbered = (
        select(col(link.needs).label("needs"), col(Change.id).label("row"), place.label("place"))
        .join(Change, and_(col(Change.cycle_id) == link.cycle_id, col(Change.change_id) == link.change_id))
        .where(
            col(link.cycle_id) == cycle.id,
            col(link.needs).in_(ids),
            col(Change.kind).not_in(TABS["ontology"]),
        )
        .subquery()
    )
    found = db.exec(
        select(numbered.c.needs, Change)
        .join(Change, col(Change.id) == numbered.c.row)
        .where(numbered.c.place <= EXAMPLES)
        .order_by(numbered.c.needs, numbered.c.place)
    ).all()
    examples: dict[str, tuple[KgChange, ...]] = {}
    for needs, change in found:
        examples[needs] = (*examples.get(needs, ()), change_rows.change_of(change))
    return examples


def _proposed(db: Session, cycle: Cycle, names: Iterable[str]) -> dict[str, tuple[KgChange, ...]]:
    """What the cycle would say of things of these names."""
    wanted = set(names)
    if not wanted:
        return {}
    found = db.exec(
        select(Change)
        .where(
            Change.cycle_id == cycle.id,
            col(Change.kind).in_([Kind.new_fact, Kind.conflict]),
            or_(col(Change.subject).in_(wanted), col(Change.object).in_(wanted)),
        )
        .order_by(col(Change.position))
        .limit(20 * KNOWN)
    ).all()
    said: dict[str, tuple[KgChange, ...]] = {}
    for stored in found:
        for name in {stored.subject, stored.object} & wanted:
            said[name] = (*said.get(name, ()), change_rows.change_of(stored))[:KNOWN]
    return said


def _names(views: Iterable[FactView]) -> dict[str, str]:
    named: dict[str, str] = {}
    for view in views:
        named[view.subject_iri] = view.subject
        if view.object_iri:
            named[view.object_iri] = view.object
    return named
