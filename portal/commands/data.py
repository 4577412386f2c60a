"""`ferag export`, `reindex`, `check`, `user create`, `rag create`."""

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import redis

from kg.errors import KgError
from portal import accounts, db, graph, indexing, rags, work_queue
from portal.commands.common import Caller, actor_of, enter, rag_of, say, tell, write
from portal.errors import PortalError
from portal.wiring import Parts


def export(parts: Parts, caller: Caller, name: str, form: str, out: str, version: int | None) -> int:
    """The approved graph into a file ("-" is the terminal); a file is replaced only when it is whole."""
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    if out == "-":
        graph.export(parts, actor, rag.id, sys.stdout.buffer, form, version)
        return 0
    path = Path(out)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as stream:
            quads = graph.export(parts, actor, rag.id, stream, form, version)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    tell(caller, {"rag": rag.name, "format": form, "out": out, "quads": quads}, f"{quads} quads in {out}.")
    return 0


def reindex(parts: Parts, caller: Caller, name: str) -> int:
    """Build the retrieval index anew from the approved graph and the stored documents."""
    with parts.session() as opened:
        rag = rag_of(opened, name)
    assert rag.id is not None
    units = indexing.rebuild(parts, rag.id)
    tell(caller, {"rag": rag.name, "units": units}, f"{rag.name}: {units} text units indexed.")
    return 0


def create_user(parts: Parts, caller: Caller, email: str, admin: bool, password: str) -> int:
    made = password or accounts.new_password()
    with parts.session() as opened:
        user = accounts.create_user(opened, email, made, is_admin=admin)
        opened.commit()
        value: dict[str, object] = {"id": user.id, "email": user.email, "admin": user.is_admin}
    if not password:
        value["password"] = made
    shown = "" if password else f" The password is {made}"
    tell(caller, value, f"{value['email']} may log in now.{shown}")
    return 0


def create_rag(parts: Parts, caller: Caller, name: str, owner: str) -> int:
    with parts.session() as opened:
        actor = actor_of(opened, Caller(email=owner))
    rag = rags.create(parts, actor, name)
    tell(caller, {"id": rag.id, "rag": rag.name, "owner": owner}, f"{rag.name} is knowledge base {rag.id}.")
    return 0


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
        looks.append((f"model for {role}", getattr(chosen, f"{role}_url"), lambda m=model: m or "built in"))
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
