"""Login sessions: a random token in the cookie, its SHA-256 in the table; idle and absolute expiry."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from portal import access, audit, one_time
from portal.access import Actor
from portal.errors import NotFound
from portal.models import LoginSession, User, now
from portal.settings import Settings
from portal.wiring import Parts

SEEN_EVERY = timedelta(minutes=1)  # how exactly `seen_at` is kept
MOST = 20  # logins of one account at once; one more ends the one that was seen longest ago


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from."""

    address: str = ""
    agent: str = ""
    device: str = ""  # the browser's own cookie, which outlives its logins


NOWHERE = Visitor()


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


def begin(db: Session, user: User, settings: Settings, visitor: Visitor = NOWHERE) -> str:
    """A new session; the token for its cookie, which is kept nowhere else."""
    assert user.id is not None
    token, kept = one_time.fresh()
    _make_room(db, user.id)
    db.add(
        LoginSession(
            user_id=user.id,
            token_hash=kept,
            expires_at=now() + timedelta(days=settings.session_days),
            address=visitor.address[:64],
            agent=visitor.agent[:200],
            device_hash=one_time.digest(visitor.device) if visitor.device else "",
        )
    )
    return token


def who(parts: Parts, token: str, address: str = "", *, used: bool = False) -> Signed | None:
    """Whose token this is; None if it is nobody's, expired, idle for too long or revoked.

    `used` by a person: only that keeps a session from ending as idle, not a page that looks for news.
    """
    if not token:
        return None
    with parts.session() as db:
        found = db.exec(
            select(LoginSession, User)
            .join(User, col(LoginSession.user_id) == User.id)
            .where(LoginSession.token_hash == one_time.digest(token), col(User.disabled_at).is_(None))
        ).first()
        if found is None or not _good(found[0], parts.settings):
            return None
        session, user = found
        if used and now() - session.seen_at > SEEN_EVERY:
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
            .where(
                col(LoginSession.token_hash) == one_time.digest(token), col(LoginSession.revoked_at).is_(None)
            )
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
    access.check_person(actor)
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
    access.check_person(actor)
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


def _make_room(db: Session, user_id: int) -> None:
    found = db.exec(
        select(LoginSession.id)
        .where(LoginSession.user_id == user_id, col(LoginSession.revoked_at).is_(None))
        .order_by(col(LoginSession.seen_at).desc())
        .offset(MOST - 1)
    ).all()
    if found:
        db.execute(update(LoginSession).where(col(LoginSession.id).in_(found)).values(revoked_at=now()))
