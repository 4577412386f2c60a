"""Knowledge bases: made, listed, described, deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from portal import access, audit
from portal.access import Action, Actor
from portal.errors import Forbidden, Invalid, NotFound
from portal.models import Cycle, CycleState, Document, Member, Rag, Role, User, now
from portal.names import clean_name
from portal.wiring import Parts

LONGEST_NAME = 120
LONGEST_TEXT = 2000
LONGEST_LICENCE = 200
KEPT = timedelta(days=30)  # a deleted one can be brought back


@dataclass(frozen=True, slots=True)
class RagView:
    """A knowledge base as its member sees it."""

    id: int
    name: str
    description: str
    guidance: str
    cycle_tokens: int
    licence: str
    role: Role
    version: int
    documents: int
    members: int
    in_review: int  # cycles that wait for people
    at_work: int  # cycles that wait for workers
    editors_approve: bool
    forbid_self_approval: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeletedRag:
    id: int
    name: str
    at: datetime
    until: datetime  # it can be brought back


def create(parts: Parts, actor: Actor, name: str, description: str = "") -> Rag:
    """A knowledge base whose owner is the actor."""
    access.check_scope(actor, Action.manage)
    if actor.user_id is None:
        raise Forbidden("create")
    with parts.session() as db:
        rag = Rag(name=_name(name), description=_text(description), created_by=actor.user_id)
        db.add(rag)
        db.flush()
        assert rag.id is not None
        db.add(Member(rag_id=rag.id, user_id=actor.user_id, role=Role.owner, changed_by=actor.user_id))
        audit.record(db, actor, "rag.create", rag_id=rag.id, subject=rag.name)
        db.commit()
        return rag


def mine(parts: Parts, actor: Actor, to: Action = Action.read) -> tuple[RagView, ...]:
    """The actor's knowledge bases, by name; a token must be made for what they are wanted `to`."""
    access.check_scope(actor, to)
    with parts.session() as db:
        found = db.exec(
            select(Rag, Member)
            .join(Member, col(Member.rag_id) == Rag.id)
            .where(Member.user_id == actor.user_id, col(Rag.deleted_at).is_(None))
            .order_by(func.lower(Rag.name), col(Rag.id))
        ).all()
        return _views(db, [(rag, member.role) for rag, member in found])


def get(parts: Parts, actor: Actor, rag_id: int) -> RagView:
    """NotFound for whoever is no member."""
    with parts.session() as db:
        role = access.check(db, actor, rag_id, Action.read)
        return _views(db, [(db.get_one(Rag, rag_id), role)])[0]


def change(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    *,
    name: str,
    description: str,
    guidance: str,
    editors_approve: bool,
    forbid_self_approval: bool,
    cycle_tokens: int,
    licence: str = "",
) -> None:
    """The settings of a knowledge base. `cycle_tokens` is each cycle's budget at a model, 0 for no limit;
    `licence` an address or a text, for whoever takes the data away."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.manage)
        rag = db.get_one(Rag, rag_id)
        rag.name, rag.description, rag.guidance = _name(name), _text(description), _text(guidance)
        rag.editors_approve, rag.forbid_self_approval = editors_approve, forbid_self_approval
        rag.cycle_tokens = max(0, cycle_tokens)
        rag.licence = _licence(licence)
        db.add(rag)
        audit.record(
            db,
            actor,
            "rag.change",
            rag_id=rag_id,
            subject=rag.name,
            editors_approve=editors_approve,
            forbid_self_approval=forbid_self_approval,
            cycle_tokens=rag.cycle_tokens,
            licence=rag.licence,
        )
        db.commit()


def delete(parts: Parts, actor: Actor, rag_id: int, name: str) -> None:
    """Take it away from everybody; `name` is typed as a confirmation. Its data is kept for a while."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.delete)
        rag = db.get_one(Rag, rag_id)
        if name.strip() != rag.name:
            raise Invalid("name", "name-differs", name=rag.name)
        rag.deleted_at = now()
        db.add(rag)
        audit.record(db, actor, "rag.delete", rag_id=rag_id, subject=rag.name)
        db.commit()


def deleted(parts: Parts, actor: Actor) -> tuple[DeletedRag, ...]:
    """What the actor owned and can still bring back, the latest first."""
    access.check_scope(actor, Action.manage)
    with parts.session() as db:
        found = db.exec(
            select(Rag)
            .join(Member, col(Member.rag_id) == Rag.id)
            .where(
                Member.user_id == actor.user_id, Member.role == Role.owner, col(Rag.deleted_at) > now() - KEPT
            )
            .order_by(col(Rag.deleted_at).desc())
        ).all()
        return tuple(
            DeletedRag(r.id or 0, r.name, r.deleted_at, r.deleted_at + KEPT) for r in found if r.deleted_at
        )


def restore(parts: Parts, actor: Actor, rag_id: int) -> None:
    """Give a deleted knowledge base back to its members; by an owner, in time. NotFound otherwise."""
    if rag_id not in {r.id for r in deleted(parts, actor)}:
        raise NotFound("rag", str(rag_id))
    with parts.session() as db:
        rag = db.get_one(Rag, rag_id)
        rag.deleted_at = None
        db.add(rag)
        audit.record(db, actor, "rag.restore", rag_id=rag_id, subject=rag.name)
        db.commit()


def _views(db: Session, rows: Sequence[tuple[Rag, Role]]) -> tuple[RagView, ...]:
    ids = [r.id for r, _ in rows]

    def count(column: Mapped[int], condition: ColumnElement[bool]) -> dict[int, int]:
        counted = select(column, func.count()).where(column.in_(ids), condition)
        return dict(db.exec(counted.group_by(column)).all())

    documents = count(col(Document.rag_id), col(Document.removed_at).is_(None))
    members = dict(
        db.exec(
            select(Member.rag_id, func.count())
            .join(User, col(User.id) == Member.user_id)
            .where(col(Member.rag_id).in_(ids), col(User.disabled_at).is_(None))
            .group_by(col(Member.rag_id))
        ).all()
    )
    in_review = count(col(Cycle.rag_id), col(Cycle.state) == CycleState.review)
    busy = (CycleState.waiting, CycleState.running, CycleState.publishing)
    at_work = count(col(Cycle.rag_id), col(Cycle.state).in_(busy))
    return tuple(
        RagView(
            id=r.id or 0,
            name=r.name,
            description=r.description,
            guidance=r.guidance,
            cycle_tokens=r.cycle_tokens,
            licence=r.licence,
            role=role,
            version=r.version,
            documents=documents.get(r.id or 0, 0),
            members=members.get(r.id or 0, 0),
            in_review=in_review.get(r.id or 0, 0),
            at_work=at_work.get(r.id or 0, 0),
            editors_approve=r.editors_approve,
            forbid_self_approval=r.forbid_self_approval,
            created_at=r.created_at,
        )
        for r, role in rows
    )


def _name(name: str) -> str:
    if len(name) > LONGEST_NAME:
        raise Invalid("name", "rag-name-long", longest=LONGEST_NAME)
    plain = clean_name(name)
    if not plain:
        raise Invalid("name", "rag-name-empty")
    return plain


def _licence(text: str) -> str:
    plain = " ".join(text.split())
    if len(plain) > LONGEST_LICENCE or any(c in plain for c in '<>"{}|\\^`'):
        raise Invalid("licence", "licence", longest=LONGEST_LICENCE)
    return plain


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Invalid("text", "text-long", longest=LONGEST_TEXT)
    return text.strip()
