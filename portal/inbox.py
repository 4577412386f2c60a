"""What waits for a person, in all their knowledge bases: no mail is sent, the portal says it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, update
from sqlmodel import Session, col, select

from portal import access
from portal.access import Actor
from portal.models import Change, Comment, Cycle, CycleKind, CycleState, Member, Mention, Rag, Role, User, now
from portal.wiring import Parts

SHOWN = 100  # of each sort


class Waits(StrEnum):
    """Why something waits, what is to be done first first."""

    mention = "mention"  # somebody speaks to me
    request = "request"  # changes are asked for in what I uploaded
    failed = "failed"  # what I uploaded or approved has stopped
    again = "again"  # the approved version moved: some of what was decided says something else now
    decide = "decide"  # changes that nobody has decided
    approve = "approve"  # everything is decided


@dataclass(frozen=True, slots=True)
class Item:
    why: Waits
    rag_id: int
    rag: str
    cycle: int  # its number
    title: str
    at: datetime
    who: str = ""
    text: str = ""
    many: int = 0  # changes
    change_id: str = ""
    comment_id: int = 0


def waiting(parts: Parts, actor: Actor) -> tuple[Item, ...]:
    """By what is to be done, then the latest first."""
    access.check_person(actor)
    with parts.session() as db:
        found = [*_mentions(db, actor), *_requests(db, actor), *_failed(db, actor), *_reviews(db, actor)]
    order = list(Waits)
    return tuple(sorted(found, key=lambda i: (order.index(i.why), -i.at.timestamp())))


def count(parts: Parts, actor: Actor) -> int:
    """How many comments wait for this person. Asked on every page, so no more than these two questions."""
    access.check_person(actor)
    with parts.session() as db:
        mentions = db.exec(select(func.count()).select_from(Mention).where(*_unseen(actor))).one()
        requests = db.exec(
            select(func.count())
            .select_from(Comment)
            .join(Cycle, col(Cycle.id) == Comment.cycle_id)
            .join(Rag, col(Rag.id) == Cycle.rag_id)
            .join(Member, and_(col(Member.rag_id) == Rag.id, col(Member.user_id) == actor.user_id))
            .where(*_asked(actor))
        ).one()
        return mentions + requests


def seen(parts: Parts, actor: Actor, comment_id: int) -> None:
    """The mention is read."""
    access.check_person(actor)
    with parts.session() as db:
        db.execute(
            update(Mention)
            .where(
                col(Mention.comment_id) == comment_id,
                col(Mention.user_id) == actor.user_id,
                col(Mention.seen_at).is_(None),
            )
            .values(seen_at=now())
        )
        db.commit()


def _unseen(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Mentions in knowledge bases that the person still belongs to."""
    mine = (
        select(Comment.id)
        .join(Cycle, col(Cycle.id) == Comment.cycle_id)
        .join(Rag, col(Rag.id) == Cycle.rag_id)
        .join(Member, and_(col(Member.rag_id) == Rag.id, col(Member.user_id) == actor.user_id))
        .where(col(Rag.deleted_at).is_(None))
    )
    return (
        col(Mention.user_id) == actor.user_id,
        col(Mention.seen_at).is_(None),
        col(Mention.comment_id).in_(mine),
    )


