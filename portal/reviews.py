"""Review: what a cycle would change, and how far people have come in deciding it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import Session, col, select

from kg.model import Decision, Fit, Kind, Verdict
from portal import access, models
from portal.access import Action, Actor
from portal.models import Change, Cycle, CycleState, User
from portal.review_rows import (
    TABS,
    Filter,
    Row,
    find_cycle,
    matching,
    one,
    rows_of,
    safe_in_bulk_condition,
    with_decider,
)
from portal.wiring import Parts


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a cycle would do: counts for the tiles, and how far people have come."""

    cycle: int
    state: CycleState
    base_version: int | None
    new: int
    changed: int
    removed: int
    conflicts: int
    merges: int
    ontology: int
    without_evidence: int
    again: int  # decided before the approved version moved; they say something else now
    laminar: int
    turbulent: int
    total: int
    decisions: dict[Decision, int]
    people: tuple[tuple[str, int], ...]  # who decided how many
    documents: tuple[str, ...]
    uploaded_by: str


def summary(parts: Parts, actor: Actor, rag_id: int, number: int) -> Summary:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        kinds: dict[str, int] = dict(
            db.exec(
                select(Change.kind, func.count()).where(Change.cycle_id == cycle.id).group_by(Change.kind)
            ).all()
        )
        decisions = dict(
            db.exec(
                select(Change.decision, func.count())
                .where(Change.cycle_id == cycle.id)
                .group_by(Change.decision)
            ).all()
        )
        people = db.exec(
            select(User.name, User.email, func.count())
            .join(Change, col(Change.decided_by) == User.id)
            .where(Change.cycle_id == cycle.id, Change.decision != Decision.undecided)
            .group_by(User.name, User.email)
            .order_by(func.count().desc(), User.email)
        ).all()
        no_evidence = _count(db, cycle, Change.verdict == Verdict.no_evidence)
        laminar = _count(db, cycle, Change.fit == Fit.laminar)
        documents = db.exec(
            select(models.Document.name)
            .join(models.Revision, col(models.Revision.document_id) == models.Document.id)
            .where(models.Revision.cycle_id == cycle.id)
            .order_by(models.Document.name)
        ).all()
        uploader = db.get(User, cycle.created_by)

        def of(*names: Kind) -> int:
            return sum(kinds.get(n, 0) for n in names)

        total = sum(kinds.values())
        return Summary(
            cycle=number,
            state=cycle.state,
            base_version=cycle.base_version,
            new=of(Kind.new_entity, Kind.new_fact),
            changed=of(Kind.changed_value, Kind.type_change),
            removed=of(Kind.removed_fact, Kind.removed_entity),
            conflicts=of(Kind.conflict),
            merges=of(Kind.merge_entities),
            ontology=of(*TABS["ontology"]),
            without_evidence=no_evidence,
            again=_count(db, cycle, col(Change.again).is_(True), Change.decision == Decision.undecided),
            laminar=laminar,
            turbulent=total - laminar,
            total=total,
            decisions={d: decisions.get(d, 0) for d in Decision},
            people=tuple((name or email, n) for name, email, n in people),
            documents=tuple(dict.fromkeys(documents)),
            uploaded_by=(uploader.name or uploader.email) if uploader else "",
        )


def rows(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    number: int,
    where: Filter = Filter(),
    page: int = 0,
    size: int = 50,
) -> Page:
    """One page of matching changes, riskiest first; `page` from 0."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        condition = matching(cycle, where)
        total = db.exec(select(func.count()).select_from(Change).where(condition)).one()
        found = db.exec(
            with_decider()
            .where(condition)
            .order_by(col(Change.risk).desc(), col(Change.position))
            .offset(page * size)
            .limit(size)
        ).all()
        return Page(rows_of(db, cycle, found), total)


def row(parts: Parts, actor: Actor, rag_id: int, number: int, change_id: str) -> Row:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        return rows_of(db, cycle, [one(db, cycle, change_id)])[0]


def known(parts: Parts, actor: Actor, rag_id: int, number: int, ids: Sequence[str]) -> frozenset[str]:
    """Those of these ids that the cycle has changes of."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        mine = (Change.cycle_id == cycle.id, col(Change.change_id).in_(ids))
        return frozenset(db.exec(select(Change.change_id).where(*mine)))


def choices(
    parts: Parts, actor: Actor, rag_id: int, number: int, tab: str = ""
) -> dict[str, tuple[str, ...]]:
    """What the filters can be set to: `document`, `class_`, `property`."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        condition = matching(cycle, Filter(tab=tab))

        def distinct(column: Any) -> tuple[str, ...]:
            values = db.exec(select(column).where(condition).distinct().order_by(column)).all()
            return tuple(v for v in values if v)

        documents = {name for joined in distinct(col(Change.documents)) for name in joined.split("\n")}
        return {
            "document": tuple(sorted(documents)),
            "class_": distinct(col(Change.class_label)),
            "property": distinct(col(Change.predicate)),
        }


def safe_in_bulk(parts: Parts, actor: Actor, rag_id: int, number: int, where: Filter) -> int:
    """How many matching rows a bulk accept would take."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        condition = and_(
            matching(cycle, where), safe_in_bulk_condition(cycle), col(Change.decision) == Decision.undecided
        )
        return db.exec(select(func.count()).select_from(Change).where(condition)).one()


def latest(parts: Parts, actor: Actor, rag_id: int, number: int) -> tuple[int, str]:
    """How many changes are decided, and who decided last: tells whether others went on meanwhile."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        decided = (Change.cycle_id == cycle.id, Change.decision != Decision.undecided)
        many = db.exec(select(func.count()).select_from(Change).where(*decided)).one()
        last = db.exec(
            select(User.name, User.email)
            .join(Change, col(Change.decided_by) == User.id)
            .where(*decided)
            .order_by(col(Change.decided_at).desc())
            .limit(1)
        ).first()
        return many, (last[0] or last[1]) if last else ""


def _count(db: Session, cycle: Cycle, *conditions: ColumnElement[bool] | bool) -> int:
    return db.exec(
        select(func.count()).select_from(Change).where(Change.cycle_id == cycle.id, *conditions)
    ).one()
