"""Accounts: who may log in. The first account is the administrator's."""

from sqlalchemy import text
from sqlmodel import Session, col, select

from portal import access, audit, invitations, logins, passwords, rates, throttling
from portal.access import Actor
from portal.db import lock_writers
from portal.errors import Forbidden, Invalid, NotFound
from portal.i18n import LANGUAGES
from portal.logins import NOWHERE, Visitor
from portal.models import User
from portal.names import as_typed, clean_email, clean_name
from portal.passwords import new_password
from portal.wiring import Parts

__all__ = [
    "Visitor",
    "change_password",
    "create_user",
    "login",
    "logout_everywhere",
    "may_register",
    "new_password",
    "register",
]


def create_user(
    db: Session,
    email: str,
    password: str | None,
    *,
    is_admin: bool = False,
    name: str = "",
    language: str = "",
) -> User:
    """Add an account in this transaction; the first one is an administrator's whatever is asked.

    Without a password it is entered by a one-time link or by single sign-on.
    """
    plain = clean_email(email)
    kept = None
    if password is not None:
        passwords.check_new(password, plain)
        kept = passwords.hashed(password)
    _one_at_a_time(db)
    if db.exec(select(User.id).where(User.email == plain)).first() is not None:
        raise Invalid("email", "email-taken", email=plain)
    user = User(
        email=plain,
        name=clean_name(name),
        password_hash=kept,
        is_admin=is_admin or not anybody(db),
        language=language if language in LANGUAGES else "",
    )
    db.add(user)
    db.flush()
    audit.record(db, Actor(user.id, plain), "user.create", subject=plain, admin=user.is_admin)
    return user


def anybody(db: Session) -> bool:
    return db.exec(select(User.id).limit(1)).first() is not None


def may_register(parts: Parts, invitation: str = "") -> bool:
    """Open to everybody, or invited, or there is nobody yet: whoever sets the portal up."""
    allowed = parts.settings.registration
    with parts.session() as db:
        if allowed == "open" or not anybody(db):
            return True
        if allowed == "closed" or not invitation:
            return False
        try:
            return invitations.by_token(db, invitation).user_id is None
        except NotFound:
            return False


def register(
    parts: Parts,
    email: str,
    password: str | None,
    visitor: Visitor = NOWHERE,
    *,
    name: str = "",
    language: str = "",
    invitation: str = "",
) -> str:
    """Make an account and log it in; the cookie's token. An `invitation` becomes this account's own."""
    if not may_register(parts, invitation):
        raise Invalid("email", f"registration-{parts.settings.registration}")
    if password is not None:
        _check_passwords_are_used(parts)
    with parts.session() as db:
        user = create_user(db, email, password, name=name, language=language)
        if invitation:
            invited = invitations.by_token(db, invitation)
            if not invitations.fits(invited, user.email):
                raise Invalid("email", "not-your-invitation")
            invitations.bind(db, invited, user)
        token = logins.begin(db, user, parts.settings, visitor)
        db.commit()
        return token


def login(parts: Parts, email: str, password: str, visitor: Visitor = NOWHERE) -> str:
    """A new session's token. Invalid says no more than that one of the two is wrong; Throttled."""
    _check_passwords_are_used(parts)
    plain = as_typed(email)
    rates.limit(parts, Actor(None, plain, address=visitor.address), rates.LOGINS)
    with parts.session() as db:
        attempt = throttling.begin(db, plain, visitor.address, visitor.device)
        user = db.exec(select(User).where(User.email == plain, col(User.disabled_at).is_(None))).first()
        kept = user.password_hash if user else None
        if not passwords.fits(kept, password[: passwords.LONGEST + 1]) or user is None or kept is None:
            audit.record(db, Actor(None, plain, address=visitor.address), "login.failed", subject=plain)
            db.commit()
            raise Invalid("password", "wrong-login")
        throttling.forget(db, attempt)
        if passwords.outdated(kept):
            user.password_hash = passwords.hashed(password)
            db.add(user)
        token = logins.begin(db, user, parts.settings, visitor)
        audit.record(db, Actor(user.id, plain, address=visitor.address), "login", subject=plain)
        db.commit()
        return token


def logout_everywhere(parts: Parts, actor: Actor, but: int | None = None) -> int:
    """End all of the actor's sessions, or all but session `but`; how many."""
    access.check_person(actor)
    assert actor.user_id is not None
    with parts.session() as db:
        ended = logins.end_all(db, actor.user_id, but)
        audit.record(db, actor, "logout.everywhere", sessions=ended)
        db.commit()
        return ended


def change_password(parts: Parts, actor: Actor, old: str, new: str, visitor: Visitor = NOWHERE) -> str:
    """Set a new password, end every session, begin a new one; its token."""
    access.check_person(actor)
    with parts.session() as db:
        attempt = throttling.begin(db, actor.email, visitor.address, visitor.device)
        user = db.exec(select(User).where(User.id == actor.user_id)).one()
        if not passwords.fits(user.password_hash, old[: passwords.LONGEST + 1]):
            raise Invalid("old", "wrong-password")
        throttling.forget(db, attempt)
        passwords.check_new(new, user.email)
        user.password_hash = passwords.hashed(new)
        db.add(user)
        assert user.id is not None
        logins.end_all(db, user.id)
        token = logins.begin(db, user, parts.settings, visitor)
        audit.record(db, actor, "password.change")
        db.commit()
        return token


def change_profile(parts: Parts, actor: Actor, *, name: str, language: str) -> None:
    """`language` "" follows the browser."""
    access.check_person(actor)
    if language and language not in LANGUAGES:
        raise Invalid("language", "no-such", what="language", name=language)
    with parts.session() as db:
        user = db.exec(select(User).where(User.id == actor.user_id)).one()
        user.name, user.language = clean_name(name), language
        db.add(user)
        db.commit()


def _check_passwords_are_used(parts: Parts) -> None:
    if not parts.settings.password_login:
        raise Forbidden("password")


def _one_at_a_time(db: Session) -> None:
    """Two first visitors at once: one of them becomes the administrator, not both."""
    lock_writers(db)
    if db.connection().dialect.name == "postgresql":
        db.execute(text("LOCK TABLE user_account IN SHARE ROW EXCLUSIVE MODE"))
