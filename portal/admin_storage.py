"""How much room what is kept takes; what another machine keeps is its own to measure."""

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import redis
from sqlalchemy import func, text
from sqlmodel import select

from portal import access
from portal.access import Actor
from portal.models import Revision
from portal.wiring import Parts

FOLDERS = ("graph", "files", "index", "logs")


@dataclass(frozen=True, slots=True)
class Stored:
    what: str
    bytes: int


def storage(parts: Parts, actor: Actor) -> tuple[Stored, ...]:
    """Documents, database, queue, and each folder of the data folder that there is."""
    access.check_admin(actor)
    with parts.session() as db:
        found = [
            Stored("documents", int(db.exec(select(func.coalesce(func.sum(Revision.size), 0))).one())),
            Stored("database", _database(parts)),
        ]
    with contextlib.suppress(redis.RedisError):
        found.append(Stored("queue", int(parts.redis.info("memory")["used_memory"])))
    folder = parts.settings.data_dir
    found += [Stored(name, _size(folder / name)) for name in FOLDERS if (folder / name).is_dir()]
    return (*found, Stored("free", shutil.disk_usage(folder).free))


def _database(parts: Parts) -> int:
    if parts.engine.dialect.name == "postgresql":
        with parts.session() as db:
            return int(db.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    path = Path(parts.engine.url.database or "")
    kept = (path, path.with_name(f"{path.name}-wal"))
    return sum(p.stat().st_size for p in kept if p.is_file())


def _size(folder: Path) -> int:
    """Bytes of all files below it; what goes away meanwhile counts as nothing."""
    total = 0
    for where, _folders, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += (Path(where) / name).lstat().st_size
    return total
