"""What a change of 1,000 facts costs on 10 thousand, 100 thousand and 1 million approved facts.

For each store and size: the bare update request sent by hand, publish, rollback, compare (both
deltas read from N-Quads, composed, its things named). Medians in milliseconds, the rounds going
from size to size in turn; `factor` is publish over the bare request; the last lines say how each grew
from the first size to the last.

    make bench-publish                       all sizes, both stores
    ... --sizes 10000 100000 --rounds 5      fewer
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from rdflib import URIRef

from kg import rdf
from kg.approved import ApprovedGraph
from kg.contents import contents
from kg.deltas import compose
from kg.model import Delta, Entity, Evidence, Fact
from kg.store import GraphStore
from kg.store.fuseki import Fuseki
from kg.store.oxigraph import Oxigraph
from kg.store.terms import nt
from kg.versions import publish
from kg.vocab import Dataset
from tests import servers
from tests.worlds import World

CHANGE = 1_000
PER_ENTITY = 5  # facts
WARM = 3  # rounds that do not count
MEASURED = ("bare", "publish", "rollback", "compare")


def person(dataset: Dataset, n: int) -> URIRef:
    return URIRef(f"{dataset.root}entity/person-{n}")


def template(dataset: Dataset, *contents_: Entity | Fact) -> dict[URIRef, str]:
    """The lines of contents, by graph, with @n@ for what tells one from the next."""
    lines: dict[URIRef, list[str]] = {g: [] for g in dataset.approved}
    for content in contents_:
        for s, p, o, g in sorted(rdf.quads(dataset, content), key=lambda q: q[:2]):
            lines[g].append(f"{nt(s)} {nt(p)} {nt(o)} .\n")
    text = {}
    for graph, found in lines.items():
        joined = "".join(found)
        for kind in ("assertion", "evidence"):
            joined = _numbered(joined, f"{dataset.root}{kind}/")
        text[graph] = joined
    return text


def _numbered(text: str, prefix: str) -> str:
    """Digests become numbers: nodes of their own for each copy, and no digest to compute."""
    head, *rest = text.split(prefix)
    return head + "".join(f"{prefix}@n@{piece[24:]}" for piece in rest)


def bulk(world: World, graph: URIRef, facts: int) -> Iterator[bytes]:
    """The approved graph: people who each work at PER_ENTITY companies."""
    d = world.dataset
    one = Entity(
        person(d, 0), "Person 00", types=(world.person.iri,), description="Person 00 is a person.",
        evidence=(Evidence("d1", 1, 9, "Person 00", "a.txt", "u-00"),),
    )  # fmt: skip
    fact = Fact(
        one.iri, world.works_at.iri, URIRef(f"{d.root}entity/company-0"), cycle=1, version=1,
        evidence=(Evidence("d1", 1, 30, "Person 00 works at Company 00.", "a.txt", "u-00"),),
    )  # fmt: skip
    entity_lines, fact_lines = template(d, one)[graph], template(d, fact)[graph]
    piece: list[str] = []
    for n in range(facts // PER_ENTITY):
        named = entity_lines.replace("person-0>", f"person-{n}>").replace(" 00", f" {n}")
        piece.append(named.replace("@n@", f"e{n}").replace('"person-00"', f'"person-{n}"'))
        for k in range(PER_ENTITY):
            m = n * PER_ENTITY + k
            line = fact_lines.replace("person-0>", f"person-{n}>").replace(" 00", f" {n}")
            piece.append(line.replace("company-0>", f"company-{m % 5003}>").replace("@n@", f"f{m}"))
        if len(piece) > 2_000:
            yield "".join(piece).encode()
            piece = []
    yield "".join(piece).encode()


def change(world: World, facts: int, seed: int) -> Delta:
    """1,000 new facts about approved things anywhere in the graph."""
    chance, d, made = random.Random(seed), world.dataset, []
    for n in range(CHANGE):
        quote = f"Number {n} also founded company {seed}."
        made.append(
            replace(
                world.alice_at_acme,
                subject=person(d, chance.randrange(facts // PER_ENTITY)),
                object=d.entity("Founded", seed, n),
                description="",
                evidence=(Evidence(f"d{seed}", n * 50, n * 50 + len(quote), quote, "b.txt", f"u-{n}"),),
            )
        )
    return world.delta(*made)


def bare(delta: Delta, verb: str) -> str:
    """The same change as anyone would send it by hand: no marker, no guard."""
    graphs: dict[URIRef, list[str]] = {}
    for s, p, o, g in delta.add:
        graphs.setdefault(g, []).append(f"{nt(s)} {nt(p)} {nt(o)} .\n")
    blocks = "".join(f"GRAPH {nt(g)} {{\n{''.join(sorted(lines))}}}\n" for g, lines in sorted(graphs.items()))
    return f"{verb} DATA {{ {blocks} }}"


def compare(graph: ApprovedGraph, deltas: list[bytes]) -> int:
    """What changed, with the names to say it: the number of facts."""
    parts = [Delta(add=rdf.from_nquads(data)) for data in deltas]
    found = [c for c in contents(graph.dataset, compose(parts).add) if isinstance(c, Fact)]
    graph.names({f.subject for f in found} | {f.object for f in found if isinstance(f.object, URIRef)})
    return len(found)


class Measured:
    """One knowledge base of `facts` approved facts, and what each act on it took (milliseconds)."""

    def __init__(self, store: GraphStore, dataset: Dataset, facts: int) -> None:
        self.store, self.dataset, self.facts = store, dataset, facts
        self.world, self.graph = World(dataset), ApprovedGraph(store, dataset)
        self.version = 1
        self.times: dict[str, list[float]] = {name: [] for name in MEASURED}
        begun = time.monotonic()
        self._load()
        self.load_seconds = time.monotonic() - begun

    def _load(self) -> None:
        store, d = self.store, self.dataset
        store.create(d)
        ontology = "".join(
            f"{nt(s)} {nt(p)} {nt(o)} .\n" for s, p, o, g in self.world.delta().add if g == d.ontology
        )
        store.put(d, d.ontology, [ontology.encode()])
        for graph in (d.facts, d.provenance):
            store.load(d, graph, bulk(self.world, graph, self.facts))
        publish(store, d, Delta(), 0, 1, "loaded")

    def round(self, seed: int, kept: bool) -> None:
        store, d, v = self.store, self.dataset, self.version
        delta = change(self.world, self.facts, seed)
        undo, half = delta.inverse(), rdf.to_nquads(delta.add)
        insert, delete = bare(delta, "INSERT"), bare(delta, "DELETE")
        self._timed("bare", lambda: store.update(d, insert), kept)
        store.update(d, delete)
        self._timed("publish", lambda: publish(store, d, delta, v, v + 1, f"p{v}"), kept)
        self._timed("compare", lambda: compare(self.graph, [half]), kept)
        self._timed("rollback", lambda: publish(store, d, undo, v + 1, v + 2, f"r{v}"), kept)
        self.version += 2

    def _timed(self, name: str, act: Callable[[], object], kept: bool) -> None:
        start = time.perf_counter()
        act()
        if kept:
            self.times[name].append(1000 * (time.perf_counter() - start))

    def row(self) -> dict[str, float]:
        medians = {name: statistics.median(found) for name, found in self.times.items()}
        factor = medians["publish"] / medians["bare"]
        return {"facts": self.facts, "load_s": self.load_seconds, **medians, "factor": factor}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    options.add_argument("--stores", nargs="+", default=["oxigraph", "fuseki"])
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--out", type=Path, help="write the numbers as JSON")
    chosen, results = options.parse_args(), []
    columns = ("load_s", "bare", "publish", "factor", "rollback", "compare")
    print(f"{'store':10}{'facts':>10}" + "".join(f"{c:>10}" for c in columns), flush=True)
    for name in chosen.stores:
        rows = measure(name, chosen.sizes, chosen.rounds)
        for row in rows:
            print(f"{name:10}{row['facts']:>10,}" + "".join(f"{row[c]:>10.1f}" for c in columns))
        growth = {c: rows[-1][c] / rows[0][c] for c in MEASURED}
        cells = (f"{growth[c]:>10.2f}" if c in growth else " " * 10 for c in columns)
        print(f"{name:10}{'growth':>10}" + "".join(cells), flush=True)
        results.append({"store": name, "rows": rows, "growth": growth})
    if chosen.out:
        chosen.out.write_text(json.dumps(results, indent=1))


def measure(name: str, sizes: list[int], rounds: int) -> list[dict[str, float]]:
    """A server for each size; the rounds go from one to the next, so that a slow moment hits them all."""
    with ExitStack() as ending:
        measured = []
        for number, size in enumerate(sizes):
            folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
            server = ending.enter_context(
                servers.own(servers.fuseki if name == "fuseki" else servers.oxigraph, folder)
            )
            store: GraphStore = (
                Fuseki(server.url, server.user, server.password) if server.user else Oxigraph(server.url)
            )
            measured.append(Measured(store, Dataset("https://portal.example/", number + 1), size))
        for n in range(WARM + rounds):
            for one in measured:
                one.round(n, kept=n >= WARM)
        return [one.row() for one in measured]


if __name__ == "__main__":
    main()
