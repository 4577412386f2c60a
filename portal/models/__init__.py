"""The application's tables: everything that is not the graph itself, its files or its index.

Times are UTC and aware. JSON columns hold what kg's own serialisers wrote. The graph's words
(kind, fit, decision, verdict) are those of `kg.model`.
"""

from portal.models.columns import UtcTime, now
from portal.models.comments import Comment, Mention
from portal.models.conversations import Chat, ChatMessage
from portal.models.cycles import (
    Change,
    ChangeLink,
    Cycle,
    Document,
    Remembered,
    Revision,
    Step,
    Touched,
    Unit,
    Version,
)
from portal.models.edits import Edit
from portal.models.knowledge import AccessRequest, Invitation, Member, Rag
from portal.models.language import ModelRole, StoredProfile
from portal.models.people import Identity, LoginAttempt, LoginSession, PasswordLink, User
from portal.models.record import AuditEvent
from portal.models.running import Choice, Quota
from portal.models.states import (
    OPEN_STATES,
    CycleKind,
    CycleState,
    InvitationState,
    MessageState,
    RequestState,
    Role,
    StepName,
    StepState,
    UnitState,
)
from portal.models.tokens import AccessToken, FeedAddress
from portal.models.work import ModelCall, Outbox, Pause, RagIndex

__all__ = [
    "OPEN_STATES",
    "AccessRequest",
    "AccessToken",
    "AuditEvent",
    "Change",
    "ChangeLink",
    "Chat",
    "ChatMessage",
    "Choice",
    "Comment",
    "Cycle",
    "CycleKind",
    "CycleState",
    "Document",
    "Edit",
    "FeedAddress",
    "Identity",
    "Invitation",
    "InvitationState",
    "LoginAttempt",
    "LoginSession",
    "Member",
    "Mention",
    "MessageState",
    "ModelCall",
    "ModelRole",
    "Outbox",
    "PasswordLink",
    "Pause",
    "Quota",
    "Rag",
    "RagIndex",
    "Remembered",
    "RequestState",
    "Revision",
    "Role",
    "Step",
    "StepName",
    "StepState",
    "StoredProfile",
    "Touched",
    "Unit",
    "UnitState",
    "User",
    "UtcTime",
    "Version",
    "now",
]
