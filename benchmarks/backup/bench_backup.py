"""Backup of a knowledge base of a million facts, and its restore on an empty machine of either kind.

    make bench-backup                         a million facts
    ... --facts 100000                        fewer

Each command is a process of its own: seconds, its own greatest memory (MiB, without the stores'), and
for backups the seconds in which nobody could publish and the file's size. `ferag restore` itself compares
every graph's canonical hash and every table; at the end the hashes of both manifests are compared again.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.publish.bench_publish import bulk
from kg.model import Delta
from kg.store.terms import nt
from kg.versions import publish
from portal.embedded.running import running
from portal.models import Cycle, CycleKind, CycleState, Member, Rag, Role, User, Version
from portal.settings import Settings
from tests import servers
from tests.worlds import World

MEASURED = """
import resource, sys
from portal.cli import main
code = main(sys.argv[1:])
sys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
sys.exit(code)
"""


def fill(folder: Path, facts: int) -> None:
    """An embedded installation whose one knowledge base has so many facts."""
    with running(Settings(data_dir=folder, _env_file=None)) as parts, parts.session() as db:  # type: ignore[call-arg]
        user = User(email="ann@example.org", is_admin=True)
        db.add(user)
        db.flush()
        rag = Rag(name="Million", created_by=user.id or 0, version=1, cycles=1)
        db.add(rag)
        db.flush()
        cycle = Cycle(rag_id=rag.id or 0, number=1, kind=CycleKind.rdf, state=CycleState.approved,
                      version=1, created_by=user.id or 0)  # fmt: skip
        db.add_all([Member(rag_id=rag.id or 0, user_id=user.id or 0, role=Role.owner), cycle])
        db.flush()
        db.add(Version(rag_id=rag.id or 0, number=1, cycle_id=cycle.id or 0, approved_by=user.id or 0,
                       delta_key="rags/1/versions/1"))  # fmt: skip
        db.commit()
        dataset = parts.dataset(rag.id or 0)
        world = World(dataset)
        ontology = [
            f"{nt(s)} {nt(p)} {nt(o)} .\n" for s, p, o, g in world.delta().add if g == dataset.ontology
        ]
        parts.store.put(dataset, dataset.ontology, ["".join(ontology).encode()])
        for graph in (dataset.facts, dataset.provenance):
            parts.store.load(dataset, graph, bulk(world, graph, facts))
        publish(parts.store, dataset, Delta(), 0, 1, "loaded")


def ferag(environment: dict[str, str], *arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *arguments, "--json"],
        env={k: v for k, v in os.environ.items() if not k.startswith("FERAG_")} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return {**json.loads(done.stdout), "MiB": int(done.stderr.split()[-1]) // 1024}


def hashes(path: Path) -> list[tuple[str, int, str]]:
    with zipfile.ZipFile(path) as archive:
        said = json.loads(archive.read("manifest.json"))
    return [(g["graph"], g["quads"], g["hash"]) for g in said["graphs"]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--facts", type=int, default=1_000_000)
    facts = options.parse_args().facts
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

        def own(name: str, start: Callable[..., servers.Server]) -> servers.Server:
            return stack.enter_context(servers.own(start, folder / name))

        fill(folder / "one", facts)
        embedded = {"FERAG_DATA_DIR": str(folder / "one")}
        first = folder / "first.zip"
        show("backup of an embedded installation", ferag(embedded, "backup", str(first)))
        other = {"FERAG_DATA_DIR": str(folder / "two")}
        show("restore into another embedded one", ferag(other, "restore", str(first)))
        fuseki, database = own("fuseki", servers.fuseki), own("postgresql", servers.postgresql)
        remote = {
            "FERAG_DATA_DIR": str(folder / "three"),
            "FERAG_FUSEKI_URL": fuseki.url,
            "FERAG_FUSEKI_USER": fuseki.user,
            "FERAG_FUSEKI_PASSWORD": fuseki.password,
            "FERAG_DATABASE_URL": database.url.replace("+psycopg", ""),
        }
        show("restore onto Fuseki and PostgreSQL", ferag(remote, "restore", str(first)))
        second, third = folder / "second.zip", folder / "third.zip"
        ferag(other, "backup", str(second))
        show("backup of these servers", ferag(remote, "backup", str(third)))
        same = hashes(first) == hashes(second) == hashes(third)
        print("hashes of all graphs on all three: " + ("equal" if same else "DIFFERENT"))


def show(what: str, found: dict[str, object]) -> None:
    numbers = " ".join(
        f"{k}={found[k]:,}" for k in ("quads", "seconds", "paused", "bytes", "MiB") if k in found
    )
    print(f"{what:36} {numbers}", flush=True)


if __name__ == "__main__":
    main()
