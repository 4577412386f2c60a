"""Invitations by link or to one person's account, with a role and an end; accepted or declined.

An invitation holds as long as who made it may still invite. It is bound to the first account that is made
with it, so one link lets one person in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from portal import access, audit, one_time
from portal.access import Action, Actor
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Invitation, InvitationState, Member, Rag, Role, User, now
from portal.names import clean_email
from portal.wiring import Parts

LONGEST_DAYS = 90
OPEN_AT_ONCE = 100  # of one knowledge base


@dataclass(frozen=True, slots=True)
class Invited:
    """What owners see of an invitation that is not answered."""

    id: int
    email: str  # "" for whoever has the link
    role: Role
    who: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """What the invited see. Without a knowledge base (`rag_id` None) it is an account that is offered."""

    id: int
    rag_id: int | None
    name: str
    role: Role | None
    who: str
    email: str
    expires_at: datetime


def invite(parts: Parts, actor: Actor, rag_id: int, role: Role, *, email: str = "", days: int = 7) -> str:
    """The token of a link to hand over; with `email` for that person only, who also finds it at home."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.manage)
        plain = clean_email(email) if email.strip() else ""
        if role is Role.owner and not plain:
            raise Invalid("role", "owner-by-link")
        waiting = select(Invitation.id).where(Invitation.rag_id == rag_id, *_open())
        if len(db.exec(waiting).all()) >= OPEN_AT_ONCE:
            raise Conflict("many-invitations", most=OPEN_AT_ONCE)
        user_id = _account(db, plain)
        if user_id is not None and db.get(Member, (rag_id, user_id)) is not None:
            raise Invalid("email", "already-member", email=plain)
        token = _add(db, actor, rag_id, role, plain, user_id, days)
        audit.record(db, actor, "member.invite", rag_id=rag_id, subject=plain, role=role)
        db.commit()
        return token


def invite_to_portal(parts: Parts, actor: Actor, *, email: str = "", days: int = 7) -> str:
    """The token of a link with which somebody makes an account; for administrators."""
    access.check_admin(actor)
    with parts.session() as db:
        plain = clean_email(email) if email.strip() else ""
        if _account(db, plain) is not None:
            raise Invalid("email", "email-taken", email=plain)
        token = _add(db, actor, None, None, plain, None, days)
        audit.record(db, actor, "user.invite", subject=plain)
        db.commit()
        return token


def waiting(parts: Parts, actor: Actor, rag_id: int) -> tuple[Invited, ...]:
    """What is not answered yet, the latest first."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.manage)
        found = db.exec(
            select(Invitation, User)
            .join(User, col(Invitation.invited_by) == User.id)
            .where(Invitation.rag_id == rag_id, *_open())
            .order_by(col(Invitation.id).desc())
        ).all()
        return tuple(
            Invited(i.id or 0, i.email, i.role or Role.viewer, u.name or u.email, i.created_at, i.expires_at)
            for i, u in found
        )


def withdraw(parts: Parts, actor: Actor, rag_id: int, invitation_id: int) -> None:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.manage)
        found = db.exec(
            select(Invitation).where(Invitation.id == invitation_id, Invitation.rag_id == rag_id, *_open())
        ).first()
        if found is None:
            raise NotFound("invitation")
        _answer(db, found, InvitationState.withdrawn)
        audit.record(db, actor, "member.withdraw", rag_id=rag_id, subject=found.email)
        db.commit()


def offer(parts: Parts, token: str) -> Offer:
    """What a link offers; NotFound if it does not hold any more."""
    with parts.session() as db:
        return _offer(db, by_token(db, token))


def mine(parts: Parts, actor: Actor) -> tuple[Offer, ...]:
    """What the actor's own account is invited to."""
    access.check_person(actor)
    with parts.session() as db:
        found = db.exec(
            select(Invitation)
            .where(Invitation.user_id == actor.user_id, col(Invitation.rag_id).is_not(None), *_open())
            .order_by(col(Invitation.id))
        ).all()
        return tuple(_offer(db, each) for each in found if actor.user_id is not None and _holds(db, each))


def accept(parts: Parts, actor: Actor, token: str) -> int:
    """Become a member by a link; the knowledge base. Who is one already stays what they are."""
    access.check_person(actor)
    with parts.session() as db:
        return _accept(db, actor, by_token(db, token))


def accept_mine(parts: Parts, actor: Actor, invitation_id: int) -> int:
    """Become a member by an invitation to the actor's own account."""
    access.check_person(actor)
    with parts.session() as db:
        return _accept(db, actor, _own(db, actor, invitation_id))


def decline(parts: Parts, actor: Actor, token: str) -> None:
    access.check_person(actor)
    with parts.session() as db:
        _decline(db, actor, by_token(db, token))


