"""Access tokens: what other programs show instead of a login. Shown once, kept as a digest, always expiring.

A token acts in its maker's name, within its scopes and never beyond what its maker may do at that moment.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal import access, audit, notices
from portal.access import Actor, Scope
from portal.accounts import clean_name
from portal.errors import BeyondScope, Closed, Conflict, Forbidden, Invalid, NotFound, Unknown
from portal.models import AccessToken, User, now
from portal.wiring import Parts

PREFIX = "ferag_"  # so that scanners for leaked secrets can know one
LONGEST_NAME = 80
LONGEST_DAYS = 366
MOST = 50  # of one person
NOTED_EVERY = timedelta(minutes=1)  # how exactly the last use is kept, and how often a refusal is


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as its maker sees it, now and later."""

    id: int
    name: str
    hint: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    used_from: str

    @property
    def expired(self) -> bool:
        return self.expires_at <= now()


def create(
    parts: Parts, actor: Actor, name: str, scopes: Iterable[Scope], days: int
) -> tuple[TokenView, str]:
    """A new token and its text, which nobody can be told again. Only a person makes one, not a token."""
    wanted = sorted(set(scopes), key=list(Scope).index)
    plain = clean_name(name)
    access.check_person(actor)
    if actor.user_id is None:
        raise Forbidden("token")
    if not plain:
        raise Invalid("name", "token-name")
    if len(name) > LONGEST_NAME:
        raise Invalid("name", "token-name-long", longest=LONGEST_NAME)
    if not wanted:
        raise Invalid("scopes", "token-scopes")
    if Scope.metrics in wanted and not actor.is_admin:
        raise Forbidden("metrics")
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid("days", "token-days", longest=LONGEST_DAYS)
    text = PREFIX + secrets.token_urlsafe(32)
    with parts.session() as db:
        good = (col(AccessToken.user_id) == actor.user_id, col(AccessToken.revoked_at).is_(None))
        if db.exec(select(func.count()).select_from(AccessToken).where(*good)).one() >= MOST:
            raise Conflict("token-many", most=MOST)
        made = AccessToken(
            user_id=actor.user_id,
            name=plain,
            hint=text[: len(PREFIX) + 4],
            token_hash=_digest(text),
            scopes=[s.value for s in wanted],
            expires_at=now() + timedelta(days=days),
        )
        db.add(made)
        db.flush()
        audit.record(db, actor, "token.create", subject=plain, scopes=made.scopes, days=days, made=made.id)
        db.commit()
        return _view(made), text


def mine(parts: Parts, actor: Actor) -> tuple[TokenView, ...]:
    """The actor's tokens that are not revoked, the newest first."""
    access.check_person(actor)
    with parts.session() as db:
        found = db.exec(
            select(AccessToken)
            .where(AccessToken.user_id == actor.user_id, col(AccessToken.revoked_at).is_(None))
            .order_by(col(AccessToken.id).desc())
        ).all()
        return tuple(_view(t) for t in found)


def revoke(parts: Parts, actor: Actor, token_id: int) -> None:
    """End one of the actor's own tokens: the next request with it is refused, a running stream is cut."""
    access.check_person(actor)
    with parts.session() as db:
        found = db.get(AccessToken, token_id)
        if found is None or found.user_id != actor.user_id or found.revoked_at:
            raise NotFound("token", str(token_id))
        found.revoked_at = now()
        db.add(found)
        audit.record(db, actor, "token.revoke", subject=found.name, made=token_id)
        db.commit()


def who(parts: Parts, header: str, address: str = "") -> Actor:
    """Who acts by an `Authorization` header ("Bearer ferag_…"), with the token's scopes.

    Raises Unknown (token-missing, token-unknown, token-expired, token-revoked), and Closed under maintenance.
    """
    kind, _, text = header.strip().partition(" ")
    if kind.lower() != "bearer" or not text.strip():
        raise Unknown("token-missing")
    with parts.session() as db:
        found = db.exec(
            select(AccessToken, User)
            .join(User, col(AccessToken.user_id) == User.id)
            .where(AccessToken.token_hash == _digest(text.strip()), col(User.disabled_at).is_(None))
        ).first()
        if found is None:
            raise Unknown("token-unknown")
        token, user = found
        actor = Actor(user.id, user.email, user.is_admin, address, frozenset(token.scopes), token.id)
        if token.revoked_at or token.expires_at <= now():
            code = "token-revoked" if token.revoked_at else "token-expired"
            _note_refusal(db, actor, token, code)
            raise Unknown(code)
        if notices.closed_for(parts, actor):
            raise Closed
        if token.used_at is None or now() - token.used_at > NOTED_EVERY or token.used_from != address[:64]:
            token.used_at, token.used_from = now(), address[:64]
            db.add(token)
            db.commit()
        return actor


def still_good(parts: Parts, actor: Actor) -> bool:
    """Is the actor's token neither revoked nor expired by now? For streams: ask about once a second."""
    with parts.session() as db:
        return (
            db.exec(
                select(AccessToken.id)
                .join(User, col(AccessToken.user_id) == User.id)
                .where(
                    AccessToken.id == actor.token_id,
                    col(AccessToken.revoked_at).is_(None),
                    col(AccessToken.expires_at) > now(),
                    col(User.disabled_at).is_(None),
                )
            ).first()
            is not None
        )


def refused(parts: Parts, actor: Actor, error: BeyondScope, what: str) -> None:
    """Put into the record that a token was tried beyond its scope; `what` is the door, as "GET /api/v1/rags".

    Every door calls this where it answers 403.
    """
    with parts.session() as db:
        audit.record(db, actor, "token.beyond-scope", subject=what, scope=error.scope)
        db.commit()


def _note_refusal(db: Session, actor: Actor, token: AccessToken, code: str) -> None:
    """Once a minute: a forgotten program that keeps trying does not fill the record."""
    if token.refused_at is None or now() - token.refused_at > NOTED_EVERY:
        token.refused_at = now()
        db.add(token)
        audit.record(db, actor, "token.refused", subject=token.name, why=code)
        db.commit()


def _view(token: AccessToken) -> TokenView:
    return TokenView(
        id=token.id or 0,
        name=token.name,
        hint=token.hint,
        scopes=tuple(Scope(s) for s in token.scopes if s in list(Scope)),
        created_at=token.created_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
        used_from=token.used_from,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
