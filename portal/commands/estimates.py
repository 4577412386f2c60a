"""`ferag estimate`: what a model would take to read files, from their own tokens; nothing is stored."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from portal import estimates
from portal.commands.common import Caller, enter, tell
from portal.commands.documents import files_of
from portal.wiring import Parts


def estimate(parts: Parts, caller: Caller, name: str, paths: Sequence[Path]) -> int:
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    files = ((path.name, path.read_bytes()) for path, _ in files_of(paths))
    foreseen = estimates.of_files(parts, actor, rag.id, files)
    found = foreseen.estimate
    if found is None:
        tell(
            caller,
            {"rag": rag.name, "units": foreseen.units, "estimate": None},
            f"{foreseen.units} text units, {foreseen.tokens} tokens. "
            "No language model reads here: nothing is paid.",
        )
        return 0
    time = f", {found.seconds:.0f} s" if found.seconds is not None else ""
    tell(
        caller,
        {"rag": rag.name, "units": foreseen.units, "estimate": asdict(found) | {"tokens": found.tokens}},
        f"{foreseen.units} text units: {found.calls} calls, {found.tokens} tokens{time}, "
        f"cost {found.cost:.4f}.",
    )
    return 0
