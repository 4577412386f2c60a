"""What people say to each other about a cycle and its changes; "@name" tells a member of it.

A comment can ask for changes: until its author or an owner settles it, the cycle is not published.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from portal import access, audit
from portal.access import Action, Actor
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import OPEN_STATES, Comment, Cycle, Member, Mention, Role, User, now
from portal.review_rows import find_cycle, one
from portal.wiring import Parts

LONGEST = 4000  # characters


@dataclass(frozen=True, slots=True)
class CommentView:
    id: int
    change_id: str  # "" if it is on the cycle
    text: str
    who: str
    at: datetime
    asks: bool
    settled_by: str  # "" while a request is open
    told: tuple[str, ...]  # the members whom it mentions
    may_settle: bool


def add(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    number: int,
    text: str,
    change_id: str = "",
    asks: bool = False,
) -> tuple[str, ...]:
    """Say something about a change, or about the cycle; the names of those who are told of it."""
    plain = text.strip()
    if not plain:
        raise Invalid("text", "comment-empty")
    if len(plain) > LONGEST:
        raise Invalid("text", "text-long", longest=LONGEST)
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.decide)
        cycle = find_cycle(db, rag_id, number)
        if change_id:
            one(db, cycle, change_id)
        if asks and cycle.state not in OPEN_STATES:
            raise Conflict("not-in-review", number=number, state=cycle.state)
        assert cycle.id is not None
        assert actor.user_id is not None
        comment = Comment(cycle_id=cycle.id, change_id=change_id, text=plain, asks=asks, by=actor.user_id)
        db.add(comment)
        db.flush()
        told = [u for u in mentioned(plain, _members(db, rag_id)) if u.id != actor.user_id]
        for user in told:
            db.add(Mention(comment_id=comment.id or 0, user_id=user.id or 0))
        action = "review.request" if asks else "review.comment"
        audit.record(db, actor, action, rag_id=rag_id, subject=f"cycle {number}", change=change_id)
        db.commit()
        return tuple(u.name or u.email for u in told)


def thread(
    parts: Parts, actor: Actor, rag_id: int, number: int, change_id: str = ""
) -> tuple[CommentView, ...]:
    """The comments on a change, or on the cycle itself, oldest first."""
    with parts.session() as db:
        role = access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        found = db.exec(
            select(Comment)
            .where(Comment.cycle_id == cycle.id, Comment.change_id == change_id)
            .order_by(col(Comment.id))
        ).all()
        return _views(db, found, actor, role)


def open_requests(parts: Parts, actor: Actor, rag_id: int, number: int) -> tuple[CommentView, ...]:
    """What was asked for in this cycle, on it or on its changes, and not settled yet."""
    with parts.session() as db:
        role = access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        found = db.exec(
            select(Comment)
            .where(Comment.cycle_id == cycle.id, Comment.asks, col(Comment.settled_at).is_(None))
            .order_by(col(Comment.id))
        ).all()
        return _views(db, found, actor, role)


def counts(parts: Parts, actor: Actor, rag_id: int, number: int, change_ids: Sequence[str]) -> Counter[str]:
    """How many comments each of these changes has; "" is the cycle itself."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        return Counter(
            dict(
                db.exec(
                    select(Comment.change_id, func.count())
                    .where(Comment.cycle_id == cycle.id, col(Comment.change_id).in_(change_ids))
                    .group_by(Comment.change_id)
                ).all()
            )
        )


def settle(parts: Parts, actor: Actor, rag_id: int, comment_id: int) -> None:
    """What was asked for is done, or not wanted any more: by who asked, or by an owner."""
    with parts.session() as db:
        role = access.check(db, actor, rag_id, Action.decide)
        comment = db.exec(
            select(Comment)
            .join(Cycle, col(Cycle.id) == Comment.cycle_id)
            .where(Cycle.rag_id == rag_id, Comment.id == comment_id, Comment.asks)
        ).first()
        if comment is None:
            raise NotFound("comment", str(comment_id))
        if not _may_settle(comment, actor, role):
            raise Forbidden("settle")
        if comment.settled_at is None:
            comment.settled_by, comment.settled_at = actor.user_id, now()
            db.add(comment)
            audit.record(db, actor, "review.settle", rag_id=rag_id, subject=f"comment {comment_id}")
            db.commit()


def check_none_asks(db: Session, cycle: Cycle) -> None:
    """Conflict while somebody waits for changes."""
    found = db.exec(
        select(User.name, User.email)
        .join(Comment, col(Comment.by) == User.id)
        .where(Comment.cycle_id == cycle.id, Comment.asks, col(Comment.settled_at).is_(None))
    ).first()
    if found:
        raise Conflict("changes-requested", who=found[0] or found[1], number=cycle.number)


def mentioned(text: str, members: Iterable[User]) -> list[User]:
    """The members whom "@…" in the text can mean: by name, address, or what stands before its "@".

    Somebody's longer name comes first: "@Ann Smith" is not "@Ann". Namesakes are all meant.
    """
    names: dict[str, list[User]] = {}
    for user in members:
        for name in {user.name, user.email, user.email.partition("@")[0]}:
            if name.strip():
                names.setdefault(name.strip().casefold(), []).append(user)
    if not names:
        return []
    longest_first = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    found: dict[int | None, User] = {}
    for match in re.finditer(rf"(?<!\w)@({longest_first})(?!\w)", text.casefold()):
        found.update((u.id, u) for u in names[match[1]])
    return list(found.values())


def _members(db: Session, rag_id: int) -> Sequence[User]:
    return db.exec(
        select(User)
        .join(Member, col(Member.user_id) == User.id)
        .where(Member.rag_id == rag_id, col(User.disabled_at).is_(None))
    ).all()


def _may_settle(comment: Comment, actor: Actor, role: Role) -> bool:
    return comment.by == actor.user_id or role is Role.owner


def _views(db: Session, comments: Sequence[Comment], actor: Actor, role: Role) -> tuple[CommentView, ...]:
    ids = [c.id for c in comments]
    mentions = db.exec(select(Mention).where(col(Mention.comment_id).in_(ids))).all()
    people = {c.by for c in comments} | {c.settled_by for c in comments} | {m.user_id for m in mentions}
    name = {u.id: u.name or u.email for u in db.exec(select(User).where(col(User.id).in_(people)))}
    return tuple(
        CommentView(
            id=c.id or 0,
            change_id=c.change_id,
            text=c.text,
            who=name[c.by],
            at=c.at,
            asks=c.asks,
            settled_by=name.get(c.settled_by, ""),
            told=tuple(sorted(name[m.user_id] for m in mentions if m.comment_id == c.id)),
            may_settle=c.asks and c.settled_at is None and _may_settle(c, actor, role),
        )
        for c in comments
    )
