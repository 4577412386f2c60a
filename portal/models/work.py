"""What waits to be done, and what was asked of models."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from portal.models.columns import json_column, now, time_column


class Outbox(SQLModel, table=True):
    """A job to enqueue, written in the transaction that makes it necessary."""

    __tablename__ = "outbox"
    id: int | None = Field(default=None, primary_key=True)
    task: str = Field(max_length=100)  # dotted name
    argument: str = Field(max_length=64)  # one opaque id
    carrier: dict[str, str] = Field(default_factory=dict, sa_column=json_column())  # portal.tracing
    created_at: datetime = Field(default_factory=now, sa_column=time_column())
    sent_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True, index=True))


class ModelCall(SQLModel, table=True):
    """A paid answer: the cache that keeps a retry from paying twice, and the bill."""

    __tablename__ = "model_call"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, index=True)  # of model, prompt, parameters, schema
    rag_id: int | None = Field(default=None, foreign_key="rag.id", index=True)
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
    revision_id: int | None = Field(default=None, foreign_key="revision.id", index=True)  # that was read
    user_id: int | None = Field(default=None, foreign_key="user_account.id")
    role: str = Field(max_length=10)  # extract, chat, embed, rerank
    model: str = Field(max_length=120)
    answer: str = Field(default="", sa_column=Column(Text, nullable=False))
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    cached: bool = False
    milliseconds: int = 0
    error: str = Field(default="", max_length=500)
    at: datetime = Field(default_factory=now, sa_column=time_column(index=True))


class RagIndex(SQLModel, table=True):
    """How far a knowledge base's retrieval index has been looked after, see `portal.upkeep`."""

    __tablename__ = "rag_index"
    rag_id: int = Field(primary_key=True, foreign_key="rag.id")
    version: int = 0  # the last one that was compacted and summarised
    embedder: str = Field(default="", max_length=200)  # whose vectors it has
    lease_until: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
    error: str = Field(default="", max_length=1000)


class Pause(SQLModel, table=True):
    """What nobody may begin for the moment; ends by itself if its holder dies."""

    __tablename__ = "pause"
    name: str = Field(primary_key=True, max_length=20)
    holder: str = Field(max_length=64)
    until: datetime = Field(sa_column=time_column())
