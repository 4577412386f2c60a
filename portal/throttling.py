"""Failed logins are counted by account and address, so that guessing is slow and no victim is locked out.

An attempt counts from before the password is looked at until it proves right: many at once do not slip
through. Who guesses one account from ever new addresses is stopped at `FROM_ANYWHERE`; addresses from
which that account has logged in before are let through even then.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, text
from sqlmodel import Session, col, select

from portal.errors import Throttled
from portal.models import LoginAttempt, LoginSession, User, now

WINDOW = timedelta(minutes=15)
PER_PAIR = 10  # of one account from one address
PER_ADDRESS = 60  # of any account from one address
FROM_ANYWHERE = 100  # of one account


def begin(db: Session, email: str, address: str) -> int:
    """Count an attempt; its id, for `forget`. Raises Throttled, with the seconds to wait. Commits."""
    since = now() - WINDOW
    db.execute(delete(LoginAttempt).where(col(LoginAttempt.at) < since))
    if db.connection().dialect.name == "postgresql":  # SQLite has one writer anyway
        db.execute(text("SELECT pg_advisory_xact_lock(hashtext(:email))"), {"email": email})
    of_account, from_here = col(LoginAttempt.email) == email, col(LoginAttempt.address) == address
    _limit(db, since, PER_PAIR, of_account, from_here)
    if address:
        _limit(db, since, PER_ADDRESS, from_here)
    if not _known(db, email, address):
        _limit(db, since, FROM_ANYWHERE, of_account)
    attempt = LoginAttempt(email=email, address=address)
    db.add(attempt)
    db.commit()
    assert attempt.id is not None
    return attempt.id


def forget(db: Session, attempt: int, email: str, address: str) -> None:
    """The password was right: this attempt and the failures before it, from here, no longer count."""
    db.execute(
        delete(LoginAttempt).where(
            (col(LoginAttempt.id) == attempt)
            | ((col(LoginAttempt.email) == email) & (col(LoginAttempt.address) == address))
        )
    )


def _limit(db: Session, since: datetime, most: int, *conditions: ColumnElement[bool]) -> None:
    counted = and_(col(LoginAttempt.at) >= since, *conditions)
    many, first = db.exec(select(func.count(), func.min(LoginAttempt.at)).where(counted)).one()
    if many >= most:
        db.commit()
        raise Throttled(retry_after=max(1, round((first + WINDOW - now()).total_seconds())))


def _known(db: Session, email: str, address: str) -> bool:
    return (
        db.exec(
            select(LoginSession.id)
            .join(User, col(LoginSession.user_id) == User.id)
            .where(User.email == email, LoginSession.address == address)
            .limit(1)
        ).first()
        is not None
    )
