"""The application's tables: everything that is not the graph itself, its files or its index.

Times are UTC and aware. JSON columns hold what kg's own serialisers wrote. The graph's words
(kind, fit, decision, verdict) are those of `kg.model`.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Enum, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time on SQLite and PostgreSQL alike."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    return datetime.now(UTC)


def _time(*, nullable: bool = False, index: bool = False) -> Any:
    return Column(UtcTime(), nullable=nullable, index=index)


def _word(of: type[StrEnum]) -> Any:
    """Text in the table, so that a new word needs no new database type."""
    return Enum(of, native_enum=False, length=20, values_callable=lambda e: [w.value for w in e])


def _json() -> Any:
    return Column(JSON().with_variant(JSONB(), "postgresql"), nullable=False)


class Role(StrEnum):
    viewer = "viewer"
    editor = "editor"
    owner = "owner"


class CycleKind(StrEnum):
    upload = "upload"
    removal = "removal"
    correction = "correction"
    tables = "tables"  # a MS GraphRAG output folder
    rdf = "rdf"
    rollback = "rollback"  # has no steps: it is published as it is created


class CycleState(StrEnum):
    waiting = "waiting"
    running = "running"
    paused = "paused"  # its budget is used up
    review = "review"
    publishing = "publishing"
    approved = "approved"
    rejected = "rejected"
    failed = "failed"
    cancelled = "cancelled"


OPEN_STATES = (
    CycleState.waiting,
    CycleState.running,
    CycleState.paused,
    CycleState.review,
    CycleState.publishing,
)


class StepName(StrEnum):
    """The five names that users see, in order."""

    graphrag = "graphrag"
    schema = "schema"
    merge_onto = "merge_onto"
    merge_triples = "merge_triples"
    staging = "staging"


class StepState(StrEnum):
    waiting = "waiting"
    running = "running"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"


class UnitState(StrEnum):
    waiting = "waiting"
    done = "done"
    quarantined = "quarantined"


class MessageState(StrEnum):
    waiting = "waiting"
    writing = "writing"
    done = "done"
    stopped = "stopped"
    failed = "failed"


# ---- people


class User(SQLModel, table=True):
    __tablename__ = "user_account"
    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254, unique=True, index=True)  # lower case
    name: str = Field(default="", max_length=120)
    password_hash: str | None = None
    is_admin: bool = False
    language: str = Field(default="", max_length=8)  # "" follows the browser
    disabled_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    created_at: datetime = Field(default_factory=now, sa_column=_time())


class LoginSession(SQLModel, table=True):
    __tablename__ = "login_session"
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)  # sha256 of the cookie's token
    created_at: datetime = Field(default_factory=now, sa_column=_time())
    seen_at: datetime = Field(default_factory=now, sa_column=_time())
    expires_at: datetime = Field(sa_column=_time())
    revoked_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    address: str = Field(default="", max_length=64)
    agent: str = Field(default="", max_length=200)


class LoginAttempt(SQLModel, table=True):
    """A failed login: what throttling counts."""

    __tablename__ = "login_attempt"
    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254, index=True)
    address: str = Field(max_length=64, index=True)
    at: datetime = Field(default_factory=now, sa_column=_time(index=True))


# ---- knowledge bases


class Rag(SQLModel, table=True):
    __tablename__ = "rag"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
    description: str = Field(default="", max_length=2000)
    guidance: str = Field(default="", sa_column=Column(Text, nullable=False))  # what extraction should mind
    language: str = Field(default="", max_length=8)
    version: int = 0  # the approved version; the graph's marker is the truth, this follows it
    editors_approve: bool = False
    forbid_self_approval: bool = False
    cycles: int = 0  # the last cycle's number
    created_by: int = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_column=_time())
    deleted_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))


class Member(SQLModel, table=True):
    __tablename__ = "member"
    rag_id: int = Field(foreign_key="rag.id", primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", primary_key=True, index=True)
    role: Role = Field(sa_type=_word(Role))
    changed_by: int | None = Field(default=None, foreign_key="user_account.id")
    changed_at: datetime = Field(default_factory=now, sa_column=_time())


# ---- documents and cycles


class Document(SQLModel, table=True):
    __tablename__ = "document"
    __table_args__ = (Index("ix_document_rag_name", "rag_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    rag_id: int = Field(foreign_key="rag.id", index=True)
    name: str = Field(max_length=255)
    created_at: datetime = Field(default_factory=now, sa_column=_time())
    removal_cycle_id: int | None = Field(default=None, foreign_key="cycle.id")  # proposes to remove it
    removed_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))


class Revision(SQLModel, table=True):
    """One content of a document. `key` is its id in the graph and in evidence, opaque and IRI-safe."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("document_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=32, unique=True)
    document_id: int = Field(foreign_key="document.id", index=True)
    rag_id: int = Field(foreign_key="rag.id", index=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    number: int = 1
    sha256: str = Field(max_length=64, index=True)
    size: int = 0  # bytes
    media_type: str = Field(default="", max_length=100)
    characters: int = 0
    units: int = 0
    language: str = Field(default="", max_length=8)
    notes: list[str] = Field(default_factory=list, sa_column=_json())
    error: str = Field(default="", max_length=1000)  # why it could not be read
    current: bool = False  # the revision that the approved version holds
    created_by: int = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_column=_time())


