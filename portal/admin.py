"""Running the system: its parts, people, knowledge bases, work and record. An admin reads no content."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import redis
from sqlalchemy import func
from sqlmodel import col, select

from kg.errors import KgError
from portal import access, audit, db, language_models, logins, work_queue
from portal.access import Actor
from portal.errors import Conflict, NotFound, PartDown, PortalError
from portal.models import (
    AuditEvent,
    Cycle,
    CycleState,
    Document,
    LoginSession,
    Member,
    ModelCall,
    Rag,
    Revision,
    Role,
    Step,
    StepName,
    StepState,
    User,
    now,
)
from portal.wiring import Parts
from portal.work_queue import WorkerSign


@dataclass(frozen=True, slots=True)
class Health:
    """A part, whether it answers, with what name and version, in how many milliseconds."""

    part: str
    answers: bool
    what: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class UserView:
    id: int
    name: str
    email: str
    is_admin: bool
    disabled: bool
    rags: int
    seen_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RagLine:
    """A knowledge base from outside: sizes, not contents."""

    id: int
    name: str
    owners: tuple[str, ...]
    version: int
    documents: int
    size: int  # bytes
    cost: float
    deleted: bool


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step that runs or failed."""

    rag_id: int
    cycle: int
    name: StepName
    state: StepState
    done: int
    total: int
    owner: str
    lease_until: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    who: str
    action: str
    rag_id: int | None
    subject: str
    address: str


def health(parts: Parts, actor: Actor) -> tuple[Health, ...]:
    """Every part of the installation, asked now."""
    access.check_admin(actor)
    looks: tuple[tuple[str, Callable[[], object]], ...] = (
        ("database", lambda: db.ping(parts.engine)),
        ("store", parts.store.ping),
        ("queue", lambda: _queue(parts.redis)),
        ("files", lambda: _files(parts)),
        ("worker", lambda: _workers(parts.redis)),
    )
    return tuple(_look(part, look) for part, look in looks)


def models(parts: Parts, actor: Actor) -> tuple[tuple[str, str], ...]:
    """The configured model of each role, "" for the built-in way; none is asked, that would cost."""
    access.check_admin(actor)
    profiles = {role: language_models.profile(parts.settings, role) for role in ("extract", "chat")}
    return tuple((role, found.model if found else "") for role, found in profiles.items())


def users(parts: Parts, actor: Actor) -> tuple[UserView, ...]:
    access.check_admin(actor)
    with parts.session() as opened:
        rags = dict(opened.exec(select(Member.user_id, func.count()).group_by(col(Member.user_id))).all())
        seen = dict(
            opened.exec(
                select(LoginSession.user_id, func.max(LoginSession.seen_at)).group_by(
                    col(LoginSession.user_id)
                )
            ).all()
        )
        return tuple(
            UserView(
                id=u.id or 0,
                name=u.name,
                email=u.email,
                is_admin=u.is_admin,
                disabled=u.disabled_at is not None,
                rags=rags.get(u.id or 0, 0),
                seen_at=seen.get(u.id or 0),
                created_at=u.created_at,
            )
            for u in opened.exec(select(User).order_by(col(User.id)))
        )


def set_disabled(parts: Parts, actor: Actor, user_id: int, disabled: bool) -> None:
    """Shut somebody out, at once and everywhere; or let them in again."""
    access.check_admin(actor)
    if user_id == actor.user_id:
        raise Conflict("not-yourself")
    with parts.session() as opened:
        user = opened.get(User, user_id)
        if user is None:
            raise NotFound("user", str(user_id))
        user.disabled_at = now() if disabled else None
        opened.add(user)
        if disabled:
            logins.end_all(opened, user_id)
        audit.record(opened, actor, "user.disable" if disabled else "user.enable", subject=user.email)
        opened.commit()


def set_admin(parts: Parts, actor: Actor, user_id: int, is_admin: bool) -> None:
    """Their sessions end, so that the new right, or its loss, counts from the next login."""
    access.check_admin(actor)
    if user_id == actor.user_id:
        raise Conflict("not-yourself")
    with parts.session() as opened:
        user = opened.get(User, user_id)
        if user is None:
            raise NotFound("user", str(user_id))
        user.is_admin = is_admin
        opened.add(user)
        logins.end_all(opened, user_id)
        audit.record(opened, actor, "user.admin", subject=user.email, admin=is_admin)
        opened.commit()


