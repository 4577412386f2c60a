"""The rows of a review: filters, tabs, and how a stored change becomes a row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from kg.model import Change as KgChange
from kg.model import Decision, Evidence, Fit, Kind, Verdict
from portal import change_rows, models
from portal.errors import NotFound
from portal.models import Change, Cycle, User

TABS: dict[str, tuple[Kind, ...]] = {
    "ontology": (Kind.new_class, Kind.new_property, Kind.ontology_edit),
    "things": (Kind.new_entity, Kind.merge_entities, Kind.type_change, Kind.removed_entity),
    "facts": (Kind.new_fact, Kind.changed_value, Kind.removed_fact),
    "conflicts": (Kind.conflict,),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show; "" means any."""

    tab: str = ""  # a key of TABS
    document: str = ""
    class_: str = ""
    property: str = ""
    verdict: str = ""
    decision: str = ""
    text: str = ""
    again: bool = False  # only what says something else since it was decided


@dataclass(frozen=True, slots=True)
class Row:
    """A change for people. `verdict` is today's: what needed a new kind or relation does not once that is
    accepted. `again`: it was decided, and says something else since the approved version moved."""

    id: str
    kind: Kind
    fit: Fit
    verdict: Verdict
    sentence: str
    subject: str
    predicate: str
    object: str
    confidence: float
    decision: Decision
    decided_by: str
    reason: str
    change: KgChange
    again: bool = False

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return self.change.evidence


def find_cycle(db: Session, rag_id: int, number: int) -> Cycle:
    cycle = db.exec(select(Cycle).where(Cycle.rag_id == rag_id, Cycle.number == number)).first()
    if cycle is None:
        raise NotFound("cycle", str(number))
    return cycle


def matching(cycle: Cycle, where: Filter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [col(Change.cycle_id) == cycle.id]
    if where.tab:
        conditions.append(col(Change.kind).in_(TABS[where.tab]))
    if where.document:
        joined = "\n" + col(Change.documents) + "\n"
        conditions.append(joined.contains(f"\n{where.document}\n", autoescape=True))
    for column, value in (
        (Change.class_label, where.class_),
        (Change.predicate, where.property),
        (Change.decision, where.decision),
    ):
        if value:
            conditions.append(col(column) == value)
    if where.verdict:
        conditions.append(_verdict_is(cycle, Verdict(where.verdict)))
    if where.again:
        conditions.append(col(Change.again).is_(True))
    if where.text:
        conditions.append(col(Change.sentence).icontains(where.text, autoescape=True))
    return and_(*conditions)


def _needs(cycle: Cycle, *, undecided: bool, among: Sequence[str] = ()) -> ColumnElement[bool]:
    """Whether a change needs a new kind or relation, or one that is not accepted yet; `among` these changes
    only, if given. Asked from the few that are needed, not from the many that need."""
    link, term = models.ChangeLink, aliased(Change)
    terms = select(term.change_id).where(term.cycle_id == cycle.id, col(term.kind).in_(TABS["ontology"]))
    if undecided:
        terms = terms.where(col(term.decision).not_in([Decision.accepted, Decision.edited]))
    needing = select(link.change_id).where(link.cycle_id == cycle.id, col(link.needs).in_(terms))
    if among:
        needing = needing.where(col(link.change_id).in_(among))
    return col(Change.change_id).in_(needing)


def ontology_settled(cycle: Cycle, among: Sequence[str] = ()) -> ColumnElement[bool]:
    """It was read as needing a new kind or relation, and all that it needs is accepted by now."""
    return and_(
        col(Change.verdict) == Verdict.needs_ontology,
        col(Change.kind).not_in(TABS["ontology"]),
        _needs(cycle, undecided=False, among=among),
        ~_needs(cycle, undecided=True, among=among),
    )


def _verdict_is(cycle: Cycle, verdict: Verdict) -> ColumnElement[bool]:
    stored = col(Change.verdict) == verdict
    several = col(Change.documents).contains("\n")
    match verdict:
        case Verdict.needs_ontology:
            return and_(stored, ~ontology_settled(cycle))
        case Verdict.single_source:
            return or_(stored, and_(ontology_settled(cycle), ~several))
        case Verdict.corroborated:
            return or_(stored, and_(ontology_settled(cycle), several))
    return stored


def safe_in_bulk_condition(cycle: Cycle) -> ColumnElement[bool]:
    """Laminar with evidence, or turbulent only by ontology changes that are accepted by now."""
    return and_(
        or_(
            col(Change.verdict).in_([Verdict.single_source, Verdict.corroborated]),
            and_(
                col(Change.verdict) == Verdict.needs_ontology,
                col(Change.kind).not_in(TABS["ontology"]),
            ),
        ),
        col(Change.kind) != Kind.merge_entities,
        ~_needs(cycle, undecided=True),
    )


def with_decider() -> Select[Change, str, str]:
    return select(Change, User.name, User.email).join(User, col(Change.decided_by) == User.id, isouter=True)


def one(db: Session, cycle: Cycle, change_id: str) -> tuple[Change, str, str]:
    mine = and_(col(Change.cycle_id) == cycle.id, col(Change.change_id) == change_id)
    found = db.exec(with_decider().where(mine)).first()
    if found is None:
        raise NotFound("change", change_id)
    return found


def rows_of(db: Session, cycle: Cycle, found: Sequence[tuple[Change, str, str]]) -> tuple[Row, ...]:
    """With today's verdicts."""
    waiting = [c.change_id for c, _, _ in found if c.verdict == Verdict.needs_ontology]
    mine = (col(Change.cycle_id) == cycle.id, col(Change.change_id).in_(waiting))
    settled = (
        set(db.exec(select(Change.change_id).where(*mine, ontology_settled(cycle, waiting))))
        if waiting
        else set()
    )
    rows = [row_of(*f) for f in found]
    return tuple(replace(r, verdict=_by_sources(r)) if r.id in settled else r for r in rows)


def _by_sources(row: Row) -> Verdict:
    several = len({e.document_id for e in row.evidence}) > 1
    return Verdict.corroborated if several else Verdict.single_source


def row_of(stored: Change, name: str | None, email: str | None) -> Row:
    return Row(
        id=stored.change_id,
        kind=Kind(stored.kind),
        fit=Fit(stored.fit),
        verdict=Verdict(stored.verdict),
        sentence=stored.sentence,
        subject=stored.subject,
        predicate=stored.predicate,
        object=stored.object,
        confidence=stored.confidence,
        decision=Decision(stored.decision),
        decided_by=name or email or "",
        reason=stored.reason,
        change=change_rows.change_of(stored),
        again=stored.again,
    )
