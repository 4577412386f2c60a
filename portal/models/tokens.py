"""Access tokens of other programs."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from portal.models.columns import json_column, now, time_column


class AccessToken(SQLModel, table=True):
    """What another program shows instead of a login; the token itself is kept nowhere."""

    __tablename__ = "access_token"
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    name: str = Field(max_length=80)
    hint: str = Field(max_length=16)  # how the token begins, to tell it from others
    token_hash: str = Field(max_length=64, unique=True)  # sha256
    scopes: list[str] = Field(default_factory=list, sa_column=json_column())  # words of portal.access.Scope
    created_at: datetime = Field(default_factory=now, sa_column=time_column())
    expires_at: datetime = Field(sa_column=time_column())
    used_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
    used_from: str = Field(default="", max_length=64)  # network address
    revoked_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
    refused_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))  # tried when over


class FeedAddress(SQLModel, table=True):
    """An address at which a member's feed reader finds what changed; its secret part is kept nowhere."""

    __tablename__ = "feed_address"
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    rag_id: int = Field(foreign_key="rag.id", index=True)
    hint: str = Field(max_length=16)  # how the secret begins
    token_hash: str = Field(max_length=64, unique=True)  # sha256
    created_at: datetime = Field(default_factory=now, sa_column=time_column())
    used_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
    revoked_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
