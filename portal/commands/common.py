"""What commands share: who acts, which knowledge base, and how an outcome is written."""

import json
import sys
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portal.access import Actor
from portal.errors import Invalid, NotFound
from portal.models import Member, Rag, Role, User
from portal.wiring import Parts


@dataclass(frozen=True, slots=True)
class Caller:
    """Who runs the command (`--as`, else nobody in particular) and how outcomes are written."""

    email: str = ""
    json: bool = False


def write(value: object) -> None:
    """One JSON value on a line of its own."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def tell(caller: Caller, value: dict[str, object], sentence: str) -> None:
    """The outcome as JSON or as a sentence."""
    if caller.json:
        write(value)
    else:
        say(sentence)


def rag_of(db: Session, name: str) -> Rag:
    """The knowledge base of this name, or of this number."""
    found = db.exec(
        select(Rag).where(Rag.name == name, col(Rag.deleted_at).is_(None)).order_by(col(Rag.id))
    ).all()
    if not found and name.isdigit():
        found = db.exec(select(Rag).where(Rag.id == int(name), col(Rag.deleted_at).is_(None))).all()
    if not found:
        raise NotFound("rag-named", name)
    if len(found) > 1:
        numbers = ", ".join(str(r.id) for r in found)
        raise Invalid("rag", "ambiguous-rag", name=name, numbers=numbers)
    return found[0]


def actor_of(db: Session, caller: Caller, rag: Rag | None = None) -> Actor:
    """The user named by `--as`; else the first admin, or where that is no member, the first owner.

    Whoever can run commands on this machine holds all its data, so this opens nothing that was closed.
    """
    if caller.email:
        user = db.exec(select(User).where(User.email == caller.email.strip().lower())).first()
        if user is None or user.disabled_at:
            raise NotFound("user", caller.email)
        return _actor(user)
    admins = db.exec(
        select(User)
        .where(col(User.is_admin).is_(True), col(User.disabled_at).is_(None))
        .order_by(col(User.id))
    ).all()
    if rag is not None:
        members = db.exec(
            select(Member, User)
            .join(User, col(Member.user_id) == User.id)
            .where(Member.rag_id == rag.id, col(User.disabled_at).is_(None))
            .order_by(col(User.id))
        ).all()
        of = {m.user_id: (m, u) for m, u in members}
        for admin in admins[:1]:
            if admin.id in of:
                return _actor(admin)
        for member, user in members:
            if member.role is Role.owner:
                return _actor(user)
    if not admins:
        raise Invalid("user", "no-admin")
    return _actor(admins[0])


def enter(parts: Parts, caller: Caller, name: str) -> tuple[Actor, Rag]:
    """Who acts, on what."""
    with parts.session() as db:
        rag = rag_of(db, name)
        return actor_of(db, caller, rag), rag


def _actor(user: User) -> Actor:
    return Actor(user_id=user.id, email=user.email, is_admin=user.is_admin)
