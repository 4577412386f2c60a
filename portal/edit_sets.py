"""Corrections as rows, and the change set that they make; whoever calls has checked who asks."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from kg import edits as kg_edits
from kg import values
from kg.approved import ApprovedGraph
from kg.edits import Corrected, SignedEdit
from portal.models import Edit
from portal.wiring import Parts


def of_cycle(db: Session, cycle_id: int) -> tuple[Edit, ...]:
    return tuple(db.exec(select(Edit).where(Edit.cycle_id == cycle_id).order_by(col(Edit.id))))


def signed_of(row: Edit) -> SignedEdit:
    """The correction as it was signed, with its row's number."""
    read: SignedEdit = values.from_json(SignedEdit, row.content)
    return SignedEdit(row.id or 0, read.edit, read.statement, read.evidence)


def computed(
    parts: Parts, rag_id: int, signed: Sequence[SignedEdit], about_one: int, cycle: int = 0
) -> Corrected:
    """The change set that these make of what is approved."""
    approved = approved_graph(parts, rag_id)
    base = approved.version()
    part = kg_edits.needed(approved, [s.edit for s in signed], about_one)
    return kg_edits.corrected(parts.dataset(rag_id), signed, part, base, cycle)


def approved_graph(parts: Parts, rag_id: int) -> ApprovedGraph:
    return ApprovedGraph(parts.store, parts.dataset(rag_id))
