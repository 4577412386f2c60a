"""`ferag ingest` and `ferag import-graphrag`: files in, a cycle out."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from portal import cycles, documents, web_pages
from portal.access import Actor
from portal.aside import listing
from portal.commands.common import Caller, enter, tell
from portal.commands.progress import Progress
from portal.commands.waiting import workers_running
from portal.cycle_views import CycleView
from portal.documents import Refused, Upload
from portal.errors import Invalid, NotFound
from portal.messages import MESSAGES
from portal.models import CycleState, Rag
from portal.wiring import Parts

LOOK_SECONDS = 0.2
_GOING_ON = (CycleState.waiting, CycleState.running)


def ingest(
    parts: Parts,
    caller: Caller,
    name: str,
    paths: Sequence[Path],
    wait: bool,
    budget: int | None = None,
    web: str = "",
) -> int:
    """Upload files and folders, or a web page, as one cycle; the exit code."""
    began = time.monotonic()
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    if web:
        receipt = web_pages.add(parts, actor, rag.id, web)
    else:
        receipt = documents.upload(parts, actor, rag.id, opened(list(files_of(paths))), budget=budget)
    if receipt.cycle is None:
        return nothing(caller, rag.name, receipt.refused, began)
    if wait:
        wait_for(parts, actor, rag.id, receipt.cycle)
    view = cycles.get(parts, actor, rag.id, receipt.cycle)
    return outcome(parts, caller, actor, rag, view, receipt.refused, began)


def import_graphrag(parts: Parts, caller: Caller, name: str, folder: Path, wait: bool) -> int:
    began = time.monotonic()
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    number = cycles.import_tables(parts, actor, rag.id, folder)
    if wait:
        wait_for(parts, actor, rag.id, number)
    return outcome(parts, caller, actor, rag, cycles.get(parts, actor, rag.id, number), (), began)


def opened(files: Sequence[tuple[Path, str]]) -> Iterator[Upload]:
    """One at a time, so that ten thousand files need not be open at once."""
    for path, folder in files:
        with path.open("rb") as stream:
            yield Upload(path.name, stream, folder)


def files_of(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """The files, and those in the folders with where they stand in them; there hidden ones are left out."""
    for path in paths:
        if path.is_dir():
            inside = sorted(
                p
                for p in path.rglob("*")
                if p.is_file() and not any(n.startswith(".") for n in p.relative_to(path).parts)
            )
            yield from ((p, p.relative_to(path).parent.as_posix()) for p in inside)
        elif path.is_file():
            yield path, ""
        else:
            raise NotFound("file", str(path))


def wait_for(parts: Parts, actor: Actor, rag_id: int, number: int) -> None:
    """Until workers have nothing left to do, saying how far it is; with a worker of our own if none runs."""
    tell_progress = Progress()
    with workers_running(parts) as look:
        while (view := cycles.get(parts, actor, rag_id, number)).state in _GOING_ON:
            tell_progress(view)
            look()
            time.sleep(LOOK_SECONDS)


def nothing(caller: Caller, rag: str, refused: Sequence[Refused], began: float) -> int:
    if not caller.json:
        raise Invalid("files", "all-refused", why=" ".join(r.why for r in refused))
    value: dict[str, object] = {
        "rag": rag,
        "cycle": None,
        "status": "refused",
        "documents": 0,
        "units": 0,
        "changes": 0,
        "seconds": round(time.monotonic() - began, 3),
        "refused": [_json(r) for r in refused],
    }
    tell(caller, value, "")
    return 1


def outcome(
    parts: Parts,
    caller: Caller,
    actor: Actor,
    rag: Rag,
    view: CycleView,
    refused: Sequence[Refused],
    began: float,
) -> int:
    read = [d for d in view.documents if not d.error]
    unreadable = [Refused(d.name, "unreadable", d.error) for d in view.documents if d.error]
    missing = [*refused, *unreadable]
    units = sum(d.units for d in view.documents)
    error = MESSAGES.get(view.error, view.error)
    aside = listing(parts, actor, rag.id or 0, view.number) if view.aside else ()
    value: dict[str, object] = {
        "rag": rag.name,
        "cycle": view.number,
        "status": str(view.state),
        "documents": len(read),
        "units": units,
        "changes": view.changes,
        "seconds": round(time.monotonic() - began, 3),
        "error": error,
        "estimate": asdict(view.estimate) if view.estimate else None,
        "spent": asdict(view.spent) if view.spent else None,
        "budget": view.budget,
        "aside": [asdict(a) for a in aside],
        "refused": [_json(r) for r in missing],
    }
    lines = [
        f"Cycle {view.number} of {rag.name}: {view.state}. {len(read)} documents, {units} text units, "
        f"{view.changes} changes."
    ]
    lines += [r.why for r in missing]
    lines += [f"{a.document}, passage {a.number}: put aside: {a.why}" for a in aside]
    lines += _costs(view)
    lines += [error] if error else []
    tell(caller, value, "\n".join(lines))
    return 1 if view.state in (CycleState.failed, CycleState.cancelled, CycleState.paused) else 0


def _costs(view: CycleView) -> list[str]:
    """What a language model was expected to take, and has taken."""
    lines = []
    if view.estimate:
        told = f"Expected: {view.estimate.calls} calls, {view.estimate.tokens} tokens"
        if view.estimate.seconds is not None:
            told += f", {view.estimate.seconds:.0f} s"
        lines.append(f"{told}, cost {view.estimate.cost:.4f}.")
    if view.spent:
        lines.append(
            f"Used: {view.spent.calls} calls, {view.spent.tokens} tokens, cost {view.spent.cost:.4f}; "
            f"budget {view.budget or 'unlimited'}."
        )
    return lines


def retry(parts: Parts, caller: Caller, name: str, number: int, budget: int | None, wait: bool) -> int:
    """Run a failed, cancelled or paused cycle on."""
    began = time.monotonic()
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    cycles.retry(parts, actor, rag.id, number, budget)
    if wait:
        wait_for(parts, actor, rag.id, number)
    return outcome(parts, caller, actor, rag, cycles.get(parts, actor, rag.id, number), (), began)


def _json(refused: Refused) -> dict[str, str]:
    return {"document": refused.name, "code": refused.code, "why": refused.why}
