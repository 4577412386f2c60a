"""The database: SQLite in WAL mode or PostgreSQL, read committed on both.

SQLite would give a transaction the snapshot of its first read, and refuse its first write if anyone
wrote meanwhile. So reads run outside of a transaction until the first write, which begins one with
BEGIN IMMEDIATE: each statement sees what is committed, writers wait for each other, as PostgreSQL does.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session, SQLModel

from portal.errors import CannotStart, PartDown

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 30
MAPPED_BYTES = 2**30  # of the file, read without a copy: searching 50,000 changes takes a fifth of the time
_READS = ("SELECT", "PRAGMA", "WITH", "EXPLAIN", "VALUES")
_LOCK = 0x66657261  # any number that nobody else uses for a PostgreSQL advisory lock


def make_engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            pool_size=20,
            hide_parameters=True,  # no document's text in an error
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "before_cursor_execute", _begin_to_write)
        return engine
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": 10},
    )


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin in `_begin_to_write`, not in the driver
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        f"mmap_size={MAPPED_BYTES}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite's own knows only the Latin alphabet
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: str | float | bytes | None) -> str | float | bytes | None:
    return value.lower() if isinstance(value, str) else value


def _begin_to_write(connection: Connection, cursor: sqlite3.Cursor, statement: str, *_rest: object) -> None:
    dbapi: Any = connection.connection.dbapi_connection
    if not dbapi.in_transaction and not statement.lstrip().upper().startswith(_READS):
        cursor.execute("BEGIN IMMEDIATE")


def lock_writers(db: Session) -> None:
    """Hold other writers off until this transaction ends, so that what is read now stays true.

    Whole database on SQLite; on PostgreSQL lock rows instead (`with_for_update`), this does nothing.
    """
    connection = db.connection()
    dbapi: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite" and not dbapi.in_transaction:
        dbapi.execute("BEGIN IMMEDIATE")


@contextmanager
def session(engine: Engine) -> Iterator[Session]:
    """A session that rolls back what was not committed; PartDown if the database does not answer."""
    try:
        with Session(engine, expire_on_commit=False) as db:
            yield db
    except OperationalError as e:
        raise PartDown("database", str(e.orig)) from e


def ping(engine: Engine) -> str:
    """Name and version of the server."""
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                return "SQLite " + str(connection.execute(text("SELECT sqlite_version()")).scalar_one())
            return "PostgreSQL " + str(connection.execute(text("SHOW server_version")).scalar_one())
    except DBAPIError as e:
        raise PartDown("database", str(e.orig)) from e


# ---- migrations


def upgrade(engine: Engine) -> None:
    """Bring the tables to this release's, one process at a time; nothing happens if they are."""
    with _one_at_a_time(engine), engine.connect() as connection, _tables_made_anew(connection):
        try:
            command.upgrade(_config(connection), "head")
        except CommandError as e:
            if "Can't locate revision" in str(e):
                raise CannotStart("database-newer") from e
            raise
        connection.commit()


@contextmanager
def _tables_made_anew(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making another in its place, which nothing may point to meanwhile."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()  # of what was not committed: the setting holds from outside of a transaction
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def revision(engine: Engine) -> str:
    """The last migration that the tables have; "" if there are none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def current(engine: Engine) -> bool:
    """Are the tables this release's?"""
    return revision(engine) == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = SQLModel.metadata
    return config


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    try:
        if engine.dialect.name == "sqlite":
            path = engine.url.database
            if not path or path == ":memory:":
                yield
                return
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(f"{path}.migrating"):
                yield
            return
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:n)"), {"n": _LOCK})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": _LOCK})
    except OperationalError as e:
        raise PartDown("database", str(e.orig)) from e