class Cycle(SQLModel, table=True):
    __tablename__ = "cycle"
    __table_args__ = (UniqueConstraint("rag_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    rag_id: int = Field(foreign_key="rag.id", index=True)
    number: int
    kind: CycleKind = Field(default=CycleKind.upload, sa_type=_word(CycleKind))
    state: CycleState = Field(default=CycleState.waiting, sa_type=_word(CycleState), index=True)
    title: str = Field(default="", max_length=200)
    base_version: int | None = None  # the version its change set was computed against
    version: int | None = None  # the version it became
    rolled_back_to: int | None = None  # of a rollback: the version whose content comes back
    publish_token: str = Field(default="", max_length=64)  # names the attempt in the graph's marker
    cancel_requested: bool = False
    error: str = Field(default="", max_length=2000)
    created_by: int = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_column=_time())
    finished_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    decided_by: int | None = Field(default=None, foreign_key="user_account.id")  # approved or rejected it
    lease_until: datetime | None = Field(default=None, sa_column=_time(nullable=True))  # of who publishes it


class Step(SQLModel, table=True):
    """One of the five steps. `attempt` is the fencing token: a commit with an older one is refused."""

    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("cycle_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    name: StepName = Field(sa_type=_word(StepName))
    position: int
    state: StepState = Field(default=StepState.waiting, sa_type=_word(StepState), index=True)
    done: int = 0
    total: int = 0
    detail: str = Field(default="", max_length=300)
    error: str = Field(default="", max_length=2000)
    attempt: int = 0
    deaths: int = 0  # workers that died with it, one after the other
    lease_owner: str = Field(default="", max_length=100)
    lease_until: datetime | None = Field(default=None, sa_column=_time(nullable=True, index=True))
    started_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    finished_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))


class Unit(SQLModel, table=True):
    """A text unit's way through extraction: what fan-out claims and what a restart resumes from."""

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("cycle_id", "unit_id"),
        Index("ix_unit_cycle_state", "cycle_id", "state"),
    )
    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id")
    revision_id: int = Field(foreign_key="revision.id", index=True)
    unit_id: str = Field(max_length=64)
    number: int
    start: int
    end: int
    tokens: int = 0
    state: UnitState = Field(default=UnitState.waiting, sa_type=_word(UnitState))
    attempt: int = 0
    lease_until: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    extraction: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON().with_variant(JSONB(), "postgresql"), nullable=True)
    )
    problem: str = Field(default="", max_length=1000)


class Change(SQLModel, table=True):
    """A reviewable item. `content` is `kg.changes` JSON; the other columns are for filters and rows."""

    __tablename__ = "change"
    __table_args__ = (
        UniqueConstraint("cycle_id", "change_id"),
        Index("ix_change_cycle_risk", "cycle_id", "risk", "id"),
        Index("ix_change_cycle_decision", "cycle_id", "decision"),
    )
    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id")
    change_id: str = Field(max_length=64)
    key: str = Field(max_length=64, index=True)
    position: int  # in the change set's order
    kind: str = Field(max_length=20)
    fit: str = Field(max_length=10)
    verdict: str = Field(max_length=20)
    risk: int = 0  # higher is riskier: verdict first, then low confidence
    subject: str = Field(sa_column=Column(Text, nullable=False))
    predicate: str = Field(default="", sa_column=Column(Text, nullable=False))
    object: str = Field(default="", sa_column=Column(Text, nullable=False))
    sentence: str = Field(sa_column=Column(Text, nullable=False))
    class_label: str = Field(default="", max_length=200)
    confidence: float = 0.5
    documents: str = Field(default="", sa_column=Column(Text, nullable=False))  # "\n"-joined file names
    content: dict[str, Any] = Field(sa_column=_json())
    decision: str = Field(default="undecided", max_length=10)
    decided_by: int | None = Field(default=None, foreign_key="user_account.id")
    decided_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    reason: str = Field(default="", max_length=1000)


