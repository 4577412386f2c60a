"""What people correct, as the change set of their cycle: nothing is read, nothing is guessed."""

from sqlalchemy import update
from sqlmodel import Session, col

from jobs.work import Work
from kg.edits import ChangedTerm, NewTerm
from kg.edits.needed import MOST
from kg.model import ChangeSet, Ontology, OntologyClass, Property
from portal import edit_sets
from portal.models import Edit


def change_set(work: Work) -> ChangeSet:
    """Computed against what is approved now; corrections that change nothing any more are marked so."""
    with work.parts.session() as db:
        signed = [edit_sets.signed_of(row) for row in edit_sets.of_cycle(db, work.cycle_id)]
    found = edit_sets.computed(work.parts, work.rag_id, signed, MOST + 1, work.number)
    with work.session() as db:
        for one in signed:
            _mark(db, one.id, found.problems.get(one.id, ""))
    return found.change_set


def ontology(work: Work) -> Ontology:
    """The terms that the corrections bring or change."""
    with work.parts.session() as db:
        wanted = [edit_sets.signed_of(row).edit for row in edit_sets.of_cycle(db, work.cycle_id)]
    terms = [e.term for e in wanted if isinstance(e, NewTerm | ChangedTerm)]
    return Ontology(
        tuple(t for t in terms if isinstance(t, OntologyClass)),
        tuple(t for t in terms if isinstance(t, Property)),
    )


def _mark(db: Session, edit_id: int, problem: str) -> None:
    db.execute(update(Edit).where(col(Edit.id) == edit_id).values(problem=problem))
