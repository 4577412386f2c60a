"""What administrators set while the portal runs: a banner, maintenance, quotas."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from portal.models.columns import json_column, now, time_column


class Choice(SQLModel, table=True):
    """A setting of the whole portal by its name: banner, maintenance, quotas for everybody."""

    __tablename__ = "choice"
    name: str = Field(primary_key=True, max_length=40)
    value: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    changed_by: int | None = Field(default=None, foreign_key="user_account.id")
    changed_at: datetime = Field(default_factory=now, sa_column=time_column())


class Quota(SQLModel, table=True):
    """Tokens of language models that one knowledge base ("rag") or person ("user") may use in a day."""

    __tablename__ = "quota"
    kind: str = Field(primary_key=True, max_length=10)
    subject_id: int = Field(primary_key=True)
    tokens: int  # 0 for none at all
    changed_by: int | None = Field(default=None, foreign_key="user_account.id")
    changed_at: datetime = Field(default_factory=now, sa_column=time_column())
