"""The words of roles, kinds and states, as the tables keep them."""

from enum import StrEnum


class Role(StrEnum):
    viewer = "viewer"
    editor = "editor"
    owner = "owner"


class InvitationState(StrEnum):
    open = "open"
    accepted = "accepted"
    declined = "declined"
    withdrawn = "withdrawn"


class RequestState(StrEnum):
    open = "open"
    granted = "granted"
    refused = "refused"


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