def rags(parts: Parts, actor: Actor) -> tuple[RagLine, ...]:
    access.check_admin(actor)
    with parts.session() as opened:
        owners: dict[int, list[str]] = {}
        for rag_id, email in opened.exec(
            select(Member.rag_id, User.email)
            .join(User, col(Member.user_id) == User.id)
            .where(Member.role == Role.owner)
        ):
            owners.setdefault(rag_id, []).append(email)
        documents = dict(
            opened.exec(
                select(Document.rag_id, func.count())
                .where(col(Document.removed_at).is_(None))
                .group_by(col(Document.rag_id))
            ).all()
        )
        sizes = dict(
            opened.exec(select(Revision.rag_id, func.sum(Revision.size)).group_by(col(Revision.rag_id))).all()
        )
        costs = dict(
            opened.exec(
                select(ModelCall.rag_id, func.sum(ModelCall.cost)).group_by(col(ModelCall.rag_id))
            ).all()
        )
        return tuple(
            RagLine(
                id=r.id or 0,
                name=r.name,
                owners=tuple(owners.get(r.id or 0, ())),
                version=r.version,
                documents=documents.get(r.id or 0, 0),
                size=int(sizes.get(r.id or 0, 0)),
                cost=float(costs.get(r.id, 0.0)),
                deleted=r.deleted_at is not None,
            )
            for r in opened.exec(select(Rag).order_by(col(Rag.id)))
        )


def workers(parts: Parts, actor: Actor) -> tuple[WorkerSign, ...]:
    access.check_admin(actor)
    try:
        return work_queue.workers(parts.redis)
    except redis.RedisError as e:
        raise PartDown("queue", str(e)) from e


def steps(parts: Parts, actor: Actor, limit: int = 50) -> tuple[StepLine, ...]:
    """Steps that run or failed, of cycles that are not given up; the latest first."""
    access.check_admin(actor)
    with parts.session() as opened:
        found = opened.exec(
            select(Step, Cycle)
            .join(Cycle, col(Step.cycle_id) == Cycle.id)
            .where(col(Step.state).in_([StepState.running, StepState.failed]))
            .where(col(Cycle.state).in_([CycleState.running, CycleState.failed, CycleState.waiting]))
            .order_by(col(Step.id).desc())
            .limit(limit)
        ).all()
        return tuple(
            StepLine(
                c.rag_id, c.number, s.name, s.state, s.done, s.total, s.lease_owner, s.lease_until, s.error
            )
            for s, c in found
        )


def events(parts: Parts, actor: Actor, action: str = "", limit: int = 200) -> tuple[Event, ...]:
    """The record, newest first; `action` is the beginning of an action's name."""
    access.check_admin(actor)
    with parts.session() as opened:
        found = opened.exec(
            select(AuditEvent, User)
            .join(User, col(AuditEvent.user_id) == User.id, isouter=True)
            .where(col(AuditEvent.action).startswith(action, autoescape=True))
            .order_by(col(AuditEvent.id).desc())
            .limit(limit)
        ).all()
        return tuple(
            Event(e.at, u.email if u else "", e.action, e.rag_id, e.subject, e.address) for e, u in found
        )


# ---- inside


def _look(part: str, look: Callable[[], object]) -> Health:
    began = time.perf_counter()
    try:
        what, answers = str(look()), True
    except (KgError, PortalError, redis.RedisError, OSError) as e:
        what, answers = str(e), False
    return Health(part, answers, what, (time.perf_counter() - began) * 1000)


def _queue(client: redis.Redis) -> str:
    info = client.info("server")
    name = str(info.get("server_name", "redis"))
    return f"{name.capitalize()} {info.get(f'{name}_version', info.get('redis_version'))}"


def _files(parts: Parts) -> str:
    return parts.files.ping().partition("://")[0]


def _workers(client: redis.Redis) -> str:
    found = work_queue.workers(client)
    if not found:
        raise PartDown("worker")
    return str(len(found))
