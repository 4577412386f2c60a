"""Knowledge bases, their members, and who is invited or asks to be one."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from portal.models.columns import json_column, now, time_column, word_column
from portal.models.states import InvitationState, RequestState, Role


class Rag(SQLModel, table=True):
    __tablename__ = "rag"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
    description: str = Field(default="", max_length=2000)
    guidance: str = Field(default="", sa_column=Column(Text, nullable=False))  # what extraction should mind
    cycle_tokens: int = 0  # the budget of each cycle at a language model; 0: no limit
    banned: list[str] = Field(default_factory=list, sa_column=json_column())  # terms, the owner's
    language: str = Field(default="", max_length=8)
    licence: str = Field(default="", max_length=200)  # under which its data may be used: an address or a text
    version: int = 0  # the approved version; the graph's marker is the truth, this follows it
    editors_approve: bool = False
    forbid_self_approval: bool = False
    cycles: int = 0  # the last cycle's number
    created_by: int = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_column=time_column())
    deleted_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
    purged_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))  # portal.purging


class Member(SQLModel, table=True):
    __tablename__ = "member"
    rag_id: int = Field(foreign_key="rag.id", primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", primary_key=True, index=True)
    role: Role = Field(sa_type=word_column(Role))
    changed_by: int | None = Field(default=None, foreign_key="user_account.id")
    changed_at: datetime = Field(default_factory=now, sa_column=time_column())


class Invitation(SQLModel, table=True):
    """To be a member, or (without a RAG) to have an account: for whoever has the link, or for one person."""

    __tablename__ = "invitation"
    id: int | None = Field(default=None, primary_key=True)
    rag_id: int | None = Field(default=None, foreign_key="rag.id", index=True)
    role: Role | None = Field(default=None, sa_type=word_column(Role))
    token_hash: str = Field(max_length=64, unique=True)
    email: str = Field(default="", max_length=254)  # "" for whoever has the link
    user_id: int | None = Field(default=None, foreign_key="user_account.id", index=True)  # whose it is
    invited_by: int = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_column=time_column())
    expires_at: datetime = Field(sa_column=time_column())
    state: InvitationState = Field(default=InvitationState.open, sa_type=word_column(InvitationState))
    answered_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))


class AccessRequest(SQLModel, table=True):
    """Somebody asks to be a member; owners answer."""

    __tablename__ = "access_request"
    id: int | None = Field(default=None, primary_key=True)
    rag_id: int = Field(foreign_key="rag.id", index=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    text: str = Field(default="", max_length=500)
    created_at: datetime = Field(default_factory=now, sa_column=time_column())
    state: RequestState = Field(default=RequestState.open, sa_type=word_column(RequestState))
    answered_by: int | None = Field(default=None, foreign_key="user_account.id")
    answered_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
