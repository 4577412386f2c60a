"""The part of a cycle's proposal that some names or words are about, with all that it needs.

A proposal of tens of thousands of changes is not laid out whole for a page that shows a hundred of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import URIRef
from sqlalchemy import case, func, or_
from sqlmodel import Session, col, select

from kg import changes
from kg.model import Change as KgChange
from kg.model import Decision, Kind
from portal import change_rows, dependencies
from portal.models import Change
from portal.review_rows import TABS

OF_NAMES = 2_000  # changes that a picture is drawn from, the first in the order of the change set
OF_WORDS = 300  # that a question is answered from, those with most of its words: each is embedded
TAKEN = (Decision.accepted, Decision.edited, Decision.undecided)


@dataclass(frozen=True, slots=True)
class About:
    """What is looked at: things by name, or what holds one of these words (or beginnings of words), and
    passages near to a question."""

    names: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    question: str = ""


def changes_about(db: Session, cycle_id: int, about: About) -> tuple[KgChange, ...]:
    """In the order of the change set, with all that they depend on; what is rejected is not among them."""
    ids = {*_naming(db, cycle_id, about.names), *_holding(db, cycle_id, about.words)}
    needs = dependencies.needs_of(db, cycle_id, sorted(ids))
    return change_rows.chosen(db, cycle_id, ids | {i for i, _, decision in needs if decision in TAKEN})


def names_of(db: Session, cycle_id: int, iris: Iterable[URIRef]) -> frozenset[str]:
    """The names that the cycle proposes for these things."""
    ids = [changes.change_id(Kind.new_entity, iri) for iri in iris]
    mine = (Change.cycle_id == cycle_id, col(Change.change_id).in_(ids))
    return frozenset(db.exec(select(Change.subject).where(*mine)))


def busiest(db: Session, cycle_id: int, limit: int) -> frozenset[str]:
    """The names of the things that most is proposed about."""
    return frozenset(
        db.exec(
            select(Change.subject)
            .where(*_taken(cycle_id), col(Change.kind).in_([*TABS["facts"], *TABS["conflicts"]]))
            .group_by(Change.subject)
            .order_by(func.count().desc(), Change.subject)
            .limit(limit)
        )
    )


def _naming(db: Session, cycle_id: int, names: frozenset[str]) -> list[str]:
    if not names:
        return []
    spoken_of = or_(col(Change.subject).in_(names), col(Change.object).in_(names))
    found = select(Change.change_id).where(*_taken(cycle_id), spoken_of)
    return list(db.exec(found.order_by(col(Change.position)).limit(OF_NAMES)))


def _holding(db: Session, cycle_id: int, words: tuple[str, ...]) -> list[str]:
    if not words:
        return []
    sentence = func.lower(Change.sentence)
    having = [case((sentence.contains(w.lower(), autoescape=True), 1), else_=0) for w in words]
    hits = sum(having[1:], having[0]).label("hits")
    found = select(Change.change_id, Change.position, hits).where(*_taken(cycle_id)).subquery()
    best = select(found.c.change_id).where(found.c.hits > 0)
    return list(db.exec(best.order_by(found.c.hits.desc(), found.c.position).limit(OF_WORDS)))


def _taken(cycle_id: int) -> tuple[bool, bool]:
    return Change.cycle_id == cycle_id, col(Change.decision).in_(TAKEN)  # type: ignore[return-value]
