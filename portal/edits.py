"""Corrections of what is approved: a member's own, kept until they are sent to review as one cycle.

What an edit wants is computed against the approved version whenever it is looked at, so a version that is
published meanwhile shows at once. Its evidence is the person, the day and the reason; a quote only if it
stands in a document.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rdflib import URIRef
from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import Session, col, select

from kg import edits as kg_edits
from kg import values
from kg.edits import (
    Corrected,
    Merged,
    NewTerm,
    NewThing,
    Problem,
    RemovedTerm,
    RemovedThing,
    SignedEdit,
    Split,
)
from kg.edits.needed import MOST as ALONG
from kg.model import Change, Entity, Evidence, Ontology, OntologyClass, Property, Statement
from kg.vocab import digest
from portal import access, audit, cycles, documents, graph, graph_words
from portal.access import Action, Actor
from portal.edit_sets import approved_graph, computed, signed_of
from portal.errors import Conflict, Invalid, NotFound
from portal.explore import finding
from portal.explore.finding import FoundThing
from portal.graph_words import FactView
from portal.models import Cycle, CycleKind, Edit, Revision, Unit, User, now
from portal.wiring import Parts

LONGEST = 500  # characters of a reason
MOST = 200  # corrections of one member that wait
LOOKED_AT = 300  # facts of one thing that a correction is compared with before it is sent


@dataclass(frozen=True, slots=True)
class Why:
    """What a correction rests on; `quote` are exact words of the revision with the key `document`."""

    reason: str
    document: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A correction that waits: what it would change, or the problem why it would change nothing."""

    id: int
    changes: tuple[Change, ...]
    problem: Problem | None
    reason: str
    at: datetime


def allowed(parts: Parts, actor: Actor, rag_id: int) -> None:
    """Raises unless the actor may correct what is approved."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.edit)


def keep(parts: Parts, actor: Actor, rag_id: int, edit: kg_edits.Edit, why: Why) -> int:
    """Add a correction to the actor's own; one of the same target gives way. Returns its number.

    Conflict if it would change nothing.
    """
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.edit)
        mine = _waiting(db, actor, rag_id)
        by = db.get_one(User, actor.user_id)
        statement = Statement(
            " ".join((by.name or by.email.partition("@")[0]).split()),
            now().date().isoformat(),
            _reason(why.reason),
            str(by.id),
        )
    evidence = _evidence(parts, actor, rag_id, why)
    target = digest(*kg_edits.target(edit), length=32)
    others = [e for e in mine if e.target != target]
    if len(others) >= MOST:
        raise Conflict("edits-many", most=MOST)
    signed = SignedEdit(0, edit, statement, evidence)
    problem = _looked_at(parts, rag_id, [*map(signed_of, others), signed]).problems.get(0)
    if problem:
        raise Conflict(f"edit-{problem}")
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.edit)
        db.execute(delete(Edit).where(*_mine(actor, rag_id), col(Edit.target) == target))
        assert actor.user_id is not None
        row = Edit(rag_id=rag_id, created_by=actor.user_id, target=target, content=values.to_json(signed))
        db.add(row)
        audit.record(db, actor, "edit.keep", rag_id=rag_id, kind=type(edit).__name__)
        db.commit()
        return row.id or 0


def listing(parts: Parts, actor: Actor, rag_id: int) -> tuple[Kept, ...]:
    """The actor's corrections that wait, oldest first."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.edit)
        rows = _waiting(db, actor, rag_id)
    if not rows:
        return ()
    found = _looked_at(parts, rag_id, [signed_of(r) for r in rows])
    change = {c.id: c for c in found.change_set.changes}
    return tuple(
        Kept(
            row.id or 0,
            tuple(change[i] for i in found.of.get(row.id or 0, ())),
            found.problems.get(row.id or 0),
            signed_of(row).statement.reason,
            row.created_at,
        )
        for row in rows
    )


def waiting(parts: Parts, actor: Actor, rag_id: int) -> int:
    """How many corrections the actor has not sent yet."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.edit)
        return db.exec(select(func.count()).select_from(Edit).where(*_mine(actor, rag_id))).one()


def undo(parts: Parts, actor: Actor, rag_id: int, edit_id: int) -> None:
    """Take back one correction that was not sent."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.edit)
        gone = db.execute(delete(Edit).where(*_mine(actor, rag_id), col(Edit.id) == edit_id))
        if not gone.rowcount:  # type: ignore[attr-defined]
            raise NotFound("edit", str(edit_id))
        audit.record(db, actor, "edit.undo", rag_id=rag_id)
        db.commit()


