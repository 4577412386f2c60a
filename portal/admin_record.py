"""The record of who did what: filtered, and taken away as CSV or JSON lines."""

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from io import StringIO
from typing import Any

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal import access, audit
from portal.access import Actor
from portal.errors import NotFound
from portal.models import AuditEvent, User
from portal.wiring import Parts

FORMS = ("csv", "jsonl")
PIECE = 500  # events read at a time


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: empty fields say nothing. `action` is the beginning of an action's name."""

    action: str = ""
    who: str = ""  # part of an e-mail address
    rag_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    who: str
    action: str
    rag_id: int | None
    subject: str
    address: str
    detail: dict[str, Any]


EVERYTHING = Wanted()


def events(
    parts: Parts, actor: Actor, wanted: Wanted = EVERYTHING, limit: int = 200, offset: int = 0
) -> tuple[Event, ...]:
    """The record, newest first."""
    access.check_admin(actor)
    with parts.session() as db:
        found = db.exec(_query(wanted).order_by(col(AuditEvent.id).desc()).limit(limit).offset(offset)).all()
        people = _people(db, found)
    return tuple(_event(e, people) for e in found)


def actions(parts: Parts, actor: Actor) -> tuple[str, ...]:
    """The kinds of events that there are."""
    access.check_admin(actor)
    with parts.session() as db:
        return tuple(db.exec(select(AuditEvent.action).distinct().order_by(AuditEvent.action)))


def export(parts: Parts, actor: Actor, form: str, wanted: Wanted = EVERYTHING) -> Iterator[str]:
    """The record as text, the oldest first, piece by piece; that it was taken away is recorded first."""
    access.check_admin(actor)
    if form not in FORMS:
        raise NotFound("format", form)
    with parts.session() as db:
        audit.record(db, actor, "audit.export", subject=form)
        db.commit()
    return _lines(parts, form, wanted)


def _lines(parts: Parts, form: str, wanted: Wanted) -> Iterator[str]:
    if form == "csv":
        yield _csv(["at", "who", "action", "rag_id", "subject", "address", "detail"])
    last = 0
    while True:
        with parts.session() as db:
            found = db.exec(
                _query(wanted).where(col(AuditEvent.id) > last).order_by(col(AuditEvent.id)).limit(PIECE)
            ).all()
            people = _people(db, found)
        if not found:
            return
        last = found[-1].id or 0
        for event in (_event(e, people) for e in found):
            yield _row(event) if form == "csv" else _object(event)


def _query(wanted: Wanted) -> SelectOfScalar[AuditEvent]:
    query = select(AuditEvent).where(col(AuditEvent.action).startswith(wanted.action, autoescape=True))
    if wanted.who:
        of = select(User.id).where(col(User.email).contains(wanted.who.strip().lower(), autoescape=True))
        query = query.where(col(AuditEvent.user_id).in_(of))
    if wanted.rag_id is not None:
        query = query.where(AuditEvent.rag_id == wanted.rag_id)
    if wanted.since is not None:
        query = query.where(col(AuditEvent.at) >= wanted.since)
    if wanted.until is not None:
        query = query.where(col(AuditEvent.at) < wanted.until)
    return query


def _people(db: Any, found: Any) -> dict[int, str]:
    ids = {e.user_id for e in found if e.user_id is not None}
    return dict(db.exec(select(User.id, User.email).where(col(User.id).in_(ids))).all())


def _event(e: AuditEvent, people: dict[int, str]) -> Event:
    who = people.get(e.user_id, "") if e.user_id is not None else ""
    return Event(e.at, who, e.action, e.rag_id, e.subject, e.address, e.detail or {})


def _object(event: Event) -> str:
    return json.dumps(asdict(event) | {"at": event.at.isoformat()}, ensure_ascii=False) + "\n"


def _row(event: Event) -> str:
    detail = json.dumps(event.detail, ensure_ascii=False) if event.detail else ""
    rag = "" if event.rag_id is None else str(event.rag_id)
    texts = (event.who, event.action, rag, event.subject, event.address, detail)
    return _csv([event.at.isoformat(), *map(plain_cell, texts)])


def plain_cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula (OWASP CSV injection).

    >>> plain_cell('=HYPERLINK("http://evil.example")'), plain_cell("login")
    ('\\'=HYPERLINK("http://evil.example")', 'login')
    """
    risky = text.lstrip().startswith(("=", "+", "-", "@", "|", "%")) or text.startswith(("\t", "\r", "\n"))
    return f"'{text}" if risky else text


def _csv(cells: list[str]) -> str:
    out = StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
