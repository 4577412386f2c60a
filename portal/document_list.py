"""The documents of a knowledge base: where each stands, all of them or filtered and a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select
from sqlmodel import Session, col

from portal import access, budgets
from portal.access import Action, Actor
from portal.budgets import Spent
from portal.models import OPEN_STATES, Cycle, CycleState, Document, Revision, Unit, UnitState, User
from portal.wiring import Parts

PAGE = 25


class DocumentState(StrEnum):
    """Of its latest revision; what needs somebody comes first."""

    failed = "failed"  # it, or the cycle that read it
    paused = "paused"
    removing = "removing"
    review = "review"
    extracting = "extracting"
    reading = "reading"
    waiting = "waiting"
    approved = "approved"
    left_out = "left-out"  # its cycle was turned down or cancelled


@dataclass(frozen=True, slots=True)
class Listed:
    """A document with its latest revision. `approved`: the graph knows one of its revisions."""

    id: int
    rag_id: int
    name: str
    state: DocumentState
    revision: str  # key
    number: int
    size: int
    characters: int
    units: int
    units_done: int
    units_aside: int
    tokens: int  # of its text
    spent: Spent  # on a model that read it
    language: str
    media_type: str
    approved: bool
    cycle: int
    cycle_state: CycleState
    cycle_error: str
    notes: tuple[str, ...]
    error: str
    who: str
    created_at: datetime

    @property
    def being_removed(self) -> bool:
        return self.state is DocumentState.removing


@dataclass(frozen=True, slots=True)
class Wanted:
    text: str = ""  # in the name
    states: frozenset[DocumentState] = frozenset()  # none: all of them


@dataclass(frozen=True, slots=True)
class DocumentPage:
    documents: tuple[Listed, ...]
    matching: int
    total: int
    states: Mapping[DocumentState, int] = field(default_factory=dict)  # of all documents


def page(
    parts: Parts, actor: Actor, rag_id: int, wanted: Wanted = Wanted(), number: int = 0, size: int = PAGE
) -> DocumentPage:
    """Page `number`, from 0, of the documents that match, by name."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        state = _state().label("state")
        base = _latest(rag_id, state).subquery()
        states = {
            DocumentState(word): n
            for word, n in db.execute(select(base.c.state, func.count()).group_by(base.c.state))
        }
        found = select(base)
        if wanted.states:
            found = found.where(base.c.state.in_([s.value for s in wanted.states]))
        if wanted.text.strip():
            found = found.where(base.c.name.icontains(wanted.text.strip(), autoescape=True))
        matching = db.execute(select(func.count()).select_from(found.subquery())).scalar_one()
        listed = _read(db, found.order_by(base.c.name, base.c.id).offset(number * size).limit(size))
    ordered = {s: states[s] for s in DocumentState if s in states}
    return DocumentPage(listed, matching, sum(states.values()), ordered)


def everything(parts: Parts, actor: Actor, rag_id: int) -> tuple[Listed, ...]:
    """All documents, by name."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        return _read(
            db, _latest(rag_id, _state().label("state")).order_by(col(Document.name), col(Document.id))
        )


def approved(parts: Parts, actor: Actor, rag_id: int) -> dict[str, str]:
    """Key and name of the revisions that the knowledge base is made of, by name."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        found = db.execute(
            select(col(Revision.key), col(Document.name))
            .join(Document, col(Revision.document_id) == Document.id)
            .where(col(Document.rag_id) == rag_id, col(Revision.current))
            .order_by(col(Document.name), col(Document.id))
        )
        return {row.key: row.name for row in found}


def _read(db: Session, statement: Select[*tuple[Any, ...]]) -> tuple[Listed, ...]:
    rows = db.execute(statement).mappings().all()
    revisions = [r["revision_id"] for r in rows]
    units, paid = _units(db, revisions), budgets.spent_on(db, revisions)
    return tuple(
        _listed(dict(r), units.get(r["revision_id"], {}), paid.get(r["revision_id"], Spent())) for r in rows
    )


