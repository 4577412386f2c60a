"""The members of a knowledge base. There is always an owner."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from portal import access, audit
from portal.access import Action, Actor
from portal.accounts import clean_email
from portal.errors import Conflict, Invalid, NotFound
from portal.models import Member, Rag, Role, User, now
from portal.wiring import Parts


@dataclass(frozen=True, slots=True)
class MemberView:
    user_id: int
    name: str
    email: str
    role: Role
    changed_by: str
    changed_at: datetime


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
    order = [Role.owner, Role.editor, Role.viewer]
    views = [
        MemberView(m.user_id, u.name, u.email, m.role, by.get(m.changed_by, ""), m.changed_at)
        for m, u in found
    ]
    return tuple(sorted(views, key=lambda v: (order.index(v.role), v.name or v.email)))


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
        audit.record(db, actor, "member.add", rag_id=rag_id, subject=plain, role=role)
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


def remove(parts: Parts, actor: Actor, rag_id: int, user_id: int) -> None:
    """Take a member out, or leave: everyone may remove themselves."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read if user_id == actor.user_id else Action.manage)
        member = _one(db, rag_id, user_id)
        if member.role is Role.owner:
            _check_another_owner(db, rag_id, user_id)
        db.delete(member)
        audit.record(db, actor, "member.remove", rag_id=rag_id, subject=_email(db, user_id))
        db.commit()


def _one(db: Session, rag_id: int, user_id: int) -> Member:
    db.exec(select(Rag.id).where(Rag.id == rag_id).with_for_update()).one()
    member = db.get(Member, (rag_id, user_id))
    if member is None:
        raise NotFound("user", str(user_id))
    return member


def _check_another_owner(db: Session, rag_id: int, user_id: int) -> None:
    others = select(Member.user_id).where(
        Member.rag_id == rag_id, Member.role == Role.owner, Member.user_id != user_id
    )
    if db.exec(others.limit(1)).first() is None:
        raise Conflict("last-owner")


def _email(db: Session, user_id: int) -> str:
    return db.get_one(User, user_id).email
