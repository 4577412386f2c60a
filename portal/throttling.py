"""Failed logins are counted by account and place, so that guessing is slow and no victim is locked out.

The place is the address, or the browser if this account has logged in with it before: who guesses from a
victim's own network does not lock the victim's browser out. An attempt counts from before the password is
looked at until it proves right: many at once do not slip through. Who guesses one account from ever new
addresses is stopped at `FROM_ANYWHERE`; known browsers and known addresses are let through even then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, text
from sqlmodel import Session, col, select

from portal import one_time
from portal.errors import Throttled
from portal.models import LoginAttempt, LoginSession, User, now

WINDOW = timedelta(minutes=15)
PER_PAIR = 10  # of one account from one place
PER_ADDRESS = 60  # of any account from one address
FROM_ANYWHERE = 100  # of one account


@dataclass(frozen=True, slots=True)
class Attempt:
    id: int
    email: str
    place: str


def begin(db: Session, email: str, address: str, device: str = "") -> Attempt:
    """Count an attempt; for `forget`. Raises Throttled, with the seconds to wait. Commits."""
    since = now() - WINDOW
    db.execute(delete(LoginAttempt).where(col(LoginAttempt.at) < since))
    if db.connection().dialect.name == "postgresql":  # SQLite has one writer anyway
        db.execute(text("SELECT pg_advisory_xact_lock(hashtext(:email))"), {"email": email})
    browser = one_time.digest(device) if device else ""
    own = bool(browser) and _known(db, email, col(LoginSession.device_hash) == browser)
    place = f"browser {browser[:40]}" if own else address
    of_account, from_here = col(LoginAttempt.email) == email, col(LoginAttempt.address) == place
    _limit(db, since, PER_PAIR, of_account, from_here)
    if place and not own:
        _limit(db, since, PER_ADDRESS, from_here)
    if not own and not _known(db, email, col(LoginSession.address) == address):
        _limit(db, since, FROM_ANYWHERE, of_account)
    attempt = LoginAttempt(email=email, address=place)
    db.add(attempt)
    db.commit()
    assert attempt.id is not None
    return Attempt(attempt.id, email, place)


def forget(db: Session, attempt: Attempt) -> None:
    """The password was right: this attempt and the failures before it, from here, no longer count."""
    db.execute(
        delete(LoginAttempt).where(
            (col(LoginAttempt.id) == attempt.id)
            | ((col(LoginAttempt.email) == attempt.email) & (col(LoginAttempt.address) == attempt.place))
        )
    )


def _limit(db: Session, since: datetime, most: int, *conditions: ColumnElement[bool]) -> None:
    counted = and_(col(LoginAttempt.at) >= since, *conditions)
    many, first = db.exec(select(func.count(), func.min(LoginAttempt.at)).where(counted)).one()
    if many >= most:
        db.commit()
        raise Throttled(retry_after=max(1, round((first + WINDOW - now()).total_seconds())))


def _known(db: Session, email: str, where: ColumnElement[bool]) -> bool:
    return (
        db.exec(
            select(LoginSession.id)
            .join(User, col(LoginSession.user_id) == User.id)
            .where(User.email == email, where)
            .limit(1)
        ).first()
        is not None
    )
