"""The rows of a review: filters, tabs, and how a stored change becomes a row."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_
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


@dataclass(frozen=True, slots=True)
class Row:
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
        (Change.verdict, where.verdict),
        (Change.decision, where.decision),
    ):
        if value:
            conditions.append(col(column) == value)
    if where.text:
        conditions.append(col(Change.sentence).icontains(where.text, autoescape=True))
    return and_(*conditions)


def safe_in_bulk_condition(cycle: Cycle) -> ColumnElement[bool]:
    """Laminar with evidence, or turbulent only by ontology changes that are accepted by now."""
    link, needed = models.ChangeLink, Change.__table__.alias("needed")  # type: ignore[attr-defined]
    open_need = (
        select(link.change_id)
        .join(needed, and_(needed.c.cycle_id == link.cycle_id, needed.c.change_id == link.needs))
        .where(
            link.cycle_id == cycle.id,
            link.change_id == Change.change_id,
            needed.c.kind.in_(TABS["ontology"]),
            needed.c.decision.not_in([Decision.accepted, Decision.edited]),
        )
    )
    return and_(
        or_(
            col(Change.verdict).in_([Verdict.single_source, Verdict.corroborated]),
            and_(
                col(Change.verdict) == Verdict.needs_ontology,
                col(Change.kind).not_in(TABS["ontology"]),
                ~open_need.exists(),
            ),
        ),
        col(Change.kind) != Kind.merge_entities,
        ~open_need.exists(),
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
    )
