"""What people say to each other about a cycle and its changes."""

from datetime import datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from portal.models.columns import now, time_column


class Comment(SQLModel, table=True):
    """On a change, or on the cycle itself (`change_id` ""). A request is open until somebody settles it."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_cycle_change", "cycle_id", "change_id"),)
    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id")
    change_id: str = Field(default="", max_length=64)
    text: str = Field(sa_column=Column(Text, nullable=False))
    asks: bool = False  # for changes: the cycle is not published while this is open
    by: int = Field(foreign_key="user_account.id")
    at: datetime = Field(default_factory=now, sa_column=time_column())
    settled_by: int | None = Field(default=None, foreign_key="user_account.id")
    settled_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))


class Mention(SQLModel, table=True):
    """A member who is to read a comment."""

    __tablename__ = "mention"
    comment_id: int = Field(foreign_key="comment.id", primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", primary_key=True, index=True)
    seen_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
