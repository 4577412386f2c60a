"""Login sessions: a random token in the cookie, its SHA-256 in the table; idle and absolute expiry."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from portal import audit
from portal.access import Actor
from portal.errors import NotFound
from portal.models import LoginSession, User, now
from portal.settings import Settings
from portal.wiring import Parts

SEEN_EVERY = timedelta(minutes=1)  # how exactly `seen_at` is kept


@dataclass(frozen=True, slots=True)
class Signed:
    """Who a cookie's token belongs to."""

    actor: Actor
    session_id: int
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Device:
    """A login that is still good. `here` is the one that asks."""

    id: int
    agent: str
    address: str
    since: datetime
    seen_at: datetime
    here: bool


def begin(db: Session, user: User, settings: Settings, address: str = "", agent: str = "") -> str:
    """A new session; the token for its cookie, which is kept nowhere else."""
    assert user.id is not None
    token = secrets.token_urlsafe(32)
    db.add(
        LoginSession(
            user_id=user.id,
            token_hash=_digest(token),
            expires_at=now() + timedelta(days=settings.session_days),
            address=address[:64],
            agent=agent[:200],
        )
    )
    return token


def who(parts: Parts, token: str, address: str = "") -> Signed | None:
    """Whose token this is; None if it is nobody's, expired, idle for too long or revoked."""
    if not token:
        return None
    with parts.session() as db:
        found = db.exec(
            select(LoginSession, User)
            .join(User, col(LoginSession.user_id) == User.id)
            .where(LoginSession.token_hash == _digest(token), col(User.disabled_at).is_(None))
        ).first()
        if found is None or not _good(found[0], parts.settings):
            return None
        session, user = found
        if now() - session.seen_at > SEEN_EVERY:
            session.seen_at = now()
            db.add(session)
            db.commit()
        assert session.id is not None
        actor = Actor(user.id, user.email, user.is_admin, address or session.address)
        return Signed(actor, session.id, user.name, user.language)


def end(parts: Parts, token: str) -> None:
    """Log out: the token is worth nothing from now on."""
    with parts.session() as db:
        db.execute(
            update(LoginSession)
            .where(col(LoginSession.token_hash) == _digest(token), col(LoginSession.revoked_at).is_(None))
            .values(revoked_at=now())
        )
        db.commit()


def end_all(db: Session, user_id: int, but: int | None = None) -> int:
    """Log a person out everywhere, or everywhere but here; how many sessions ended."""
    ended = db.execute(
        update(LoginSession)
        .where(
            col(LoginSession.user_id) == user_id,
            col(LoginSession.revoked_at).is_(None),
            col(LoginSession.id) != (but or 0),
        )
        .values(revoked_at=now())
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def devices(parts: Parts, actor: Actor, here: int) -> tuple[Device, ...]:
    """Where the actor is logged in, the latest seen first."""
    with parts.session() as db:
        found = db.exec(
            select(LoginSession)
            .where(LoginSession.user_id == actor.user_id, col(LoginSession.revoked_at).is_(None))
            .order_by(col(LoginSession.seen_at).desc())
        ).all()
        return tuple(
            Device(s.id or 0, s.agent, s.address, s.created_at, s.seen_at, s.id == here)
            for s in found
            if _good(s, parts.settings)
        )


def revoke(parts: Parts, actor: Actor, session_id: int) -> None:
    """End one of the actor's own sessions."""
    with parts.session() as db:
        found = db.get(LoginSession, session_id)
        if found is None or found.user_id != actor.user_id:
            raise NotFound("session", str(session_id))
        found.revoked_at = now()
        db.add(found)
        audit.record(db, actor, "session.revoke", subject=str(session_id))
        db.commit()


def _good(session: LoginSession, settings: Settings) -> bool:
    idle = timedelta(hours=settings.session_idle_hours)
    return (
        session.revoked_at is None
        and session.expires_at > now()
        and session.seen_at + idle + SEEN_EVERY > now()
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
