"""The record of who did what, written in the transaction in which it was done."""

from sqlmodel import Session

from portal.access import Actor
from portal.models import AuditEvent


def record(
    db: Session, actor: Actor, action: str, rag_id: int | None = None, subject: str = "", **detail: object
) -> None:
    """Add an event; `detail` holds plain values and never a secret or a document's text."""
    db.add(
        AuditEvent(
            user_id=actor.user_id,
            rag_id=rag_id,
            action=action[:60],
            subject=subject[:300],
            detail=detail if actor.token_id is None else {**detail, "token": actor.token_id},
            address=actor.address,
        )
    )
