"""Running the system: its parts, people and knowledge bases, from outside. An admin reads no content."""

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

import redis
from sqlalchemy import func
from sqlmodel import col, select

from kg.errors import KgError
from kg.versions import marker
from portal import access, audit, db, logins, work_queue
from portal.access import Actor
from portal.errors import Conflict, NotFound, PartDown, PortalError
from portal.models import (
    Document,
    LoginSession,
    Member,
    ModelCall,
    Rag,
    Revision,
    Role,
    User,
    now,
)
from portal.wiring import Parts, index_options, index_url


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
    facts: int | None  # None if the store does not answer
    tokens: int
    cost: float
    deleted: bool


@dataclass(frozen=True, slots=True)
class SessionLine:
    seen_at: datetime
    began_at: datetime
    address: str
    agent: str


def health(parts: Parts, actor: Actor) -> tuple[Health, ...]:
    """Every part of the installation, asked now."""
    access.check_admin(actor)
    looks: tuple[tuple[str, Callable[[], object]], ...] = (
        ("database", lambda: db.ping(parts.engine)),
        ("store", parts.store.ping),
        ("queue", lambda: _queue(parts.redis)),
        ("files", lambda: _files(parts)),
        ("index", lambda: _index(parts)),
        ("worker", lambda: _workers(parts.redis)),
        ("web", _web),
    )
    return tuple(_look(part, look) for part, look in looks)


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


def rags(parts: Parts, actor: Actor, limit: int = 50, offset: int = 0) -> tuple[RagLine, ...]:
    """Their sizes, counted now."""
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
        tokens = dict(
            opened.exec(
                select(ModelCall.rag_id, func.sum(ModelCall.tokens_in + ModelCall.tokens_out))
                .where(col(ModelCall.cached).is_(False))
                .group_by(col(ModelCall.rag_id))
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
                facts=_facts(parts, r),
                tokens=int(tokens.get(r.id, 0)),
                cost=float(costs.get(r.id, 0.0)),
                deleted=r.deleted_at is not None,
            )
            for r in opened.exec(
                select(Rag)
                .where(col(Rag.purged_at).is_(None))
                .order_by(col(Rag.id))
                .limit(limit)
                .offset(offset)
            )
        )


def rags_in_all(parts: Parts, actor: Actor) -> int:
    access.check_admin(actor)
    with parts.session() as opened:
        return opened.exec(select(func.count(col(Rag.id))).where(col(Rag.purged_at).is_(None))).one()


def sessions(parts: Parts, actor: Actor, user_id: int) -> tuple[SessionLine, ...]:
    """Where somebody is logged in now."""
    access.check_admin(actor)
    with parts.session() as opened:
        found = opened.exec(
            select(LoginSession)
            .where(LoginSession.user_id == user_id, col(LoginSession.revoked_at).is_(None))
            .where(LoginSession.expires_at > now())
            .order_by(col(LoginSession.seen_at).desc())
        )
        return tuple(SessionLine(s.seen_at, s.created_at, s.address, s.agent) for s in found)


def end_sessions(parts: Parts, actor: Actor, user_id: int) -> None:
    """Log somebody out everywhere."""
    access.check_admin(actor)
    with parts.session() as opened:
        user = opened.get(User, user_id)
        if user is None:
            raise NotFound("user", str(user_id))
        ended = logins.end_all(opened, user_id)
        audit.record(opened, actor, "sessions.end", subject=user.email, sessions=ended)
        opened.commit()


# ---- inside


def _facts(parts: Parts, rag: Rag) -> int | None:
    if not rag.version or rag.deleted_at or rag.id is None:
        return 0
    try:
        return marker(parts.store, parts.dataset(rag.id)).facts
    except KgError:
        return None


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


def _index(parts: Parts) -> str:
    import lancedb  # noqa: PLC0415  # heavy

    try:
        options = index_options(parts.settings)
        lancedb.connect(index_url(parts.settings), storage_options=options).list_tables()
    except (RuntimeError, ValueError) as e:
        raise PartDown("index", str(e)) from e
    return f"LanceDB {version('lancedb')}"


def _web() -> str:
    python = platform.python_version()
    return f"Ferag Portal {version('ferag')}, Streamlit {version('streamlit')}, Python {python}"


def _workers(client: redis.Redis) -> str:
    found = work_queue.workers(client)
    if not found:
        raise PartDown("worker")
    return str(len(found))
