"""Review: what a cycle would change, and how far people have come in deciding it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from kg.model import Decision, Fit, Kind, Verdict
from portal import access, dependencies, models, replacements
from portal.access import Action, Actor
from portal.models import Change, Cycle, CycleKind, CycleState, User
from portal.replacements import Replacement
from portal.review_rows import (
    TABS,
    Filter,
    Row,
    find_cycle,
    matching,
    one,
    row_of,
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
    kind: CycleKind
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
    replacement: Replacement | None = None  # of what is still in review
    approved_by: str = ""  # of a cycle that is being published or approved
    approved: tuple[int, datetime] | None = None  # as which version, and when


def summary(parts: Parts, actor: Actor, rag_id: int, number: int) -> Summary:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        counted = _counted(db, cycle)
        kinds: Counter[str] = Counter()
        decisions: Counter[str] = Counter()
        by: Counter[int] = Counter()
        for c in counted:
            kinds[c.kind] += c.many
            decisions[c.decision] += c.many
            if c.decided_by is not None and c.decision != Decision.undecided:
                by[c.decided_by] += c.many
        names = {u.id: u.name or u.email for u in db.exec(select(User).where(col(User.id).in_(list(by))))}
        people = sorted(((names[i], n) for i, n in by.items()), key=lambda p: (-p[1], p[0]))
        no_evidence = sum(c.many for c in counted if c.verdict == Verdict.no_evidence)
        laminar = sum(c.many for c in counted if c.fit == Fit.laminar)
        again = sum(c.many for c in counted if c.again and c.decision == Decision.undecided)
        brought = select(models.Revision.document_id).where(models.Revision.cycle_id == cycle.id)
        theirs = or_(col(models.Document.id).in_(brought), col(models.Document.id) == cycle.removes)
        documents = db.exec(
            select(models.Document.name)
            .where(models.Document.rag_id == rag_id, theirs)
            .order_by(models.Document.name)
        ).all()
        uploader, approver = db.get(User, cycle.created_by), _approver(db, cycle)
        version = db.exec(select(models.Version).where(models.Version.cycle_id == cycle.id)).first()

        def of(*names: Kind) -> int:
            return sum(kinds.get(n, 0) for n in names)

        total = sum(kinds.values())
        return Summary(
            cycle=number,
            state=cycle.state,
            kind=cycle.kind,
            base_version=cycle.base_version,
            new=of(Kind.new_entity, Kind.new_fact),
            changed=of(Kind.changed_value, Kind.type_change),
            removed=of(Kind.removed_fact, Kind.removed_entity),
            conflicts=of(Kind.conflict),
            merges=of(Kind.merge_entities),
            ontology=of(*TABS["ontology"]),
            without_evidence=no_evidence,
            again=again,
            laminar=laminar,
            turbulent=total - laminar,
            total=total,
            decisions={d: decisions.get(d, 0) for d in Decision},
            people=tuple(people),
            documents=tuple(dict.fromkeys(documents)),
            uploaded_by=(uploader.name or uploader.email) if uploader else "",
            replacement=replacements.of(db, cycle) if cycle.state is CycleState.review else None,
            approved_by=(approver.name or approver.email) if approver else "",
            approved=(version.number, version.approved_at) if version else None,
        )


def _approver(db: Session, cycle: Cycle) -> User | None:
    taken = cycle.state in (CycleState.publishing, CycleState.approved)
    return db.get(User, cycle.decided_by) if taken and cycle.decided_by else None


def left_out(parts: Parts, actor: Actor, rag_id: int, number: int) -> int:
    """How many accepted changes publishing would leave out, for what they need is not accepted."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        return dependencies.left_out(db, find_cycle(db, rag_id, number).id or 0)


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
        if page * size >= total:  # nothing is looked for that is not there
            return Page((), total)
        ids = db.exec(
            select(Change.id)
            .where(condition)
            .order_by(col(Change.risk).desc(), col(Change.position))
            .offset(page * size)
            .limit(size)
        ).all()
        place = {id_: n for n, id_ in enumerate(ids)}
        found = sorted(
            db.exec(with_decider().where(col(Change.id).in_(ids))).all(), key=lambda f: place[f[0].id]
        )
        return Page(tuple(row_of(*f) for f in found), total)


def row(parts: Parts, actor: Actor, rag_id: int, number: int, change_id: str) -> Row:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        return row_of(*one(db, cycle, change_id))


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

        columns = (col(Change.documents), col(Change.class_label), col(Change.predicate))
        found = db.exec(select(*columns).where(condition).distinct()).all()
        documents, classes, predicates = ({f[n] for f in found if f[n]} for n in range(3))
        return {
            "document": tuple(sorted({name for joined in documents for name in joined.split("\n")})),
            "class_": tuple(sorted(classes)),
            "property": tuple(sorted(predicates)),
        }


def safe_in_bulk(parts: Parts, actor: Actor, rag_id: int, number: int, where: Filter) -> int:
    """How many matching rows a bulk accept would take."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        condition = and_(
            matching(cycle, where), safe_in_bulk_condition(), col(Change.decision) == Decision.undecided
        )
        return db.exec(select(func.count()).select_from(Change).where(condition)).one()


def others(parts: Parts, actor: Actor, rag_id: int, number: int, known: int) -> tuple[int, str] | None:
    """How many changes are decided and who decided last, if it is not the `known` number any more."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        taken = [d for d in Decision if d is not Decision.undecided]
        decided = (Change.cycle_id == cycle.id, col(Change.decision).in_(taken))
        many = db.exec(select(func.count()).select_from(Change).where(*decided)).one()
        if many == known:
            return None
        last = db.exec(
            select(User.name, User.email)
            .join(Change, col(Change.decided_by) == User.id)
            .where(*decided)
            .order_by(col(Change.decided_at).desc())
            .limit(1)
        ).first()
        return (many, last[0] or last[1]) if last else None


@dataclass(frozen=True, slots=True)
class _Counted:
    """How many changes are alike in all that a review counts."""

    kind: str
    decision: str
    verdict: str
    fit: str
    decided_by: int | None
    again: bool
    many: int


def _counted(db: Session, cycle: Cycle) -> list[_Counted]:
    """One pass over an index for all tiles."""
    told: list[ColumnElement[Any]] = [
        getattr(Change, name) for name in ("kind", "decision", "verdict", "fit", "decided_by", "again")
    ]
    many = func.count()
    found = db.execute(sql_select(*told, many).where(col(Change.cycle_id) == cycle.id).group_by(*told))
    return [_Counted(*row) for row in found]
