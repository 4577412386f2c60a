"""A version of 100 thousand facts in every form: seconds, peak memory, size; read back by other readers.

Each export and each reader runs in a process of its own, whose highest resident memory is told. Things and
facts that the reader counts are held against those that were written.

    make bench-export                        100,000 facts
    ... --facts 20000 --forms csv graphml    fewer
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import networkx as nx
import pandas as pd
import pyoxigraph
import rdflib
from rdflib import Literal
from rdflib.namespace import RDF, XSD

from kg.export import FORMS, Texts, export
from kg.model import Content, Delta, Document, Entity, Evidence, Fact, TextUnit
from kg.rdf import quads
from kg.store.oxigraph import Oxigraph
from kg.versions import publish
from kg.vocab import Dataset
from tests import servers
from tests.worlds import World

DATASET = Dataset("https://portal.example/", 1)
PER_THING = 5  # facts: four to other things, one value
OXIGRAPH = {"trig": "TRIG", "nquads": "N_QUADS", "turtle": "TURTLE", "jsonld": "JSON_LD"}
RDFLIB = {"trig": "trig", "nquads": "nquads", "turtle": "turtle", "jsonld": "json-ld"}


def world(facts: int) -> Iterator[Content]:
    """People who know each other, each with a year; every fact with its quote."""
    small = World(DATASET)
    yield from (small.person, small.company, small.works_at, small.founded)
    things = facts // PER_THING
    iris = [DATASET.entity(f"Person {n}", n) for n in range(things)]
    for n, iri in enumerate(iris):
        quote = Evidence(
            f"d{n % 200}", n, n + 20, f"Person {n} is a person.", f"{n % 200}.txt", f"u{n // 10}"
        )
        yield Entity(iri, f"Person {n}", types=(small.person.iri,), evidence=(quote,))
        for k in range(1, PER_THING):
            other = iris[(n * 7 + k * 13) % things]
            told = Evidence(
                quote.document_id, n, n + 40, f"Person {n} works at {k}.", quote.document, quote.unit_id
            )
            yield Fact(iri, small.works_at.iri, other, confidence=0.8, cycle=1, version=1, evidence=(told,))
        year = Literal(str(1900 + n % 120), datatype=XSD.gYear)
        yield Fact(iri, small.founded.iri, year, cycle=1, version=1, evidence=(quote,))


def texts(things: int) -> Texts:
    documents = tuple(Document(f"d{n}", f"{n}.txt", f"Document {n}. " * 100) for n in range(200))
    units = (
        TextUnit(f"u{n}", f"d{n % 200}", f"{n % 200}.txt", n, 0, 20, f"Unit {n} of a text.", 8)
        for n in range(things // 10)
    )
    return Texts(documents, tuple(units))


def written(form: str, url: str, path: Path, things: int) -> int:
    with path.open("wb") as out:
        return export(Oxigraph(url), DATASET, out, form, texts=lambda: texts(things))


# ---- readers: things, facts


def by_oxigraph(form: str, path: Path) -> tuple[int, int]:
    things, facts, label = 0, 0, pyoxigraph.NamedNode(rdflib.RDFS.label)
    for quad in pyoxigraph.parse(path=str(path), format=getattr(pyoxigraph.RdfFormat, OXIGRAPH[form])):
        things += quad.predicate == label and "/entity/" in str(quad.subject)
        facts += quad.predicate.value == str(RDF.predicate)
    return things, facts


def by_rdflib(form: str, path: Path) -> tuple[int, int]:
    graph = rdflib.Graph() if form == "turtle" else rdflib.Dataset()
    graph.parse(str(path), format=RDFLIB[form])
    triples = (
        graph if isinstance(graph, rdflib.Graph) and form == "turtle" else (q[:3] for q in graph.quads())
    )
    things = facts = 0
    for s, p, _o in triples:
        things += p == rdflib.RDFS.label and "/entity/" in str(s)
        facts += p == RDF.predicate
    return things, facts


def by_networkx(_form: str, path: Path) -> tuple[int, int]:
    graph = nx.read_graphml(path, force_multigraph=True)
    return sum(d["kind"] == "thing" for _, d in graph.nodes(data=True)), graph.number_of_edges()


def by_pandas(form: str, path: Path) -> tuple[int, int]:
    if form == "csv":
        table = pd.read_csv(path, dtype=str)
        return table.subject_iri.nunique(), len(table)
    with zipfile.ZipFile(path) as archive:
        if form == "csv-zip":
            things, facts = (
                len(pd.read_csv(archive.open(f"{n}.csv"), dtype=str)) for n in ("things", "facts")
            )
            return things, facts
        rows = {
            n: len(pd.read_parquet(archive.open(f"{n}.parquet")))
            for n in ("entities", "relationships", "covariates")
        }
    return rows["entities"], rows["relationships"] + rows["covariates"]


def readers(form: str) -> dict[str, Callable[[str, Path], tuple[int, int]]]:
    if form in RDFLIB:
        return {"pyoxigraph": by_oxigraph, "rdflib": by_rdflib}
    return {"networkx": by_networkx} if form == "graphml" else {"pandas": by_pandas}


def measured(*arguments: str) -> dict[str, object]:
    """One measurement in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.export.bench_export", "--one", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def one(what: str, form: str, path: Path, url: str, things: int) -> None:
    began = time.perf_counter()
    told = written(form, url, path, things) if what == "write" else readers(form)[what](form, path)
    seconds = round(time.perf_counter() - began, 2)
    status = Path("/proc/self/status").read_text()  # getrusage tells the parent's
    memory = int(status.split("VmHWM:")[1].split()[0]) // 1024
    print(json.dumps({"told": told, "seconds": seconds, "peak_mb": memory}))


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--facts", type=int, default=100_000)
    asked.add_argument("--forms", nargs="+", default=list(FORMS))
    asked.add_argument("--readers", nargs="+", default=["pyoxigraph", "rdflib", "networkx", "pandas"])
    asked.add_argument("--one", nargs=5)
    given = asked.parse_args()
    if given.one:
        what, form, path, url, things = given.one
        one(what, form, Path(path), url, int(things))
        return
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        server = servers.oxigraph(Path(folder) / "oxigraph", timeout=300)
        try:
            said = frozenset(q for c in world(given.facts) for q in quads(DATASET, c))
            publish(Oxigraph(server.url), DATASET, Delta(add=said), 0, 1, "bench")
            things, facts = given.facts // PER_THING, given.facts // PER_THING * PER_THING
            print(f"{things:,} things, {facts:,} facts, {len(said):,} quads", flush=True)
            del said
            for form in given.forms:
                path = Path(folder) / f"out.{form}"
                made = measured("write", form, str(path), server.url, str(things))
                size = path.stat().st_size / 2**20
                print(
                    f"{form:9} written    {made['seconds']:>7} s {made['peak_mb']:>6} MB {size:8.1f} MB file"
                )
                for name in (r for r in readers(form) if r in given.readers):
                    found = measured(name, form, str(path), server.url, str(things))
                    same = found["told"] == [things, facts]
                    wrong += not same
                    print(
                        f"{'':9} {name:10} {found['seconds']:>7} s {found['peak_mb']:>6} MB "
                        f"{'equal counts' if same else found['told']}",
                        flush=True,
                    )
                path.unlink()
        finally:
            servers.end(server.pid)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
