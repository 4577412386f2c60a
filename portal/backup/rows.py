"""The tables as lines of JSON, the same from SQLite and PostgreSQL, and back.

What lets people in (password hashes, sessions, tokens) does not stand there, nor do keys of models: `SECRET`
says what goes into the secrets' own file.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, func, insert, select, text, update
from sqlmodel import SQLModel

from kg.fingerprint import Fingerprint
from portal.models import UtcTime

AT_ONCE = 1_000  # rows
PASSING = frozenset({"pause"})  # what is so while this process lives
SEALED = "model_profile"  # its secrets are encrypted: see `portal.backup.model_keys`
SECRET_TABLES = frozenset({"login_session", "access_token", "feed_address", "password_link", "invitation"})
SECRET_COLUMNS = {"user_account": ("password_hash",), SEALED: ("key_sealed",)}


def tables() -> tuple[Table, ...]:
    """All that are kept, those that others point at first."""
    return tuple(t for t in SQLModel.metadata.sorted_tables if t.name not in PASSING)


def open_tables() -> tuple[Table, ...]:
    return tuple(t for t in tables() if t.name not in SECRET_TABLES)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment of the database, however long it reads."""
    sqlite = engine.dialect.name == "sqlite"
    options = {} if sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        if sqlite:
            dbapi: Any = connection.connection.dbapi_connection
            dbapi.execute("BEGIN")  # elsewhere reads stand outside of transactions, see `portal.db`
        connection.execute(text("SELECT 1 FROM user_account LIMIT 1")).all()  # the moment is now
        yield connection
        connection.rollback()


def lines(connection: Connection, table: Table) -> Iterator[list[bytes]]:
    """The rows by primary key, as JSON lines, some at a time; secret columns are null."""
    hidden = SECRET_COLUMNS.get(table.name, ())
    found = connection.execution_options(stream_results=True, yield_per=AT_ONCE).execute(
        select(table).order_by(*table.primary_key.columns)
    )
    for rows in found.mappings().partitions(AT_ONCE):
        yield [_line({k: None if k in hidden else v for k, v in row.items()}) for row in rows]


def fingerprint(connection: Connection, table: Table) -> Fingerprint:
    found = Fingerprint()
    for some in lines(connection, table):
        found.add(some)
    return found


def put(connection: Connection, table: Table, written: Iterable[bytes]) -> None:
    """Insert these rows."""
    rest = iter(written)
    while some := list(islice(rest, AT_ONCE)):
        connection.execute(insert(table), [_row(table, json.loads(line)) for line in some])


def count_on(connection: Connection) -> None:
    """PostgreSQL's counters go on after the rows that were inserted with their numbers."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables():
        key = table.autoincrement_column
        if key is None:
            continue
        last = connection.execute(select(func.max(key))).scalar()
        if last:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, :key), :last)"),
                {"table": table.name, "key": key.name, "last": last},
            )


def empty(connection: Connection) -> bool:
    """Has nobody used this database yet?"""
    return all(connection.execute(select(t).limit(1)).first() is None for t in tables() if t.name != "outbox")


# ---- secrets


def secret_lines(connection: Connection) -> Iterator[bytes]:
    """What lets people in, keys of models apart: `{"table", "row"}` or `{"table", "id", column}`."""
    for table in tables():
        if table.name in SECRET_TABLES:
            for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings():
                yield _line({"table": table.name, "row": dict(row)})
        for name in SECRET_COLUMNS.get(table.name, ()) if table.name != SEALED else ():
            column = table.c[name]
            for number, value in connection.execute(select(table.c.id, column).where(column.is_not(None))):
                yield _line({"table": table.name, "id": number, name: value})


def put_secret(connection: Connection, said: Mapping[str, Any]) -> None:
    table = SQLModel.metadata.tables[said["table"]]
    if table.name in SECRET_TABLES:
        connection.execute(insert(table), [_row(table, said["row"])])
        return
    values = {name: said[name] for name in SECRET_COLUMNS[table.name] if name in said}
    connection.execute(update(table).where(table.c.id == said["id"]).values(**values))


# ---- inside


def _line(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, default=_plain).encode() + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no column holds a {type(value).__name__}")


def _row(table: Table, said: Mapping[str, Any]) -> dict[str, Any]:
    """KeyError if the table has no such column."""
    return {name: _value(table.c[name], value) for name, value in said.items()}


def _value(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, UtcTime) and value is not None:
        return datetime.fromisoformat(value)
    return value
