"""Fix and accept: a reviewer's own name, relation, direction or dates in place of what was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rdflib import Literal, URIRef

from kg import changes
from kg.changes import Settle
from kg.errors import BadInput
from kg.model import Change, Decision, Kind, Ontology, OntologyClass, Period, Property, Term
from kg.store.terms import canonical
from portal import access, decisions, graph, reviews
from portal.access import Action, Actor
from portal.errors import Invalid
from portal.wiring import Parts

__all__ = ["Correction", "Settle", "correct", "date", "instead", "settle", "terms"]

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


@dataclass(frozen=True, slots=True)
class Correction:
    """What a reviewer puts right; what is None stays as it was read.

    `label` names a thing, kind or relation anew, `type_` is the kind of a thing. The rest is about a fact:
    its relation, whether it holds the other way round, the thing or the value it leads to, and when.
    """

    label: str | None = None
    type_: OntologyClass | None = None
    relation: Property | None = None
    reverse: bool = False
    thing: graph.Found | None = None
    value: str | None = None
    period: Period | None = None


def correct(
    parts: Parts, actor: Actor, rag_id: int, cycle: int, change_id: str, how: Correction
) -> decisions.Decided:
    """Fix and accept."""
    change = _change(parts, actor, rag_id, cycle, change_id)
    object_: Term | None = URIRef(how.thing.iri) if how.thing else None
    if how.value is not None:
        object_ = _value(change, how.value)
    chosen = [how.type_.iri if how.type_ else None, how.relation.iri if how.relation else None, object_]
    try:
        corrected = changes.edited(
            change,
            label=how.label,
            type_=how.type_,
            property_=how.relation,
            object_=object_,
            object_label=how.thing.label if how.thing else "",
            reverse=how.reverse,
            periods=_periods(how.period),
            ids=_proposed(parts, actor, rag_id, cycle, [i for i in chosen if isinstance(i, URIRef)]),
        )
    except BadInput as e:
        raise Invalid("change", "bad-correction", why=str(e)) from e
    return decisions.edit(parts, actor, rag_id, cycle, corrected)


def instead(
    parts: Parts, actor: Actor, rag_id: int, cycle: int, change_id: str, term: OntologyClass | Property
) -> decisions.Decided:
    """A proposed kind or relation given up for one that is there: what needed it uses that."""
    change = _change(parts, actor, rag_id, cycle, change_id)
    try:
        given_up = changes.instead(change, term, _proposed(parts, actor, rag_id, cycle, [term.iri]))
    except BadInput as e:
        raise Invalid("change", "bad-correction", why=str(e)) from e
    return decisions.edit(parts, actor, rag_id, cycle, given_up)


def _periods(period: Period | None) -> list[Period] | None:
    if period is None:
        return None
    dated = Period(date(period.start), date(period.end))
    return [dated] if dated.start or dated.end else []


def _value(change: Change, text: str) -> Literal:
    """The value in the datatype of what was read. Invalid if it is none of that."""
    try:
        was = changes.spoken(change).object
    except BadInput as e:
        raise Invalid("change", "bad-correction", why=str(e)) from e
    datatype, language = (was.datatype, was.language) if isinstance(was, Literal) else (None, None)
    value = Literal(text.strip(), datatype=None if language else datatype, lang=language)
    kept = canonical(value)  # what is not of its datatype becomes plain text
    if not text.strip() or (datatype and isinstance(kept, Literal) and kept.datatype != value.datatype):
        raise Invalid("value", "bad-value", text=text.strip()[:40])
    return value


def _proposed(parts: Parts, actor: Actor, rag_id: int, cycle: int, iris: Sequence[URIRef]) -> frozenset[str]:
    """The changes of the cycle that propose these."""
    kinds = (Kind.new_class, Kind.new_property, Kind.new_entity)
    wanted = [changes.change_id(kind, iri) for kind in kinds for iri in iris]
    return reviews.known(parts, actor, rag_id, cycle, wanted)


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


def terms(parts: Parts, actor: Actor, rag_id: int, cycle: int) -> Ontology:
    """What a fact can say and a thing can be: what the cycle proposes, and what is approved."""
    approved = graph.ontology(parts, actor, rag_id)
    where = reviews.Filter(tab="ontology")
    rows = reviews.rows(parts, actor, rag_id, cycle, where, page=0, size=500).rows
    said = [c for r in rows if r.decision is not Decision.rejected for c in r.change.after]
    classes = [c for c in said if isinstance(c, OntologyClass)]
    properties = [c for c in said if isinstance(c, Property)]
    return Ontology(
        tuple({c.iri: c for c in (*approved.classes, *classes)}.values()),
        tuple({p.iri: p for p in (*approved.properties, *properties)}.values()),
    )


def _change(parts: Parts, actor: Actor, rag_id: int, cycle: int, change_id: str) -> Change:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.decide)
    return reviews.row(parts, actor, rag_id, cycle, change_id).change
