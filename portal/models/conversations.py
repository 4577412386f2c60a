"""Conversations and what was said in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from portal.models.columns import json_column, now, time_column, word_column
from portal.models.states import MessageState


class Chat(SQLModel, table=True):
    __tablename__ = "chat"
    id: int | None = Field(default=None, primary_key=True)
    rag_id: int = Field(foreign_key="rag.id", index=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    title: str = Field(default="", max_length=200)
    summary: str = Field(default="", sa_column=Column(Text, nullable=False))
    summarised: int = 0  # the message up to which it goes
    shared: bool = False
    created_at: datetime = Field(default_factory=now, sa_column=time_column())
    updated_at: datetime = Field(default_factory=now, sa_column=time_column())
    deleted_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))


class ChatMessage(SQLModel, table=True):
    __tablename__ = "chat_message"
    id: int | None = Field(default=None, primary_key=True)
    chat_id: int = Field(foreign_key="chat.id", index=True)
    role: str = Field(max_length=10)  # user, assistant
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    state: MessageState = Field(default=MessageState.done, sa_type=word_column(MessageState))
    mode: str = Field(default="", max_length=10)
    version: int | None = None
    staged_cycle: int | None = None
    supported: bool | None = None
    citations: list[dict[str, Any]] = Field(default_factory=list, sa_column=json_column())
    found: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())  # and the path, the steps
    options: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    seconds: float = 0.0
    error: str = Field(default="", max_length=1000)
    rating: int | None = None
    rating_reason: str = Field(default="", max_length=1000)
    stop_requested: bool = False
    attempt: int = 0
    lease_until: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
    created_at: datetime = Field(default_factory=now, sa_column=time_column())
