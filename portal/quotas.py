"""Tokens of language models that a knowledge base or a person may use in a day (UTC), and what they used.

Questions over a quota are refused until midnight, reading by a model is paused; nothing that is done is lost.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal import access, audit
from portal.access import Actor
from portal.errors import Invalid, Throttled
from portal.models import Choice, ModelCall, Quota, Rag, User, now
from portal.wiring import Parts

DEFAULTS = "quotas"
MOST = 10**12


class Whose(StrEnum):
    rag = "rag"
    user = "user"


@dataclass(frozen=True, slots=True)
class Spend:
    """What somebody used today and in the last thirty days; `quota` tokens a day, None for no limit."""

    whose: Whose
    id: int
    name: str
    today: int  # tokens
    month: int  # tokens
    calls: int  # in the month
    cost: float  # in the month
    quota: int | None
    own: bool  # the quota is its own, not everybody's


@dataclass(frozen=True, slots=True)
class Day:
    day: str
    calls: int
    tokens: int
    cost: float


def check(db: Session, rag_id: int, user_id: int | None) -> None:
    """Raises Throttled, until midnight, if the knowledge base or the person has used up the day's tokens."""
    for whose, subject in ((Whose.user, user_id), (Whose.rag, rag_id)):
        if subject is not None and exceeded(db, whose, subject):
            ends = _midnight() + timedelta(days=1)
            raise Throttled(max(1, round((ends - now()).total_seconds())), f"quota-{whose}")


def exceeded(db: Session, whose: Whose, subject: int) -> bool:
    quota = _quota(db, whose, subject)[0]
    return quota is not None and _used(db, whose, subject) >= quota


def spend(parts: Parts, actor: Actor, whose: Whose) -> tuple[Spend, ...]:
    """Of each knowledge base or person that used anything lately or has a quota of its own."""
    access.check_admin(actor)
    column = col(ModelCall.rag_id if whose is Whose.rag else ModelCall.user_id)
    paid = col(ModelCall.cached).is_(False)
    tokens = func.coalesce(func.sum(ModelCall.tokens_in + ModelCall.tokens_out), 0)
    with parts.session() as db:
        today = dict(
            db.execute(select(column, tokens).where(paid, ModelCall.at >= _midnight()).group_by(column)).all()
        )
        month = {
            row[0]: row[1:]
            for row in db.execute(
                select(column, tokens, func.count(), func.coalesce(func.sum(ModelCall.cost), 0.0))
                .where(paid, ModelCall.at >= now() - timedelta(days=30))
                .group_by(column)
            )
        }
        own = set(db.exec(select(Quota.subject_id).where(Quota.kind == whose)))
        ids = {i for i in {*today, *month, *own} if i is not None}
        names = dict(
            db.exec(
                select(Rag.id, Rag.name).where(col(Rag.id).in_(ids))
                if whose is Whose.rag
                else select(User.id, User.email).where(col(User.id).in_(ids))
            ).all()
        )
        lines = []
        for i in ids:
            quota, is_own = _quota(db, whose, i)
            used, calls, cost = month.get(i, (0, 0, 0.0))
            named, used_today = names.get(i, ""), int(today.get(i, 0))
            lines.append(Spend(whose, i, named, used_today, int(used), calls, float(cost), quota, is_own))
    return tuple(sorted(lines, key=lambda line: (-line.month, line.id)))


def days(parts: Parts, actor: Actor, many: int = 30) -> tuple[Day, ...]:
    """What all models were asked on each day, the latest first."""
    access.check_admin(actor)
    with parts.session() as db:
        day = func.date(ModelCall.at)
        found = db.execute(
            select(
                day,
                func.count(),
                func.coalesce(func.sum(ModelCall.tokens_in + ModelCall.tokens_out), 0),
                func.coalesce(func.sum(ModelCall.cost), 0.0),
            )
            .where(col(ModelCall.cached).is_(False), ModelCall.at >= now() - timedelta(days=many))
            .group_by(day)
            .order_by(day.desc())
        ).all()
    return tuple(Day(str(d), calls, int(tokens), float(cost)) for d, calls, tokens, cost in found)


def set_quota(parts: Parts, actor: Actor, whose: Whose, subject: int, tokens: int | None) -> None:
    """A quota of its own in tokens a day; None: what holds for everybody."""
    access.check_admin(actor)
    _check(tokens)
    with parts.session() as db:
        kept = db.get(Quota, (whose, subject))
        if tokens is None:
            if kept is not None:
                db.delete(kept)
        else:
            kept = kept or Quota(kind=whose, subject_id=subject, tokens=tokens)
            kept.tokens, kept.changed_by, kept.changed_at = tokens, actor.user_id, now()
            db.add(kept)
        audit.record(db, actor, "quota.change", subject=f"{whose} {subject}", tokens=tokens)
        db.commit()


def set_default(parts: Parts, actor: Actor, whose: Whose, tokens: int | None) -> None:
    """Tokens a day for each that has no quota of its own; None for no limit."""
    access.check_admin(actor)
    _check(tokens)
    with parts.session() as db:
        kept = db.get(Choice, DEFAULTS) or Choice(name=DEFAULTS)
        kept.value = {**kept.value, whose.value: tokens}
        kept.changed_by, kept.changed_at = actor.user_id, now()
        db.add(kept)
        audit.record(db, actor, "quota.default", subject=whose, tokens=tokens)
        db.commit()


def defaults(parts: Parts, actor: Actor) -> dict[Whose, int | None]:
    access.check_admin(actor)
    with parts.session() as db:
        return {whose: _default(db, whose) for whose in Whose}


def _check(tokens: int | None) -> None:
    if tokens is not None and not 0 <= tokens <= MOST:
        raise Invalid("tokens", "quota-bad")


def _quota(db: Session, whose: Whose, subject: int) -> tuple[int | None, bool]:
    kept = db.get(Quota, (whose, subject))
    return (kept.tokens, True) if kept is not None else (_default(db, whose), False)


def _default(db: Session, whose: Whose) -> int | None:
    kept = db.get(Choice, DEFAULTS)
    return kept.value.get(whose.value) if kept is not None else None


def _used(db: Session, whose: Whose, subject: int) -> int:
    column = col(ModelCall.rag_id if whose is Whose.rag else ModelCall.user_id)
    return int(
        db.exec(
            select(func.coalesce(func.sum(ModelCall.tokens_in + ModelCall.tokens_out), 0)).where(
                column == subject, col(ModelCall.cached).is_(False), ModelCall.at >= _midnight()
            )
        ).one()
    )


def _midnight() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
