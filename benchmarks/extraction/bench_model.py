"""How much time the pipeline adds to a language model's own: text units read by a model of fixed speed.

A real installation (queue, database, files) reads one document; the model answers each call after
`--seconds`, at most 8 in flight. Pure model time is calls x seconds / 8; aim: at most 5 % more on a machine
that does nothing else (processor seconds, the played model's included, tell what it needs).

    make bench-model        ... --units 200 --seconds 1
"""

import argparse
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from jobs import pipeline
from kg.llm import ModelProfile
from portal.models import CycleState, StepName
from tests import servers
from tests.installation import installed
from tests.scripted_model import Say, scripted

ANSWER = {
    "entities": [{"name": "Ann Lee", "type": "person"}, {"name": "Orb Systems", "type": "company"}],
    "relations": [{"subject": "Ann Lee", "predicate": "works at", "object": "Orb Systems"}],
}
PARAGRAPH = (
    "Number {n}: Ann Lee works at Orb Systems and looks after the lamps of the house, made of glass "
    "and of steel, and after everything else that has to be looked after in such a house by somebody."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    at_once = ModelProfile("extract", "scripted", "").in_flight
    text = "\n\n".join(PARAGRAPH.format(n=n) for n in range(chosen.units))
    with (
        tempfile.TemporaryDirectory() as folder,
        scripted(lambda _: Say(json.dumps(ANSWER), seconds=chosen.seconds)) as model,
    ):
        run = Path(folder) / "run"
        try:
            with installed("embedded", run, Path(folder) / "here", 1) as here:
                named = {"extract_model": "scripted", "extract_url": model.url}
                parts = replace(here.parts, settings=here.parts.settings.model_copy(update=named))
                here.upload(first_txt=PARAGRAPH)
                pipeline.run_cycle(parts, here.view(1).id, lambda: False)  # a worker has its modules loaded
                model.asked.clear()
                here.upload(house_txt=text)
                began, worked = time.monotonic(), time.process_time()
                pipeline.run_cycle(parts, here.view(2).id, lambda: False)
                steps = {s.name: s for s in here.view(2).steps}
                assert here.view(2).state is CycleState.review, here.view(2)
                worked = time.process_time() - worked
                took, all_ = steps[StepName.graphrag].elapsed or 0.0, time.monotonic() - began
        finally:
            servers.end_all(run)
    pure = len(model.asked) * chosen.seconds / at_once
    found = {
        "units": steps[StepName.graphrag].total,
        "calls": len(model.asked),
        "in flight": model.busiest[0],
        "pure s": round(pure, 2),
        "reading s": round(took, 2),
        "overhead %": round(100 * (took / pure - 1), 1),
        "all steps s": round(all_, 2),
        "processor s": round(worked, 2),
    }
    print(json.dumps(found) if chosen.json else "  ".join(f"{k} {v}" for k, v in found.items()))


if __name__ == "__main__":
    main()
