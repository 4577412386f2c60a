"""What people thought of answers: how many, not what was said; that is read by the owners."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func
from sqlmodel import col, select

from portal import access
from portal.access import Actor
from portal.models import Chat, ChatMessage, MessageState, Rag
from portal.wiring import Parts


@dataclass(frozen=True, slots=True)
class Feedback:
    rag_id: int
    name: str
    answers: int
    unsupported: int  # said that the knowledge base does not know
    failed: int
    helpful: int
    unhelpful: int
    last: datetime | None


def feedback(parts: Parts, actor: Actor) -> tuple[Feedback, ...]:
    """Of each knowledge base that was asked; the worst first."""
    access.check_admin(actor)

    def many(condition: object) -> object:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)  # type: ignore[arg-type]

    with parts.session() as db:
        found = db.execute(
            select(  # type: ignore[call-overload]
                Rag.id,
                Rag.name,
                func.count(),
                many(col(ChatMessage.supported).is_(False)),
                many(col(ChatMessage.state) == MessageState.failed),
                many(col(ChatMessage.rating) == 1),
                many(col(ChatMessage.rating) == 0),
                func.max(ChatMessage.created_at),
            )
            .join(Chat, col(Chat.rag_id) == Rag.id)
            .join(ChatMessage, col(ChatMessage.chat_id) == Chat.id)
            .where(ChatMessage.role == "assistant")
            .group_by(col(Rag.id), col(Rag.name))
        ).all()
    lines = [Feedback(*row) for row in found]
    return tuple(sorted(lines, key=lambda line: (-line.unhelpful, -line.failed, line.rag_id)))
