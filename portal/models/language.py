"""Language models that administrators have entered, and which of them does what."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from portal.models.columns import now, time_column


class StoredProfile(SQLModel, table=True):
    """A model behind an address. Its key is sealed, see `portal.sealing`; prices are per million tokens."""

    __tablename__ = "model_profile"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60, unique=True)
    preset: str = Field(max_length=20)  # of kg.llm.presets
    base_url: str = Field(max_length=500)
    model: str = Field(max_length=120)
    key_sealed: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    key_set_by: int | None = Field(default=None, foreign_key="user_account.id")
    key_set_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
    timeout: float = 120.0  # seconds
    in_flight: int = 8
    context_window: int = 8192  # tokens
    max_tokens: int = 2048  # of an answer
    price_in: float = 0.0
    price_out: float = 0.0
    in_chat: bool = False  # may people choose it for their questions?
    changed_by: int | None = Field(default=None, foreign_key="user_account.id")
    changed_at: datetime = Field(default_factory=now, sa_column=time_column())


class ModelRole(SQLModel, table=True):
    """What an administrator chose for a role; without a row the settings hold."""

    __tablename__ = "model_role"
    role: str = Field(primary_key=True, max_length=10)  # extract, chat, embed, rerank
    # none: the built-in way, whatever the settings say
    profile_id: int | None = Field(default=None, foreign_key="model_profile.id")
    changed_by: int | None = Field(default=None, foreign_key="user_account.id")
    changed_at: datetime = Field(default_factory=now, sa_column=time_column())
