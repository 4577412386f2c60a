"""Asking to be a member of a knowledge base that one has only the address of. Owners answer.

Who asks learns nothing: a request for what does not exist looks like any other.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from portal import access, audit
from portal.access import Action, Actor
from portal.errors import Conflict, Forbidden, NotFound
from portal.models import AccessRequest, Member, Rag, RequestState, Role, User, now
from portal.names import clean_name
from portal.wiring import Parts

OPEN_AT_ONCE = 20  # of one person


@dataclass(frozen=True, slots=True)
class Request:
    id: int
    name: str
    email: str
    text: str
    created_at: datetime


def ask(parts: Parts, actor: Actor, rag_id: int, text: str = "") -> None:
    """Once is enough: a second request while the first waits changes nothing."""
    access.check_person(actor)
    if actor.user_id is None:
        raise Forbidden("request")
    with parts.session() as db:
        own = (AccessRequest.user_id == actor.user_id, AccessRequest.state == RequestState.open)
        if db.exec(select(func.count()).select_from(AccessRequest).where(*own)).one() >= OPEN_AT_ONCE:
            raise Conflict("many-requests", most=OPEN_AT_ONCE)
        rag = db.get(Rag, rag_id)
        if rag is None or rag.deleted_at or db.get(Member, (rag_id, actor.user_id)):
            return
        if db.exec(select(AccessRequest.id).where(AccessRequest.rag_id == rag_id, *own)).first():
            return
        db.add(AccessRequest(rag_id=rag_id, user_id=actor.user_id, text=clean_name(text)))
        audit.record(db, actor, "member.request", rag_id=rag_id, subject=actor.email)
        db.commit()


def waiting(parts: Parts, actor: Actor, rag_id: int) -> tuple[Request, ...]:
    """What is not answered yet, the oldest first."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.manage)
        found = db.exec(
            select(AccessRequest, User)
            .join(User, col(AccessRequest.user_id) == User.id)
            .where(AccessRequest.rag_id == rag_id, AccessRequest.state == RequestState.open)
            .where(col(User.disabled_at).is_(None))
            .order_by(col(AccessRequest.id))
        ).all()
        return tuple(Request(r.id or 0, u.name, u.email, r.text, r.created_at) for r, u in found)


def grant(parts: Parts, actor: Actor, rag_id: int, request_id: int, role: Role) -> None:
    """Make who asked a member."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.manage)
        asked, user = _answer(db, actor, rag_id, request_id, RequestState.granted)
        if db.get(Member, (rag_id, asked.user_id)) is None:
            db.add(Member(rag_id=rag_id, user_id=asked.user_id, role=role, changed_by=actor.user_id))
            audit.record(
                db, actor, "member.add", rag_id=rag_id, subject=user.email, role=role, admin=user.is_admin
            )
        db.commit()


def refuse(parts: Parts, actor: Actor, rag_id: int, request_id: int) -> None:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.manage)
        _, user = _answer(db, actor, rag_id, request_id, RequestState.refused)
        audit.record(db, actor, "member.refuse", rag_id=rag_id, subject=user.email)
        db.commit()


def _answer(
    db: Session, actor: Actor, rag_id: int, request_id: int, state: RequestState
) -> tuple[AccessRequest, User]:
    taken = db.execute(
        update(AccessRequest)
        .where(col(AccessRequest.id) == request_id, col(AccessRequest.rag_id) == rag_id)
        .where(col(AccessRequest.state) == RequestState.open)
        .values(state=state, answered_by=actor.user_id, answered_at=now())
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise NotFound("request")
    asked = db.get_one(AccessRequest, request_id)
    return asked, db.get_one(User, asked.user_id)