def _state() -> ColumnElement[str]:
    """Where a document stands, in SQL, so that it can be counted and filtered there."""
    removal = select(col(Cycle.id)).where(
        col(Cycle.removes) == Document.id, col(Cycle.state).in_(OPEN_STATES)
    )
    running = col(Cycle.state).in_([CycleState.waiting, CycleState.running])
    rules = [
        (removal.correlate(Document).exists(), DocumentState.removing),
        ((col(Revision.error) != "") | (col(Cycle.state) == CycleState.failed), DocumentState.failed),
        (col(Revision.current), DocumentState.approved),
        (and_(running, col(Revision.units) > 0), DocumentState.extracting),
        (col(Cycle.state) == CycleState.running, DocumentState.reading),
        (col(Cycle.state) == CycleState.waiting, DocumentState.waiting),
        (col(Cycle.state) == CycleState.paused, DocumentState.paused),
        (col(Cycle.state).in_([CycleState.review, CycleState.publishing]), DocumentState.review),
    ]
    whens = [(when, literal(word.value)) for when, word in rules]
    return case(*whens, else_=literal(DocumentState.left_out.value))


def _latest(rag_id: int, state: ColumnElement[str]) -> Select[*tuple[Any, ...]]:
    """A row for each document that is not removed, with its latest revision."""
    later = Revision.__table__.alias("later")  # type: ignore[attr-defined]
    last = (
        select(func.max(later.c.number))
        .where(later.c.document_id == Document.id)
        .correlate(Document)
        .scalar_subquery()
    )
    known = Revision.__table__.alias("known")  # type: ignore[attr-defined]
    approved = (
        select(known.c.id)
        .where(known.c.document_id == Document.id, known.c.current)
        .correlate(Document)
        .exists()
    )
    return (
        select(
            col(Document.id).label("id"),
            col(Document.rag_id).label("rag_id"),
            col(Document.name).label("name"),
            col(Revision.id).label("revision_id"),
            col(Revision.key).label("revision"),
            col(Revision.number).label("number"),
            col(Revision.size).label("size"),
            col(Revision.characters).label("characters"),
            col(Revision.units).label("units"),
            col(Revision.language).label("language"),
            col(Revision.media_type).label("media_type"),
            col(Revision.notes).label("notes"),
            col(Revision.error).label("error"),
            col(Revision.created_at).label("created_at"),
            approved.label("approved"),
            col(Cycle.number).label("cycle"),
            col(Cycle.state).label("cycle_state"),
            col(Cycle.error).label("cycle_error"),
            func.coalesce(func.nullif(User.name, ""), User.email).label("who"),
            state,
        )
        .join(Revision, col(Revision.document_id) == Document.id)
        .join(Cycle, col(Revision.cycle_id) == Cycle.id)
        .join(User, col(Revision.created_by) == User.id)
        .where(
            col(Document.rag_id) == rag_id, col(Document.removed_at).is_(None), col(Revision.number) == last
        )
    )


def _units(db: Session, revisions: list[int]) -> dict[int, dict[UnitState, tuple[int, int]]]:
    """Text units of each revision by state, and their tokens."""
    found = db.execute(
        select(col(Unit.revision_id), col(Unit.state), func.count(), func.sum(Unit.tokens))
        .where(col(Unit.revision_id).in_(revisions))
        .group_by(col(Unit.revision_id), col(Unit.state))
    )
    made: dict[int, dict[UnitState, tuple[int, int]]] = {}
    for revision, state, n, tokens in found:
        made.setdefault(revision, {})[state] = (n, tokens or 0)
    return made


def _listed(row: Mapping[str, Any], units: Mapping[UnitState, tuple[int, int]], spent: Spent) -> Listed:
    left_out = {"state", "revision_id", "notes"}
    return Listed(
        **{name: value for name, value in row.items() if name not in left_out},
        state=DocumentState(row["state"]),
        notes=tuple(row["notes"]),
        units_done=units.get(UnitState.done, (0, 0))[0],
        units_aside=units.get(UnitState.quarantined, (0, 0))[0],
        tokens=sum(tokens for _, tokens in units.values()),
        spent=spent,
    )
