"""Documents, and the cycles in which they are read, reviewed and published."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.models.columns import json_column, now, time_column, word_column
from portal.models.states import CycleKind, CycleState, StepName, StepState, UnitState


class Document(SQLModel, table=True):
    __tablename__ = "document"
    __table_args__ = (Index("ix_document_rag_name", "rag_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    rag_id: int = Field(foreign_key="rag.id", index=True)
    name: str = Field(max_length=255)
    created_at: datetime = Field(default_factory=now, sa_column=time_column())
    removed_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))


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
    notes: list[str] = Field(default_factory=list, sa_column=json_column())
    error: str = Field(default="", max_length=1000)  # why it could not be read
    current: bool = False  # the revision that the approved version holds
    created_by: int = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_column=time_column())


class Cycle(SQLModel, table=True):
    __tablename__ = "cycle"
    __table_args__ = (UniqueConstraint("rag_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    rag_id: int = Field(foreign_key="rag.id", index=True)
    number: int
    kind: CycleKind = Field(default=CycleKind.upload, sa_type=word_column(CycleKind))
    state: CycleState = Field(default=CycleState.waiting, sa_type=word_column(CycleState), index=True)
    title: str = Field(default="", max_length=200)
    base_version: int | None = None  # the version its change set was computed against
    version: int | None = None  # the version it became
    rolled_back_to: int | None = None  # of a rollback: the version whose content comes back
    removes: int | None = Field(default=None, foreign_key="document.id")  # of a removal: what it takes away
    publish_token: str = Field(default="", max_length=64)  # names the attempt in the graph's marker
    cancel_requested: bool = False
    budget: int = 0  # tokens that a model may read and write for it; 0: no limit
    estimate: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    error: str = Field(default="", max_length=2000)
    created_by: int = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=now, sa_column=time_column())
    finished_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
    decided_by: int | None = Field(default=None, foreign_key="user_account.id")  # approved or rejected it
    lease_until: datetime | None = Field(default=None, sa_column=time_column(nullable=True))  # publisher's


class Step(SQLModel, table=True):
    """One of the five steps. `attempt` is the fencing token: a commit with an older one is refused."""

    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("cycle_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    name: StepName = Field(sa_type=word_column(StepName))
    position: int
    state: StepState = Field(default=StepState.waiting, sa_type=word_column(StepState), index=True)
    done: int = 0
    total: int = 0
    counted_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))  # to this total
    counted_from: int = Field(
        default=0, sa_column_kwargs={"server_default": "0"}
    )  # done when this total was set
    detail: str = Field(default="", max_length=300)
    error: str = Field(default="", max_length=2000)
    attempt: int = 0
    deaths: int = 0  # workers that died with it, one after the other
    lease_owner: str = Field(default="", max_length=100)
    lease_until: datetime | None = Field(default=None, sa_column=time_column(nullable=True, index=True))
    started_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
    finished_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))


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
    state: UnitState = Field(default=UnitState.waiting, sa_type=word_column(UnitState))
    attempt: int = 0
    lease_until: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
    extraction: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    problem: str = Field(default="", max_length=1000)


class Change(SQLModel, table=True):
    """A reviewable item. `content` is `kg.changes` JSON; the other columns are for filters and rows."""

    __tablename__ = "change"
    __table_args__ = (
        UniqueConstraint("cycle_id", "change_id"),
        # in the order of the review's list, with what its filters ask: a page reads no other rows
        Index(
            "ix_change_review",
            "cycle_id",
            "risk",
            "position",
            "kind",
            "decision",
            "verdict",
            "again",
        ),
        # what a review's tiles and counts ask, answered by the index alone
        Index(
            "ix_change_counts",
            "cycle_id",
            "kind",
            "decision",
            "verdict",
            "fit",
            "decided_by",
            "again",
            "change_id",
        ),
        Index("ix_change_cycle_decision", "cycle_id", "decision"),
        # what changed a thing, by its name; hash: longer than an entry of a B-tree of PostgreSQL may be
        Index("ix_change_subject", "subject", postgresql_using="hash"),
        Index("ix_change_object", "object", postgresql_using="hash"),
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
    content: dict[str, Any] = Field(sa_column=json_column())
    decision: str = Field(default="undecided", max_length=10)
    decided_by: int | None = Field(default=None, foreign_key="user_account.id")
    decided_at: datetime | None = Field(default=None, sa_column=time_column(nullable=True))
    reason: str = Field(default="", max_length=1000)
    again: bool = False  # was decided, and says something else since the approved version moved


class ChangeLink(SQLModel, table=True):
    """`change_id` depends on `needs` (both `Change.change_id` of the same cycle)."""

    __tablename__ = "change_link"
    cycle_id: int = Field(foreign_key="cycle.id", primary_key=True)
    change_id: str = Field(max_length=64, primary_key=True)
    needs: str = Field(max_length=64, primary_key=True, index=True)


class Touched(SQLModel, table=True):
    """What a change speaks of, for finding it again: a fact's assertion IRI, or a text unit's id."""

    __tablename__ = "touched"
    cycle_id: int = Field(foreign_key="cycle.id", primary_key=True)
    change_id: str = Field(max_length=64, primary_key=True)
    what: str = Field(max_length=300, primary_key=True, index=True)


class Remembered(SQLModel, table=True):
    """What people decided for good: a rejected proposal's key, two things kept apart, or the mark of what a
    correction took away (`kg.merge.taken_away`)."""

    __tablename__ = "remembered"
    __table_args__ = (UniqueConstraint("rag_id", "kind", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    rag_id: int = Field(foreign_key="rag.id", index=True)
    kind: str = Field(max_length=10)  # "rejected", "apart", "removed"
    key: str = Field(max_length=400)
    note: str = Field(default="", max_length=1000)  # of what was removed: who, when, why
    by: int = Field(foreign_key="user_account.id")
    at: datetime = Field(default_factory=now, sa_column=time_column())


class Version(SQLModel, table=True):
    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("rag_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    rag_id: int = Field(foreign_key="rag.id", index=True)
    number: int
    cycle_id: int = Field(foreign_key="cycle.id")
    rolled_back_to: int | None = None
    approved_by: int = Field(foreign_key="user_account.id")
    approved_at: datetime = Field(default_factory=now, sa_column=time_column())
    applied: int = 0  # changes
    skipped: int = 0
    added: int = 0  # quads
    removed: int = 0
    delta_key: str = Field(max_length=300)  # its delta as N-Quads, in the file store
