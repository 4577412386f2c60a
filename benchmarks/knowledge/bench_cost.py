"""Merging the same cycle into an approved graph of 10 thousand, 100 thousand and 1 million facts.

Cost has to follow the change: for each size the seconds of every part, the processor time of this process
and the store together (`cpu`, which other programs on the machine do not stretch), and the peak of
Python's own memory; at the end how much the last size costs over the first (aim: at most 1.5 times).

    ... --sizes 10000 100000 1000000 --facts 300 --rounds 3
"""

import argparse
import json
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from rdflib import URIRef

from benchmarks.publish.bench_publish import PER_ENTITY, bulk
from kg import changes, names
from kg.approved import Approved, ApprovedGraph
from kg.merge import merge, touched
from kg.model import Delta, Evidence, Resolution, ResolvedEntity, ResolvedRelation
from kg.ontology import induce
from kg.store import GraphStore
from kg.store.oxigraph import Oxigraph
from kg.store.terms import nt
from kg.validate import validate
from kg.versions import publish
from kg.vocab import Dataset
from tests import servers
from tests.worlds import World

ABOUT_ONE = 2_000  # facts looked at about one thing


def load(store: GraphStore, dataset: Dataset, facts: int) -> None:
    """An approved graph of this many facts."""
    world = World(dataset)
    store.create(dataset)
    lines = (f"{nt(s)} {nt(p)} {nt(o)} .\n" for s, p, o, g in world.delta().add if g == dataset.ontology)
    store.put(dataset, dataset.ontology, ["".join(lines).encode()])
    for graph in (dataset.facts, dataset.provenance):
        store.load(dataset, graph, bulk(world, graph, facts))
    publish(store, dataset, Delta(), 0, 1, "loaded")


def cycle(dataset: Dataset, facts: int) -> Resolution:
    """People of the smallest graph who joined new companies, one fact each."""
    things: list[ResolvedEntity] = []
    relations: list[ResolvedRelation] = []
    for n in range(facts):
        person = URIRef(f"{dataset.root}entity/person-{n}")
        said = f"Person {n} joined New Firm {n} in May 2025."
        evidence = (Evidence("d-new", n * 100, n * 100 + len(said), said, "new.txt", f"u-{n}"),)
        firm = dataset.entity(f"New Firm {n}", "company")
        things.append(
            ResolvedEntity(person, f"Person {n}", "en", ("person",), evidence=evidence, approved=True)
        )
        things.append(ResolvedEntity(firm, f"New Firm {n}", "en", ("company",), evidence=evidence))
        relations.append(ResolvedRelation(person, "joined", firm, description=said, evidence=evidence))
    return Resolution(tuple(things), tuple(relations))


def once(store: GraphStore, dataset: Dataset, resolution: Resolution) -> dict[str, float]:
    """Seconds of each part of one merge."""
    graph, took = ApprovedGraph(store, dataset), dict[str, float]()

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        took[name] = time.perf_counter() - began

    with timed("candidates"):
        graph.entities_by_key({k for e in resolution.entities for k in names.keys(e.label)})
    with timed("induce"):
        ontology = graph.ontology()
        known = graph.entities(e.iri for e in resolution.entities if e.approved)
        induction = induce(dataset, resolution, ontology, None, known)
    with timed("approved"):
        iris = touched(induction, resolution.merges)
        approved = Approved(ontology, graph.entities(iris), graph.facts_about(iris, limit=ABOUT_ONE))
    with timed("merge"):
        found = merge(dataset, induction, (), approved, 1, cycle=2)
    with timed("validate"):
        found = validate(dataset, found, approved)
    with timed("delta"):
        changes.delta(dataset, found.changes, 2)
    took["all"] = sum(took.values())
    took["changes"] = len(found.changes)
    return took


def settled(server: psutil.Process, seconds: float = 2.0) -> None:
    """Wait until the store has put what it loaded in order: that is the load's cost, not the merge's."""
    busy = 1.0
    while busy > 0.05:
        before = server.cpu_times()
        time.sleep(seconds)
        after = server.cpu_times()
        busy = (after.user + after.system - before.user - before.system) / seconds


def measure(
    store: GraphStore, dataset: Dataset, facts: int, rounds: int, server: psutil.Process
) -> dict[str, float]:
    resolution = cycle(dataset, facts)
    settled(server)
    once(store, dataset, resolution)  # the first run reads tables and fills caches

    def cpu() -> float:
        used = server.cpu_times()
        return time.process_time() + used.user + used.system

    runs = []
    for _ in range(rounds):
        began = cpu()
        runs.append(once(store, dataset, resolution))
        runs[-1]["cpu"] = cpu() - began
    tracemalloc.start()
    once(store, dataset, resolution)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return {k: min(r[k] for r in runs) for k in runs[0]} | {"peak MiB": peak}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--facts", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    chosen.facts = min(chosen.facts, min(chosen.sizes) // PER_ENTITY)
    rows = []
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory() as folder:
            server = servers.oxigraph(Path(folder), timeout=120)
            try:
                dataset, store = Dataset("https://bench.example/", 1), Oxigraph(server.url)
                load(store, dataset, size)
                rows.append(
                    {"facts": size}
                    | measure(store, dataset, chosen.facts, chosen.rounds, psutil.Process(server.pid))
                )
            finally:
                servers.end(server.pid)
        print(json.dumps(rows[-1]) if chosen.json else _line(rows[-1]), flush=True)
    grew = {k: round(rows[-1][k] / rows[0][k], 2) for k in ("all", "cpu", "peak MiB")}
    print(json.dumps({"grew": grew}) if chosen.json else f"last over first: {grew} (aim: at most 1.5)")


def _line(row: dict[str, float]) -> str:
    return "  ".join(f"{k} {v:,.3f}" if isinstance(v, float) else f"{k} {v:,}" for k, v in row.items())


if __name__ == "__main__":
    main()
