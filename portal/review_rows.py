"""The rows of a review: filters, tabs, and how a stored change becomes a row."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from kg.model import Change as KgChange
from kg.model import Decision, Evidence, Fit, Kind, Verdict
from portal import change_rows
from portal.errors import NotFound
from portal.models import Change, Cycle, User
from portal.verdicts import TERMS

TABS: dict[str, tuple[Kind, ...]] = {
    "ontology": TERMS,
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
    """A change for people. `verdict` is today's (`portal.verdicts`). `again`: it was decided, and says
    something else since the approved version moved."""

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
        (Change.verdict, where.verdict),
    ):
        if value:
            conditions.append(col(column) == value)
    if where.again:
        conditions.append(col(Change.again).is_(True))
    if where.text:
        conditions.append(col(Change.sentence).icontains(where.text, autoescape=True))
    return and_(*conditions)


def safe_in_bulk_condition() -> ColumnElement[bool]:
    """Laminar with evidence, or turbulent only by ontology changes that are accepted by now."""
    return and_(
        col(Change.verdict).in_([Verdict.stated, Verdict.single_source, Verdict.corroborated]),
        col(Change.kind) != Kind.merge_entities,
    )


def with_decider() -> Select[Change, str, str]:
    return select(Change, User.name, User.email).join(User, col(Change.decided_by) == User.id, isouter=True)


def one(db: Session, cycle: Cycle, change_id: str) -> tuple[Change, str, str]:
    mine = and_(col(Change.cycle_id) == cycle.id, col(Change.change_id) == change_id)
    found = db.exec(with_decider().where(mine)).first()
    if found is None:
        raise NotFound("change", change_id)
    return found


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
