"""A change's verdict as it is today: what needed a new kind or relation does not once that is accepted.

It is kept in the row, with the risk that follows from it, so that filters and counts read an index. Deciding
about a kind or relation renews the rows that need it.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, true, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from kg.model import Decision, Kind, Verdict
from portal.models import Change, ChangeLink, Cycle, CycleKind

RISK = {
    Verdict.conflict: 5,
    Verdict.no_evidence: 4,
    Verdict.needs_ontology: 3,
    Verdict.stated: 2,
    Verdict.single_source: 2,
    Verdict.corroborated: 1,
}
"""Higher is riskier; a change's risk is a hundred times this, and up to 99 for what is unsure."""
TERMS = (Kind.new_class, Kind.new_property, Kind.ontology_edit)
_TAKEN = (Decision.accepted, Decision.edited)
_PIECE = 400  # ids of one statement


def accepted_terms(db: Session, cycle_id: int) -> frozenset[str]:
    """The changes of kinds and relations that are accepted."""
    mine = (Change.cycle_id == cycle_id, col(Change.kind).in_(TERMS), col(Change.decision).in_(_TAKEN))
    return frozenset(db.exec(select(Change.change_id).where(*mine)))


def renew_needing(db: Session, cycle_id: int, terms: Collection[str]) -> None:
    """After a decision about these kinds and relations: what needs one of them."""
    ids = sorted(terms)
    for piece in (ids[i : i + _PIECE] for i in range(0, len(ids), _PIECE)):
        needing = select(ChangeLink.change_id).where(
            ChangeLink.cycle_id == cycle_id, col(ChangeLink.needs).in_(piece)
        )
        renew(db, cycle_id, col(Change.change_id).in_(needing))


def renew(db: Session, cycle_id: int, which: ColumnElement[bool]) -> None:
    """The verdict and the risk of these changes of the cycle."""
    mine = and_(col(Change.cycle_id) == cycle_id, col(Change.kind).not_in(TERMS), which)
    several = col(Change.documents).contains("\n")
    held_up = _needs(cycle_id, accepted=False)
    verdicts: list[tuple[Verdict, ColumnElement[bool]]]
    verdicts = [(Verdict.single_source, ~several), (Verdict.corroborated, several)]
    if db.get_one(Cycle, cycle_id).kind is CycleKind.correction:
        verdicts = [(Verdict.stated, true())]  # whatever else the documents say of it
    for by_sources, are_its in verdicts:
        _move(db, and_(mine, held_up), by_sources, Verdict.needs_ontology)
        free = and_(mine, are_its, _needs(cycle_id, accepted=True), ~held_up)
        _move(db, free, Verdict.needs_ontology, by_sources)


def _move(db: Session, which: ColumnElement[bool], old: Verdict, new: Verdict) -> None:
    db.execute(
        update(Change)
        .where(which, col(Change.verdict) == old)
        .values(verdict=new, risk=Change.risk + 100 * (RISK[new] - RISK[old]))
        .execution_options(synchronize_session=False)
    )


def _needs(cycle_id: int, *, accepted: bool) -> ColumnElement[bool]:
    """Whether a change needs a kind or relation that is accepted, or one that is not."""
    term = aliased(Change)
    chosen = col(term.decision).in_(_TAKEN) if accepted else col(term.decision).not_in(_TAKEN)
    terms = select(term.change_id).where(term.cycle_id == cycle_id, col(term.kind).in_(TERMS), chosen)
    return (
        select(ChangeLink.needs)
        .where(
            ChangeLink.cycle_id == cycle_id,
            col(ChangeLink.change_id) == Change.change_id,
            col(ChangeLink.needs).in_(terms),
        )
        .correlate(Change)
        .exists()
    )
