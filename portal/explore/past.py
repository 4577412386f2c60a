"""A thing's history: which versions touched it, who approved each, and what of it changed there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rdflib import URIRef
from sqlalchemy import or_
from sqlmodel import Session, col, select

from kg.model import Change as Proposed
from kg.model import Content, Decision, Entity, Fact
from portal import access, change_rows
from portal.access import Action, Actor
from portal.models import Change, Cycle, User, Version
from portal.wiring import Parts

READ = 1000  # changes that are looked through, the latest versions' first
TOLD = 6  # sentences of one version
ROLLED_BACK = 20  # the latest returns to an older version that are looked through
NAMES = 20


@dataclass(frozen=True, slots=True)
class Step:
    """A version that touched it. `said` are the first of its `changes`; a return to an older one has none."""

    version: int
    cycle: int
    title: str
    approved_by: str
    approved_at: datetime
    rolled_back_to: int | None = None
    said: tuple[Proposed, ...] = ()
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """The latest first; `cut`: there are older ones that were not looked at."""

    steps: tuple[Step, ...]
    cut: bool = False


def of(parts: Parts, actor: Actor, rag_id: int, entity: Entity) -> Past:
    """By the names that it has today. Cost: the changes that name it."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        rows = _rows(db, rag_id, (entity.label, *entity.aliases[:NAMES]))
        steps: dict[int, Step] = {}
        for row, cycle, version, user in rows:
            change = change_rows.change_of(row)
            if entity.iri not in things(change):
                continue
            known = steps.get(version.number)
            said = (*(known.said if known else ()), change)
            steps[version.number] = _step(version, cycle, user, said, (known.changes if known else 0) + 1)
        for version, cycle, user in _returns(parts, db, rag_id, entity.iri):
            steps[version.number] = _step(version, cycle, user)
    return Past(tuple(steps[n] for n in sorted(steps, reverse=True)), len(rows) == READ)


def things(change: Proposed) -> frozenset[URIRef]:
    """The things that a change is about."""
    merged = (change.merge.keep, change.merge.drop) if change.merge else ()
    return frozenset((*_things((*change.before, *change.after)), *merged))


def _things(contents: Iterable[Content]) -> Iterable[URIRef]:
    for c in contents:
        if isinstance(c, Entity):
            yield c.iri
        elif isinstance(c, Fact):
            yield c.subject
            if isinstance(c.object, URIRef):
                yield c.object


def _rows(db: Session, rag_id: int, called: tuple[str, ...]) -> list[tuple[Change, Cycle, Version, User]]:
    return list(
        db.exec(
            select(Change, Cycle, Version, User)
            .join(Cycle, col(Cycle.id) == Change.cycle_id)
            .join(Version, col(Version.cycle_id) == Cycle.id)
            .join(User, col(User.id) == Version.approved_by)
            .where(
                Cycle.rag_id == rag_id,
                col(Change.decision).in_([Decision.accepted, Decision.edited]),
                or_(col(Change.subject).in_(called), col(Change.object).in_(called)),
            )
            .order_by(col(Version.number).desc(), col(Change.position))
            .limit(READ)
        ).all()
    )


def _returns(parts: Parts, db: Session, rag_id: int, iri: URIRef) -> Iterable[tuple[Version, Cycle, User]]:
    """Returns to an older version that touched it: they have no changes, only what they added and removed."""
    found = db.exec(
        select(Version, Cycle, User)
        .join(Cycle, col(Version.cycle_id) == Cycle.id)
        .join(User, col(User.id) == Version.approved_by)
        .where(Version.rag_id == rag_id, col(Version.rolled_back_to).is_not(None))
        .order_by(col(Version.number).desc())
        .limit(ROLLED_BACK)
    ).all()
    wanted = f"<{iri}>".encode()
    for version, cycle, user in found:
        files = (f"{version.delta_key}/{name}.nq" for name in ("add", "remove"))
        if any(wanted in parts.files.get(key) for key in files):
            yield version, cycle, user


def _step(
    version: Version, cycle: Cycle, user: User, said: tuple[Proposed, ...] = (), changes: int = 0
) -> Step:
    return Step(
        version=version.number,
        cycle=cycle.number,
        title=cycle.title,
        approved_by=user.name or user.email,
        approved_at=version.approved_at,
        rolled_back_to=version.rolled_back_to,
        said=said[:TOLD],
        changes=changes,
    )
