"""Who may do what: one table, checked in the services.

A RAG that a person is no member of, or that was deleted, does not exist for them. An administrator runs
the system and is nobody in a RAG unless made a member.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, select

from portal.errors import BeyondScope, Conflict, Forbidden, NotFound
from portal.models import Cycle, Member, Rag, Role, User


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user, a program by a user's token, nobody (`user_id` None), or a worker (SYSTEM)."""

    user_id: int | None
    email: str
    is_admin: bool = False
    address: str = ""
    scopes: frozenset[str] | None = None  # None: a person who is logged in, not a token
    token_id: int | None = None


SYSTEM = Actor(None, "system")
ANONYMOUS = Actor(None, "")


class Action(StrEnum):
    read = "read"
    ask = "ask"
    export = "export"
    upload = "upload"
    decide = "decide"
    edit = "edit"  # correct what is approved; a correction waits for approval like anything else
    approve = "approve"
    manage = "manage"  # members, settings
    delete = "delete"


class Scope(StrEnum):
    """What a token can be made for: actions by their own names, and an administrator's figures."""

    read = "read"
    ask = "ask"
    export = "export"
    upload = "upload"
    decide = "decide"
    edit = "edit"
    approve = "approve"
    manage = "manage"
    metrics = "metrics"


_ALL = frozenset(Role)
_EDITORS = frozenset({Role.editor, Role.owner})
_OWNERS = frozenset({Role.owner})

TABLE: dict[Action, frozenset[Role]] = {
    Action.read: _ALL,
    Action.ask: _ALL,
    Action.export: _ALL,
    Action.upload: _EDITORS,
    Action.decide: _EDITORS,
    Action.edit: _EDITORS,
    Action.approve: _OWNERS,  # and editors where the owner lets them: check_approve
    Action.manage: _OWNERS,
    Action.delete: _OWNERS,
}
MAY: dict[Role, frozenset[Action]] = {
    who: frozenset(action for action, roles in TABLE.items() if who in roles) for who in Role
}


def check_scope(actor: Actor, action: Action | Scope) -> None:
    """Was the actor's token made for this? A person who is logged in passes."""
    if actor.scopes is not None and action.value not in actor.scopes:
        raise BeyondScope(action.value)


def role(db: Session, actor: Actor, rag_id: int) -> Role:
    """The actor's role; NotFound if there is no such RAG for them."""
    found = db.exec(
        select(Member.role)
        .join(Rag, Rag.id == Member.rag_id)  # type: ignore[arg-type]
        .join(User, User.id == Member.user_id)  # type: ignore[arg-type]
        .where(Member.rag_id == rag_id, Member.user_id == actor.user_id)
        .where(Rag.deleted_at == None, User.disabled_at == None)  # noqa: E711 (SQL)
    ).first()
    if actor.user_id is None or found is None:
        raise NotFound("rag", str(rag_id))
    return Role(found)


def check(db: Session, actor: Actor, rag_id: int, action: Action) -> Role:
    """The actor's role, if it may do this; else NotFound for strangers, Forbidden for members and tokens."""
    check_scope(actor, action)
    found = role(db, actor, rag_id)
    if action not in MAY[found]:
        raise Forbidden(action)
    return found


def check_approve(db: Session, actor: Actor, rag_id: int, number: int) -> Rag:
    """The RAG, if the actor may approve this cycle of it: by role, by the RAG's own rules."""
    check_scope(actor, Action.approve)
    found = role(db, actor, rag_id)
    rag = db.get_one(Rag, rag_id)
    allowed = Action.approve in MAY[found] or (rag.editors_approve and found is Role.editor)
    if not allowed:
        raise Forbidden(Action.approve)
    if rag.forbid_self_approval:
        author = db.exec(
            select(Cycle.created_by).where(Cycle.rag_id == rag_id, Cycle.number == number)
        ).first()
        if author == actor.user_id:
            raise Conflict("own-upload", number=number)
    return rag


def check_person(actor: Actor) -> None:
    """Logged in: no token changes an account, its devices, or where its person belongs."""
    if actor.scopes is not None:
        raise Forbidden("token")


def check_admin(actor: Actor) -> None:
    """Logged in as an administrator: no token runs the system."""
    if not actor.is_admin or actor.scopes is not None:
        raise Forbidden("admin")


def check_metrics(actor: Actor) -> None:
    """An administrator, or the token of one that was made for it."""
    check_scope(actor, Scope.metrics)
    if not actor.is_admin:
        raise Forbidden("metrics")
