"""A change's verdict as it is today: what needed a new kind or relation does not once that is accepted.

It is kept in the row, with the risk that follows from it, so that filters and counts read an index. Deciding
about a kind or relation renews the rows that need it.
"""

from sqlalchemy import ColumnElement, and_, update
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


def renew_needing(db: Session, cycle_id: int, before: frozenset[str], now: frozenset[str]) -> None:
    """After decisions about kinds and relations, of which these were accepted `before` and are `now`: what
    needs one of those that changed."""
    for terms, moved in ((now - before, _free), (before - now, _hold_up)):
        ids = sorted(terms)
        for piece in (ids[i : i + _PIECE] for i in range(0, len(ids), _PIECE)):
            # of all cycles, so that the index is taken that leads to these few: the row is of this one
            needing = select(ChangeLink.change_id).where(col(ChangeLink.needs).in_(piece))
            moved(db, cycle_id, col(Change.change_id).in_(needing))


def renew(db: Session, cycle_id: int, change_id: str) -> None:
    """Of a change that needs something else now."""
    for moved in (_hold_up, _free):
        moved(db, cycle_id, col(Change.change_id) == change_id)


def _hold_up(db: Session, cycle_id: int, which: ColumnElement[bool]) -> None:
    waiting = and_(_facts_and_things(cycle_id, which), _needs(cycle_id, accepted=False))
    for settled in (Verdict.single_source, Verdict.corroborated, Verdict.stated):
        _move(db, waiting, settled, Verdict.needs_ontology)


def _free(db: Session, cycle_id: int, which: ColumnElement[bool]) -> None:
    needs = and_(_needs(cycle_id, accepted=True), ~_needs(cycle_id, accepted=False))
    several = col(Change.documents).contains("\n")
    free = _facts_and_things(cycle_id, which)
    if db.get_one(Cycle, cycle_id).kind is CycleKind.correction:
        _move(db, and_(free, needs), Verdict.needs_ontology, Verdict.stated)  # whatever documents say of it
        return
    for by_sources, are_its in ((Verdict.single_source, ~several), (Verdict.corroborated, several)):
        _move(db, and_(free, are_its, needs), Verdict.needs_ontology, by_sources)


def _facts_and_things(cycle_id: int, which: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(col(Change.cycle_id) == cycle_id, col(Change.kind).not_in(TERMS), which)


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
