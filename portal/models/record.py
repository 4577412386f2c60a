"""The record of who did what."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from portal.models.columns import json_column, now, time_column


class AuditEvent(SQLModel, table=True):
    __tablename__ = "audit_event"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now, sa_column=time_column(index=True))
    user_id: int | None = Field(default=None, foreign_key="user_account.id", index=True)
    rag_id: int | None = Field(default=None, index=True)
    action: str = Field(max_length=60, index=True)
    subject: str = Field(default="", max_length=300)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    address: str = Field(default="", max_length=64)
