"""Fix and accept: a reviewer's own name, relation, direction or dates in place of what was read."""

from collections.abc import Sequence
from datetime import datetime

from kg import changes
from kg.changes import Settle
from kg.errors import BadInput
from kg.model import Change, Ontology, Period, Property
from portal import access, decisions, graph, reviews
from portal.access import Action, Actor
from portal.errors import Invalid
from portal.wiring import Parts

__all__ = ["Settle", "correct", "date", "relations", "settle"]

# how people type a date, and how the graph keeps it
FORMS = (
    ("%Y-%m-%d", "%Y-%m-%d"),
    ("%Y-%m", "%Y-%m"),
    ("%Y", "%Y"),
    ("%d.%m.%Y", "%Y-%m-%d"),
    ("%m.%Y", "%Y-%m"),
    ("%m/%Y", "%Y-%m"),
)


def settle(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    cycle: int,
    change_id: str,
    how: Settle,
    until: str = "",
    since: str = "",
) -> decisions.Decided:
    """Decide a contradiction: keep, replace, keep both with their times, or not the same thing."""
    until, since = date(until), date(since)
    change = _change(parts, actor, rag_id, cycle, change_id)
    settled = changes.settled(parts.dataset(rag_id), change, how, until, since)
    return decisions.edit(parts, actor, rag_id, cycle, settled)


def correct(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    cycle: int,
    change_id: str,
    *,
    label: str | None = None,
    relation: str = "",
    reverse: bool = False,
    period: Period | None = None,
) -> decisions.Decided:
    """`label` names a thing, kind or relation anew; the rest is about a fact: the label of the relation that
    it should use, whether it holds the other way round, and when."""
    if period is not None:
        period = Period(date(period.start), date(period.end))
    change = _change(parts, actor, rag_id, cycle, change_id)
    chosen = relations(parts, actor, rag_id, cycle).get(relation) if relation else None
    try:
        corrected = changes.edited(
            change,
            label=label,
            property_=chosen,
            reverse=reverse,
            periods=None if period is None else ([period] if period.start or period.end else []),
        )
    except BadInput as e:
        raise Invalid("change", "bad-correction", why=str(e)) from e
    return decisions.edit(parts, actor, rag_id, cycle, corrected)


def date(text: str) -> str:
    """A year, a month or a day as people type it, in the graph's form; "" for none. Invalid otherwise.

    >>> date(" 2024-3 "), date("2024"), date("5.3.2024"), date("03/2024")
    ('2024-03', '2024', '2024-03-05', '2024-03')
    """
    plain = text.strip()
    if not plain:
        return ""
    for typed, kept in FORMS:
        try:
            return datetime.strptime(plain, typed).strftime(kept)  # noqa: DTZ007  # a date, of no zone
        except ValueError:
            continue
    raise Invalid("date", "bad-date", text=plain[:40])


def relations(parts: Parts, actor: Actor, rag_id: int, cycle: int) -> dict[str, Property]:
    """What a fact can say: the approved relations and those that the cycle proposes, by label."""
    known = graph.ontology(parts, actor, rag_id)
    proposed = reviews.rows(
        parts, actor, rag_id, cycle, reviews.Filter(tab="ontology"), page=0, size=500
    ).rows
    return {p.label: p for p in (*_properties([r.change for r in proposed]), *_approved(known))}


def _change(parts: Parts, actor: Actor, rag_id: int, cycle: int, change_id: str) -> Change:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.decide)
    return reviews.row(parts, actor, rag_id, cycle, change_id).change


def _properties(proposed: Sequence[Change]) -> list[Property]:
    return [c for change in proposed for c in change.after if isinstance(c, Property)]


def _approved(known: Ontology) -> Sequence[Property]:
    return known.properties