def send(parts: Parts, actor: Actor, rag_id: int) -> int:
    """Send the actor's corrections to review as a cycle of their own; its number."""
    told = [c for kept in listing(parts, actor, rag_id) for c in kept.changes]
    title = " ".join(" ".join((c.subject, c.predicate, c.object)).strip() for c in told[:1])
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.edit)
        rows = _waiting(db, actor, rag_id)
        if not rows:
            raise Invalid("edits", "no-edits")
        assert actor.user_id is not None
        cycle = cycles.create(db, rag_id, CycleKind.correction, title, actor.user_id)
        ids = [r.id for r in rows]
        db.execute(update(Edit).where(col(Edit.id).in_(ids)).values(cycle_id=cycle.id))
        audit.record(
            db, actor, "edit.send", rag_id=rag_id, subject=f"cycle {cycle.number}", corrections=len(ids)
        )
        db.commit()
        return cycle.number


def without_effect(parts: Parts, actor: Actor, rag_id: int, number: int) -> tuple[tuple[str, Problem], ...]:
    """The reasons of a cycle's corrections that change nothing (any more), each with what is in the way."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        rows = db.exec(
            select(Edit)
            .join(Cycle, col(Cycle.id) == Edit.cycle_id)
            .where(Cycle.rag_id == rag_id, Cycle.number == number, Edit.problem != "")
            .order_by(col(Edit.id))
        ).all()
        return tuple((signed_of(r).statement.reason, Problem(r.problem)) for r in rows)


# ---- what can be chosen: what is approved, then what the actor's own corrections bring


def find(parts: Parts, actor: Actor, rag_id: int, words: str, limit: int = 20) -> tuple[FoundThing, ...]:
    """Things by a few letters of one of their names."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.edit)
        mine = [signed_of(r).edit for r in _waiting(db, actor, rag_id)]
    found = finding.find(parts, actor, rag_id, words, limit)
    wanted = words.casefold().strip()
    new = [e.thing for e in mine if isinstance(e, NewThing | Split)]
    own = [FoundThing(str(t.iri), t.label, t.label) for t in new if wanted in t.label.casefold()]
    return (*own, *found)[:limit]


def fact(parts: Parts, actor: Actor, rag_id: int, iri: str) -> FactView:
    """An approved fact by its assertion's IRI."""
    allowed(parts, actor, rag_id)
    approved = approved_graph(parts, rag_id)
    seen = graph_words.views(approved, approved.asserted([URIRef(iri)]))
    if not seen:
        raise NotFound("fact", iri[:80])
    return seen[0]


def terms(parts: Parts, actor: Actor, rag_id: int) -> Ontology:
    """Kinds and relations."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.edit)
        mine = [signed_of(r).edit for r in _waiting(db, actor, rag_id)]
    approved = graph.ontology(parts, actor, rag_id)
    new = [e.term for e in mine if isinstance(e, NewTerm)]
    return Ontology(
        (*approved.classes, *(t for t in new if isinstance(t, OntologyClass))),
        (*approved.properties, *(t for t in new if isinstance(t, Property))),
    )


def things(parts: Parts, actor: Actor, rag_id: int, iris: Sequence[str]) -> dict[str, Entity]:
    """These things, by IRI; those that are none are left out."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.edit)
        mine = [signed_of(r).edit for r in _waiting(db, actor, rag_id)]
    new = {str(e.thing.iri): e.thing for e in mine if isinstance(e, NewThing | Split)}
    approved = {str(e.iri): e for e in approved_graph(parts, rag_id).entities(URIRef(i) for i in iris)}
    return {i: t for i in iris if (t := approved.get(i) or new.get(i))}


def _looked_at(parts: Parts, rag_id: int, signed: Sequence[SignedEdit]) -> Corrected:
    """Before they are sent: all of what goes along with a thing or term, else the first facts of a thing."""
    whole = any(isinstance(s.edit, Merged | RemovedThing | RemovedTerm) for s in signed)
    return computed(parts, rag_id, signed, ALONG + 1 if whole else LOOKED_AT)


def _waiting(db: Session, actor: Actor, rag_id: int) -> list[Edit]:
    return list(db.exec(select(Edit).where(*_mine(actor, rag_id)).order_by(col(Edit.id))))


def _mine(actor: Actor, rag_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Edit.rag_id) == rag_id,
        col(Edit.created_by) == actor.user_id,
        col(Edit.cycle_id).is_(None),
    )


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not reason:
        raise Invalid("reason", "edit-reason")
    if len(reason) > LONGEST:
        raise Invalid("reason", "text-long", longest=LONGEST)
    return reason


def _evidence(parts: Parts, actor: Actor, rag_id: int, why: Why) -> tuple[Evidence, ...]:
    """The quote where it stands. Invalid if the document does not have these words."""
    quote = why.quote.strip()
    if not quote:
        return ()
    read = documents.text(parts, actor, rag_id, why.document)
    start = read.text.find(quote)
    if start < 0:
        raise Invalid("quote", "no-such-quote", name=read.name)
    with parts.session() as db:
        unit = db.exec(
            select(Unit.unit_id)
            .join(Revision, col(Revision.id) == Unit.revision_id)
            .where(Revision.rag_id == rag_id, Revision.key == why.document)
            .where(Unit.start <= start, Unit.end > start)
        ).first()
    return (Evidence(why.document, start, start + len(quote), quote, read.name, unit or ""),)