def decline_mine(parts: Parts, actor: Actor, invitation_id: int) -> None:
    access.check_person(actor)
    with parts.session() as db:
        _decline(db, actor, _own(db, actor, invitation_id))


def by_token(db: Session, token: str) -> Invitation:
    """The invitation of a link, if it holds."""
    found = db.exec(
        select(Invitation).where(Invitation.token_hash == one_time.digest(token), *_open())
    ).first()
    if found is None or not _holds(db, found):
        raise NotFound("invitation")
    return found


def bind(db: Session, invitation: Invitation, user: User) -> None:
    """An account was made with it: from now on it is this account's."""
    invitation.user_id = user.id
    db.add(invitation)
    if invitation.rag_id is None:
        _answer(db, invitation, InvitationState.accepted)


def fits(invitation: Invitation, email: str) -> bool:
    """May an account of this address be made with it?"""
    return invitation.user_id is None and invitation.email in ("", email)


# ---- inside


def _add(
    db: Session,
    actor: Actor,
    rag_id: int | None,
    role: Role | None,
    email: str,
    user_id: int | None,
    days: int,
) -> str:
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid("days", "bad-days", longest=LONGEST_DAYS)
    assert actor.user_id is not None
    token, kept = one_time.fresh()
    db.add(
        Invitation(
            rag_id=rag_id,
            role=role,
            token_hash=kept,
            email=email,
            user_id=user_id,
            invited_by=actor.user_id,
            expires_at=now() + timedelta(days=days),
        )
    )
    return token


def _open() -> tuple[ColumnElement[bool], ...]:
    return col(Invitation.state) == InvitationState.open, col(Invitation.expires_at) > now()


def _account(db: Session, email: str) -> int | None:
    found = select(User.id).where(User.email == email, col(User.disabled_at).is_(None))
    return db.exec(found).first() if email else None


def _holds(db: Session, invitation: Invitation) -> bool:
    """Is the knowledge base there, and may who invited still invite?"""
    inviter = db.get_one(User, invitation.invited_by)
    if invitation.rag_id is None:
        return inviter.is_admin and inviter.disabled_at is None
    try:
        access.check(db, Actor(inviter.id, inviter.email), invitation.rag_id, Action.manage)
    except (NotFound, Forbidden):
        return False
    return True


def _own(db: Session, actor: Actor, invitation_id: int) -> Invitation:
    found = db.exec(select(Invitation).where(Invitation.id == invitation_id, *_open())).first()
    if found is None or actor.user_id is None or found.user_id != actor.user_id or not _holds(db, found):
        raise NotFound("invitation")
    return found


def _accept(db: Session, actor: Actor, invitation: Invitation) -> int:
    if actor.user_id is None:
        raise Forbidden("accept")
    _check_theirs(actor, invitation)
    if invitation.rag_id is None or invitation.role is None:
        raise NotFound("invitation")
    db.exec(select(Rag.id).where(Rag.id == invitation.rag_id).with_for_update()).one()
    if db.get(Member, (invitation.rag_id, actor.user_id)):
        return invitation.rag_id
    _answer(db, invitation, InvitationState.accepted)
    db.add(
        Member(
            rag_id=invitation.rag_id,
            user_id=actor.user_id,
            role=invitation.role,
            changed_by=invitation.invited_by,
        )
    )
    audit.record(
        db,
        actor,
        "member.accept",
        rag_id=invitation.rag_id,
        subject=actor.email,
        role=invitation.role,
        admin=actor.is_admin,
    )
    db.commit()
    return invitation.rag_id


def _decline(db: Session, actor: Actor, invitation: Invitation) -> None:
    _check_theirs(actor, invitation)
    _answer(db, invitation, InvitationState.declined)
    audit.record(db, actor, "member.decline", rag_id=invitation.rag_id, subject=actor.email)
    db.commit()


def _check_theirs(actor: Actor, invitation: Invitation) -> None:
    if invitation.user_id not in (None, actor.user_id) or invitation.email not in ("", actor.email):
        raise Conflict("not-your-invitation")


def _answer(db: Session, invitation: Invitation, state: InvitationState) -> None:
    """Once: of two answers at the same moment the second finds it answered."""
    taken = db.execute(
        update(Invitation)
        .where(col(Invitation.id) == invitation.id, col(Invitation.state) == InvitationState.open)
        .values(state=state, answered_at=now())
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise NotFound("invitation")


def _offer(db: Session, invitation: Invitation) -> Offer:
    inviter = db.get_one(User, invitation.invited_by)
    rag = db.get(Rag, invitation.rag_id) if invitation.rag_id is not None else None
    return Offer(
        id=invitation.id or 0,
        rag_id=invitation.rag_id,
        name=rag.name if rag else "",
        role=invitation.role,
        who=inviter.name or inviter.email,
        email=invitation.email,
        expires_at=invitation.expires_at,
    )
