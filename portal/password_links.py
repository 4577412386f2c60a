"""A link with which somebody sets a new password, once. An administrator hands it over; no mail is sent.

The administrator never knows the password, and the present one holds until the link is used.
"""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from portal import access, audit, logins, one_time, passwords
from portal.access import Actor
from portal.accounts import create_user
from portal.errors import NotFound
from portal.logins import NOWHERE, Visitor
from portal.models import PasswordLink, User, now
from portal.wiring import Parts

HOURS = 24


def issue(parts: Parts, actor: Actor, user_id: int) -> str:
    """A link's token for this user; the ones before it are worth nothing any more."""
    access.check_admin(actor)
    with parts.session() as db:
        user = db.get(User, user_id)
        if user is None:
            raise NotFound("user", str(user_id))
        token = _issue(db, actor, user)
        db.commit()
        return token


def create_account(parts: Parts, actor: Actor, email: str, name: str = "") -> str:
    """An account without a password; the token of the link with which its owner sets one."""
    access.check_admin(actor)
    with parts.session() as db:
        token = _issue(db, actor, create_user(db, email, None, name=name))
        db.commit()
        return token


def whose(parts: Parts, token: str) -> str:
    """The account's address; NotFound if the link is used, replaced or too old."""
    with parts.session() as db:
        return _good(db, token)[1].email


def use(parts: Parts, token: str, password: str, visitor: Visitor = NOWHERE) -> str:
    """Set the password, end every session and begin one; its token."""
    with parts.session() as db:
        passwords.check_new(password, _good(db, token)[1].email)
        kept = passwords.hashed(password)
        link, user = _good(db, token)
        taken = db.execute(
            update(PasswordLink)
            .where(col(PasswordLink.id) == link.id, col(PasswordLink.used_at).is_(None))
            .values(used_at=now())
        )
        if not taken.rowcount:  # type: ignore[attr-defined]
            raise NotFound("password-link")
        user.password_hash = kept
        db.add(user)
        assert user.id is not None
        logins.end_all(db, user.id)
        session = logins.begin(db, user, parts.settings, visitor)
        audit.record(
            db, Actor(user.id, user.email, address=visitor.address), "password.reset", subject=user.email
        )
        db.commit()
        return session


def _issue(db: Session, actor: Actor, user: User) -> str:
    token, kept = one_time.fresh()
    db.execute(
        update(PasswordLink)
        .where(col(PasswordLink.user_id) == user.id, col(PasswordLink.used_at).is_(None))
        .values(used_at=now())
    )
    assert user.id is not None
    db.add(
        PasswordLink(
            user_id=user.id,
            token_hash=kept,
            created_by=actor.user_id,
            expires_at=now() + timedelta(hours=HOURS),
        )
    )
    audit.record(db, actor, "password.link", subject=user.email)
    return token


def _good(db: Session, token: str) -> tuple[PasswordLink, User]:
    found = db.exec(
        select(PasswordLink, User)
        .join(User, col(PasswordLink.user_id) == User.id)
        .where(
            PasswordLink.token_hash == one_time.digest(token),
            col(PasswordLink.used_at).is_(None),
            col(PasswordLink.expires_at) > now(),
            col(User.disabled_at).is_(None),
        )
    ).first()
    if found is None:
        raise NotFound("password-link")
    return found
