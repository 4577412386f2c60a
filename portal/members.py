"""The members of a knowledge base. There is always an owner."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal import access, audit
from portal.access import Action, Actor
from portal.db import lock_writers
from portal.errors import Conflict, Invalid, NotFound
from portal.models import AuditEvent, Member, Rag, Role, User, now
from portal.names import clean_email
from portal.wiring import Parts


@dataclass(frozen=True, slots=True)
class MemberView:
    user_id: int
    name: str
    email: str
    role: Role
    changed_by: str
    changed_at: datetime
    did: str  # what they last did here, an action of the record; "" if nothing yet
    did_at: datetime | None


@dataclass(frozen=True, slots=True)
class Happening:
    """Who did what to whom among the members."""

    at: datetime
    who: str
    action: str
    subject: str
    role: str


def listing(parts: Parts, actor: Actor, rag_id: int) -> tuple[MemberView, ...]:
    """Owners first, then by name."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        found = db.exec(
            select(Member, User).join(User, col(Member.user_id) == User.id).where(Member.rag_id == rag_id)
        ).all()
        by = {
            u.id: u.name or u.email
            for u in db.exec(select(User).where(col(User.id).in_({m.changed_by for m, _ in found})))
        }
        last = _last_deeds(db, rag_id)
    order = [Role.owner, Role.editor, Role.viewer]
    views = [
        MemberView(
            user_id=m.user_id,
            name=u.name,
            email=u.email,
            role=m.role,
            changed_by=by.get(m.changed_by, ""),
            changed_at=m.changed_at,
            did=last[m.user_id].action if m.user_id in last else "",
            did_at=last[m.user_id].at if m.user_id in last else None,
        )
        for m, u in found
    ]
    return tuple(sorted(views, key=lambda v: (order.index(v.role), v.name or v.email)))


def happenings(parts: Parts, actor: Actor, rag_id: int, limit: int = 20) -> tuple[Happening, ...]:
    """What happened among the members, the latest first."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        found = db.exec(
            select(AuditEvent, User)
            .join(User, col(AuditEvent.user_id) == User.id)
            .where(AuditEvent.rag_id == rag_id, col(AuditEvent.action).startswith("member."))
            .order_by(col(AuditEvent.id).desc())
            .limit(limit)
        ).all()
        return tuple(
            Happening(e.at, u.name or u.email, e.action, e.subject, str(e.detail.get("role", "")))
            for e, u in found
        )


def role_of(parts: Parts, actor: Actor, rag_id: int) -> Role | None:
    """What the actor is at this moment; None if no member."""
    with parts.session() as db:
        try:
            return access.role(db, actor, rag_id)
        except NotFound:
            return None


def add(parts: Parts, actor: Actor, rag_id: int, email: str, role: Role) -> None:
    """Make the account of this address a member."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.manage)
        plain = clean_email(email)
        user = db.exec(select(User).where(User.email == plain, col(User.disabled_at).is_(None))).first()
        if user is None or user.id is None:
            raise Invalid("email", "no-account", email=plain)
        if db.get(Member, (rag_id, user.id)):
            raise Invalid("email", "already-member", email=plain)
        db.add(Member(rag_id=rag_id, user_id=user.id, role=role, changed_by=actor.user_id))
        audit.record(db, actor, "member.add", rag_id=rag_id, subject=plain, role=role, admin=user.is_admin)
        db.commit()


def change_role(parts: Parts, actor: Actor, rag_id: int, user_id: int, role: Role) -> None:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.manage)
        member = _one(db, rag_id, user_id)
        if member.role is Role.owner and role is not Role.owner:
            _check_another_owner(db, rag_id, user_id)
        member.role, member.changed_by, member.changed_at = role, actor.user_id, now()
        db.add(member)
        audit.record(db, actor, "member.role", rag_id=rag_id, subject=_email(db, user_id), role=role)
        db.commit()


def transfer(parts: Parts, actor: Actor, rag_id: int, user_id: int) -> None:
    """Hand the knowledge base over: that member becomes owner, the actor an editor."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.manage)
        if user_id == actor.user_id or actor.user_id is None:
            raise Conflict("not-yourself")
        heir = _one(db, rag_id, user_id)
        own = _one(db, rag_id, actor.user_id)
        for member, role in ((heir, Role.owner), (own, Role.editor)):
            member.role, member.changed_by, member.changed_at = role, actor.user_id, now()
            db.add(member)
        audit.record(db, actor, "member.transfer", rag_id=rag_id, subject=_email(db, user_id))
        db.commit()


def remove(parts: Parts, actor: Actor, rag_id: int, user_id: int) -> None:
    """Take a member out, or leave: everyone may remove themselves."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read if user_id == actor.user_id else Action.manage)
        member = _one(db, rag_id, user_id)
        if member.role is Role.owner:
            _check_another_owner(db, rag_id, user_id)
        db.delete(member)
        done = "member.leave" if user_id == actor.user_id else "member.remove"
        audit.record(db, actor, done, rag_id=rag_id, subject=_email(db, user_id))
        db.commit()


def _last_deeds(db: Session, rag_id: int) -> dict[int, AuditEvent]:
    """Of each member the latest event that is the team's business; what people ask is not."""
    latest = (
        select(func.max(AuditEvent.id))
        .where(AuditEvent.rag_id == rag_id, col(AuditEvent.action).not_like("chat.%"))
        .group_by(col(AuditEvent.user_id))
    )
    found = db.exec(select(AuditEvent).where(col(AuditEvent.id).in_(latest)))
    return {event.user_id: event for event in found if event.user_id is not None}


def _one(db: Session, rag_id: int, user_id: int) -> Member:
    lock_writers(db)  # two owners who leave at once: one of them stays
    db.exec(select(Rag.id).where(Rag.id == rag_id).with_for_update()).one()
    member = db.get(Member, (rag_id, user_id))
    if member is None:
        raise NotFound("user", str(user_id))
    return member


def _check_another_owner(db: Session, rag_id: int, user_id: int) -> None:
    others = (
        select(Member.user_id)
        .join(User, col(Member.user_id) == User.id)
        .where(Member.rag_id == rag_id, Member.role == Role.owner, Member.user_id != user_id)
        .where(col(User.disabled_at).is_(None))
    )
    if db.exec(others.limit(1)).first() is None:
        raise Conflict("last-owner")


def _email(db: Session, user_id: int) -> str:
    return db.get_one(User, user_id).email
