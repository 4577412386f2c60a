"""`ferag changes`, `approve`, `reject`, `rollback`: deciding and publishing."""

import time

from kg.model import Change, Evidence
from portal import access, change_rows, cycles, publishing, versions
from portal.access import Action, Actor
from portal.commands.common import Caller, enter, tell, write
from portal.commands.documents import wait_for
from portal.errors import Conflict, PartDown
from portal.models import Cycle, CycleState
from portal.versions import Published
from portal.wiring import Parts

PATIENCE = 3600.0  # seconds for another process that publishes the same: a library takes long


def changes(parts: Parts, caller: Caller, name: str, number: int) -> int:
    """One JSON value per change, in the order of the change set."""
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    with parts.session() as db:
        access.check(db, actor, rag.id, Action.read)
        cycle = cycles.find(db, rag.id, number)
        assert cycle.id is not None
        for row, change in change_rows.all_changes(db, cycle.id):
            if caller.json:
                write(_json(change, row.sentence, row.decision))
            else:
                tell(caller, {}, f"{row.change_id}  {row.kind}  {row.fit}  {row.decision}  {row.sentence}")
    return 0


def _json(change: Change, sentence: str, decision: str) -> dict[str, object]:
    return {
        "id": change.id,
        "kind": str(change.kind),
        "fit": str(change.fit),
        "subject": change.subject,
        "predicate": change.predicate,
        "object": change.object,
        "sentence": sentence,
        "confidence": change.confidence,
        "verdict": str(change.verdict),
        "decision": str(decision),
        "depends_on": list(change.depends_on),
        "reasons": list(change.reasons),
        "evidence": [evidence(e) for e in change.evidence],
    }


def evidence(e: Evidence) -> dict[str, object]:
    return {
        "document": e.document,
        "page": e.page,
        "start": e.start,
        "end": e.end,
        "quote": e.quote,
        "document_id": e.document_id,
    }


def approve(parts: Parts, caller: Caller, name: str, number: int, everything: bool) -> int:
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    try:
        versions.approve(parts, actor, rag.id, number, all_=everything)
    except Conflict as e:
        if e.code != "version-moved" or not everything:
            raise
        wait_for(parts, actor, rag.id, number)  # compared with the new version, then as asked
        versions.approve(parts, actor, rag.id, number, all_=True)
    return _published(caller, _carried_through(parts, actor, rag.id, number), rag.name)


def rollback(parts: Parts, caller: Caller, name: str, to: int) -> int:
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    cycle_id = versions.rollback(parts, actor, rag.id, to)
    with parts.session() as db:
        number = db.get_one(Cycle, cycle_id).number
    return _published(caller, _carried_through(parts, actor, rag.id, number), rag.name)


def reject(parts: Parts, caller: Caller, name: str, number: int, reason: str) -> int:
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    versions.reject(parts, actor, rag.id, number, reason)
    tell(caller, {"rag": rag.name, "cycle": number, "status": "rejected"}, f"Cycle {number} is rejected.")
    return 0


def _carried_through(parts: Parts, actor: Actor, rag_id: int, number: int) -> Published:
    """Publish here, or wait for the worker that was faster."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        view = cycles.get(parts, actor, rag_id, number)
        published = publishing.run(parts, view.id)
        if published is not None:
            return Published(
                published.version, published.applied, published.skipped, round(time.monotonic() - began, 3)
            )
        view = cycles.get(parts, actor, rag_id, number)
        if view.state not in (CycleState.publishing, CycleState.approved):
            raise Conflict("not-published", number=number, state=view.state)
        parts.store.ping()  # StoreDown with its sentence, if that is why
        time.sleep(0.2)
    raise PartDown("store", "publishing takes too long")


def _published(caller: Caller, done: Published, rag: str) -> int:
    value: dict[str, object] = {
        "version": done.version,
        "applied": done.applied,
        "skipped": done.skipped,
        "seconds": done.seconds,
    }
    tell(
        caller,
        value,
        f"{rag} is at version {done.version}: {done.applied} changes applied, {done.skipped} skipped.",
    )
    return 0
