"""Kinds of columns that SQLite and PostgreSQL keep alike."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Enum
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time on SQLite and PostgreSQL alike."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    return datetime.now(UTC)


def time_column(*, nullable: bool = False, index: bool = False) -> Any:
    return Column(UtcTime(), nullable=nullable, index=index)


def word_column(of: type[StrEnum]) -> Any:
    """Text in the table, so that a new word needs no new database type."""
    return Enum(of, native_enum=False, length=20, values_callable=lambda e: [w.value for w in e])


def json_column(*, nullable: bool = False) -> Any:
    return Column(JSON().with_variant(JSONB(), "postgresql"), nullable=nullable)
