"""Accounts, sessions and attempts to log in."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from portal.models.columns import now, time_column


class User(SQLModel, table=True):
    __tablename__ = "user_account"
    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254, unique=True, index=True)  # lower case
    name: str = Field(default="", max_length=120)
    password_hash: str | None = None
    is_admin: bool = False
    language: str = Field(default="", max_length=8)  # "" follows the browser
    disabled_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
    created_at: datetime = Field(default_factory=now, sa_column=time_column())


class LoginSession(SQLModel, table=True):
    __tablename__ = "login_session"
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)  # sha256 of the cookie's token
    created_at: datetime = Field(default_factory=now, sa_column=time_column())
    seen_at: datetime = Field(default_factory=now, sa_column=time_column())
    expires_at: datetime = Field(sa_column=time_column())
    revoked_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
    address: str = Field(default="", max_length=64)
    agent: str = Field(default="", max_length=200)


class LoginAttempt(SQLModel, table=True):
    """A failed login: what throttling counts."""

    __tablename__ = "login_attempt"
    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254, index=True)
    address: str = Field(max_length=64, index=True)
    at: datetime = Field(default_factory=now, sa_column=time_column(index=True))
