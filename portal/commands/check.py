"""`ferag check`: which parts are in use, and whether each answers."""

import contextlib
from collections.abc import Callable
from functools import partial

import redis

from kg.errors import KgError
from portal import db, model_profiles, work_queue
from portal.commands.common import Caller, say, write
from portal.errors import PortalError
from portal.model_profiles import Source
from portal.wiring import Parts


def check(parts: Parts, caller: Caller) -> int:
    """Which database, store, queue, files and models are in use, and whether each answers."""
    chosen = parts.settings
    looks: list[tuple[str, str, Callable[[], object]]] = [
        ("database", _shown(parts), lambda: db.ping(parts.engine)),
        ("store", chosen.fuseki_url or "embedded", parts.store.ping),
        ("queue", "server" if chosen.redis_url.get_secret_value() else "embedded", lambda: _queue(parts)),
        ("files", parts.files.url, parts.files.ping),
        ("index", chosen.index_url or "embedded", lambda: type(parts.index).__name__),
        ("workers", "", lambda: _workers(parts)),
    ]
    for role in model_profiles.ROLES:
        looks.append((f"model for {role}", "", partial(_model, parts, role)))
    fine = True
    for what, where, look in looks:
        why, answers = "", True
        try:
            answer = str(look())
        except (KgError, PortalError, redis.RedisError, OSError) as e:
            answers, answer, why = False, "", str(e)
        fine = fine and answers
        if caller.json:
            write({"part": what, "where": where, "answers": answers, "what": answer, "why": why})
        else:
            say(f"{'yes' if answers else 'NO '}  {what:18} {answer or why}  {where}".rstrip())
    return 0 if fine else 1


def _model(parts: Parts, role: str) -> str:
    """What does this now, and who chose it: a call would cost, so it is not asked."""
    found = model_profiles.served(parts, role)
    if found.profile is None:
        return "built in"
    by = "the settings" if found.source is Source.settings else f"the administration, as {found.profile.name}"
    return f"{found.profile.model} at {found.profile.base_url} (by {by})"


def _shown(parts: Parts) -> str:
    return parts.engine.url.render_as_string(hide_password=True)


def _queue(parts: Parts) -> str:
    info = parts.redis.info("server")
    name = info.get("server_name", "redis")
    return f"{name} {info.get(f'{name}_version', info.get('redis_version'))}"


def _workers(parts: Parts) -> str:
    with contextlib.suppress(redis.RedisError):
        found = work_queue.workers(parts.redis)
        return ", ".join(f"{w.queue}@{w.host}:{w.pid}" for w in found) or "none running"
    return "unknown"