class ChangeLink(SQLModel, table=True):
    """`change_id` depends on `needs` (both `Change.change_id` of the same cycle)."""

    __tablename__ = "change_link"
    cycle_id: int = Field(foreign_key="cycle.id", primary_key=True)
    change_id: str = Field(max_length=64, primary_key=True)
    needs: str = Field(max_length=64, primary_key=True, index=True)


class Remembered(SQLModel, table=True):
    """What people decided for good: a rejected proposal's key, or two things kept apart."""

    __tablename__ = "remembered"
    __table_args__ = (UniqueConstraint("rag_id", "kind", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    rag_id: int = Field(foreign_key="rag.id", index=True)
    kind: str = Field(max_length=10)  # "rejected", "apart", "same"
    key: str = Field(max_length=400)
    by: int = Field(foreign_key="user_account.id")
    at: datetime = Field(default_factory=now, sa_column=_time())


class Version(SQLModel, table=True):
    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("rag_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    rag_id: int = Field(foreign_key="rag.id", index=True)
    number: int
    cycle_id: int = Field(foreign_key="cycle.id")
    rolled_back_to: int | None = None
    approved_by: int = Field(foreign_key="user_account.id")
    approved_at: datetime = Field(default_factory=now, sa_column=_time())
    applied: int = 0  # changes
    skipped: int = 0
    added: int = 0  # quads
    removed: int = 0
    delta_key: str = Field(max_length=300)  # its delta as N-Quads, in the file store


# ---- work


class Outbox(SQLModel, table=True):
    """A job to enqueue, written in the transaction that makes it necessary."""

    __tablename__ = "outbox"
    id: int | None = Field(default=None, primary_key=True)
    task: str = Field(max_length=100)  # dotted name
    argument: str = Field(max_length=64)  # one opaque id
    created_at: datetime = Field(default_factory=now, sa_column=_time())
    sent_at: datetime | None = Field(default=None, sa_column=_time(nullable=True, index=True))


class ModelCall(SQLModel, table=True):
    """A paid answer: the cache that keeps a retry from paying twice, and the bill."""

    __tablename__ = "model_call"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, index=True)  # of model, prompt, parameters, schema
    rag_id: int | None = Field(default=None, foreign_key="rag.id", index=True)
    cycle_id: int | None = Field(default=None, foreign_key="cycle.id", index=True)
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
    at: datetime = Field(default_factory=now, sa_column=_time(index=True))


# ---- chat


class Chat(SQLModel, table=True):
    __tablename__ = "chat"
    id: int | None = Field(default=None, primary_key=True)
    rag_id: int = Field(foreign_key="rag.id", index=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    title: str = Field(default="", max_length=200)
    summary: str = Field(default="", sa_column=Column(Text, nullable=False))
    shared: bool = False
    created_at: datetime = Field(default_factory=now, sa_column=_time())
    updated_at: datetime = Field(default_factory=now, sa_column=_time())
    deleted_at: datetime | None = Field(default=None, sa_column=_time(nullable=True))


class ChatMessage(SQLModel, table=True):
    __tablename__ = "chat_message"
    id: int | None = Field(default=None, primary_key=True)
    chat_id: int = Field(foreign_key="chat.id", index=True)
    role: str = Field(max_length=10)  # user, assistant
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    state: MessageState = Field(default=MessageState.done, sa_type=_word(MessageState))
    mode: str = Field(default="", max_length=10)
    version: int | None = None
    staged_cycle: int | None = None
    supported: bool | None = None
    citations: list[dict[str, Any]] = Field(default_factory=list, sa_column=_json())
    found: dict[str, Any] = Field(default_factory=dict, sa_column=_json())  # facts, passages, path, steps
    options: dict[str, Any] = Field(default_factory=dict, sa_column=_json())
    seconds: float = 0.0
    error: str = Field(default="", max_length=1000)
    rating: int | None = None
    rating_reason: str = Field(default="", max_length=1000)
    stop_requested: bool = False
    attempt: int = 0
    lease_until: datetime | None = Field(default=None, sa_column=_time(nullable=True))
    created_at: datetime = Field(default_factory=now, sa_column=_time())


# ---- the record


class AuditEvent(SQLModel, table=True):
    __tablename__ = "audit_event"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now, sa_column=_time(index=True))
    user_id: int | None = Field(default=None, foreign_key="user_account.id", index=True)
    rag_id: int | None = Field(default=None, index=True)
    action: str = Field(max_length=60, index=True)
    subject: str = Field(default="", max_length=300)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=_json())
    address: str = Field(default="", max_length=64)
