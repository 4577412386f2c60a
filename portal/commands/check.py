"""`ferag check`: which parts are in use, and whether each answers."""

import contextlib
from collections.abc import Callable
from functools import partial

import redis

from kg.errors import KgError
from portal import db, work_queue
from portal.commands.common import Caller, say, write
from portal.errors import PortalError
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
    for role in ("extract", "chat", "embed", "rerank"):
        model = getattr(chosen, f"{role}_model")
        looks.append((f"model for {role}", getattr(chosen, f"{role}_url"), partial(_model, model)))
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


def _model(name: str) -> str:
    return name or "built in"


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