def _asked(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Open requests in what the person uploaded."""
    return (
        col(Comment.asks).is_(True),
        col(Comment.settled_at).is_(None),
        col(Comment.by) != actor.user_id,
        col(Cycle.created_by) == actor.user_id,
        col(Cycle.state) == CycleState.review,
        col(Rag.deleted_at).is_(None),
    )


def _mentions(db: Session, actor: Actor) -> Iterator[Item]:
    found = db.exec(
        select(Comment, Cycle, Rag, User)
        .join(Mention, col(Mention.comment_id) == Comment.id)
        .join(Cycle, col(Cycle.id) == Comment.cycle_id)
        .join(Rag, col(Rag.id) == Cycle.rag_id)
        .join(User, col(User.id) == Comment.by)
        .where(*_unseen(actor))
        .order_by(col(Comment.id).desc())
        .limit(SHOWN)
    )
    for comment, cycle, rag, user in found:
        yield _said(Waits.mention, comment, cycle, rag, user)


def _requests(db: Session, actor: Actor) -> Iterator[Item]:
    found = db.exec(
        select(Comment, Cycle, Rag, User)
        .join(Cycle, col(Cycle.id) == Comment.cycle_id)
        .join(Rag, col(Rag.id) == Cycle.rag_id)
        .join(Member, and_(col(Member.rag_id) == Rag.id, col(Member.user_id) == actor.user_id))
        .join(User, col(User.id) == Comment.by)
        .where(*_asked(actor))
        .order_by(col(Comment.id).desc())
        .limit(SHOWN)
    )
    for comment, cycle, rag, user in found:
        yield _said(Waits.request, comment, cycle, rag, user)


def _said(why: Waits, comment: Comment, cycle: Cycle, rag: Rag, user: User) -> Item:
    return Item(
        why=why,
        rag_id=cycle.rag_id,
        rag=rag.name,
        cycle=cycle.number,
        title=cycle.title,
        at=comment.at,
        who=user.name or user.email,
        text=comment.text,
        change_id=comment.change_id,
        comment_id=comment.id or 0,
    )


def _failed(db: Session, actor: Actor) -> Iterator[Item]:
    """The latest cycle of a knowledge base, if it stopped and nothing was tried since."""
    stopped = or_(
        col(Cycle.state).in_([CycleState.failed, CycleState.paused]),
        and_(col(Cycle.state) == CycleState.review, col(Cycle.error) != ""),
    )
    for cycle, rag in db.exec(
        select(Cycle, Rag)
        .join(Rag, col(Rag.id) == Cycle.rag_id)
        .join(Member, and_(col(Member.rag_id) == Rag.id, col(Member.user_id) == actor.user_id))
        .where(
            stopped,
            or_(col(Cycle.created_by) == actor.user_id, col(Cycle.decided_by) == actor.user_id),
            col(Cycle.kind) != CycleKind.rollback,
            col(Rag.deleted_at).is_(None),
        )
        .order_by(col(Cycle.id).desc())
        .limit(SHOWN)
    ):
        yield Item(
            Waits.failed,
            cycle.rag_id,
            rag.name,
            cycle.number,
            cycle.title,
            cycle.created_at,
            text=cycle.error,
        )


def _reviews(db: Session, actor: Actor) -> Iterator[Item]:
    """Cycles in review that this person may decide or approve."""
    found = db.exec(
        select(Cycle, Rag, Member.role, User)
        .join(Rag, col(Rag.id) == Cycle.rag_id)
        .join(Member, and_(col(Member.rag_id) == Rag.id, col(Member.user_id) == actor.user_id))
        .join(User, col(User.id) == Cycle.created_by)
        .where(
            Cycle.state == CycleState.review,
            col(Member.role) != Role.viewer,
            col(Rag.deleted_at).is_(None),
        )
        .order_by(col(Cycle.id).desc())
        .limit(SHOWN)
    ).all()
    ids = [c.id for c, _, _, _ in found]
    undecided = _many(db, ids, col(Change.decision) == "undecided")
    again = _many(db, ids, and_(col(Change.again), col(Change.decision) == "undecided"))
    for cycle, rag, role, user in found:
        assert cycle.id is not None
        open_, changed = undecided.get(cycle.id, 0), again.get(cycle.id, 0)
        approves = role is Role.owner or rag.editors_approve
        if not open_ and (not approves or (rag.forbid_self_approval and user.id == actor.user_id)):
            continue
        yield Item(
            why=Waits.again if changed else Waits.decide if open_ else Waits.approve,
            rag_id=cycle.rag_id,
            rag=rag.name,
            cycle=cycle.number,
            title=cycle.title,
            at=cycle.created_at,
            who=user.name or user.email,
            many=changed or open_,
        )


def _many(db: Session, ids: list[int | None], condition: ColumnElement[bool]) -> dict[int, int]:
    counted = select(Change.cycle_id, func.count()).where(col(Change.cycle_id).in_(ids), condition)
    return dict(db.exec(counted.group_by(col(Change.cycle_id))).all())
