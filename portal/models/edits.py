"""Corrections that members make to what is approved: kept until they are sent, and with their cycle."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from portal.models.columns import json_column, now, time_column


class Edit(SQLModel, table=True):
    """`content` is `kg.edits` JSON. Without a cycle it waits among its author's own corrections."""

    __tablename__ = "edit"
    __table_args__ = (
        Index("ix_edit_waiting", "rag_id", "created_by", "cycle_id"),
        {"sqlite_autoincrement": True},  # a page that is open may name one that was taken back
    )
    id: int | None = Field(default=None, primary_key=True)
    rag_id: int = Field(foreign_key="rag.id")
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
    created_by: int = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_column=time_column())
    target: str = Field(max_length=32)  # a later one of the same target takes its place
    content: dict[str, Any] = Field(sa_column=json_column())
    problem: str = Field(default="", max_length=10)  # why it makes no change (any more): `kg.edits.Problem`
