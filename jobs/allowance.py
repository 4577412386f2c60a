"""Whether a cycle may still ask a language model: its own budget, and the knowledge base's quota."""

from portal import budgets, quotas
from portal.leases import Paused
from portal.wiring import Parts


def check(parts: Parts, rag_id: int, cycle_id: int) -> None:
    """Raise Paused if one of them is used up."""
    with parts.session() as db:
        if budgets.used_up(db, cycle_id):
            raise Paused("budget-used")
        if quotas.exceeded(db, quotas.Whose.rag, rag_id):
            raise Paused("quota-used")
