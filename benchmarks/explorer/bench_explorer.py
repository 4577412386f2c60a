"""How soon the explorer shows its first picture, in Chromium on a running portal; names found among many.

A firm with 10,000 people is drawn with 60, 200, 500, 1,000 and 2,000 of them: from asking for the page (the
bundle in the browser's cache) to the picture, and from choosing a number of them to its picture. Medians of
`--rounds`, in milliseconds; before them looking up names and ways, without a browser.

    make bench-explorer
"""

import argparse
import random
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from benchmarks.browser import EMAIL, PASSWORD, logged_in, median
from kg.index import Index, IndexDelta
from kg.index.index import Blank
from kg.index.network import around, join, shortest
from kg.model import Entity
from kg.retrieve.find import find
from kg.vocab import Dataset
from portal import accounts, db, logins, rags
from portal.settings import Settings
from portal.wiring import wire
from tests import explorer_world
from tests.e2e.portal import running

CAPS = (60, 200, 500, 1000, 2000)
LIMIT = 2000.0  # milliseconds to the first picture of 200 things
SYLLABLES = [a + b for a in "bcdfghklmnprstvz" for b in "aeiou"]


def names(many: int) -> None:
    """Looking names up among so many."""
    draw = random.Random(7)  # the same names every time
    words = ["".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))) for _ in range(many // 3)]
    dataset = Dataset("https://portal.example/", 1)
    things = [
        Entity(dataset.entity("n", n), " ".join(draw.choices(words, k=draw.randint(1, 3))).title())
        for n in range(many)
    ]
    with tempfile.TemporaryDirectory() as folder:
        index = Index(folder, Blank(4))
        index.apply(dataset, 1, IndexDelta(entities=tuple(things)))
        view = index.view(dataset, 1)
        assert view is not None
        view.entity_degree  # noqa: B018  # counted once for each version
        asked = {
            "a letter": "b",
            "a beginning": things[5].label[:3],
            "a name": things[5].label,
            "misspelt": things[5].label[:-1] + "q",
            "nobody": "zzzzzzzz",
        }
        for what, text in asked.items():
            print(f"find {what:12}{median(lambda t=text: find(view, t), 5):>9.1f} ms", flush=True)


def networks(links: int) -> None:
    """Neighbourhood and way in a graph of so many facts."""
    rng = np.random.default_rng(7)
    nodes = links // 3
    ends = np.stack([rng.integers(0, nodes, links), (rng.zipf(1.5, links) - 1) % nodes], axis=1)
    made = join(np.ones(nodes, bool), np.arange(nodes), ends, np.ones(links, bool))
    hub = int(np.argmax(np.diff(made.start)))
    print(f"network {links:,} facts, the largest thing has {int(np.diff(made.start).max()):,}", flush=True)
    print(f"around 3 hops{median(lambda: around(made, [hub], 3, 200), 5):>11.1f} ms", flush=True)
    print(f"shortest way {median(lambda: shortest(made, 1, nodes - 2, 8), 5):>11.1f} ms", flush=True)


def fill(folder: Path, neighbours: int) -> str:
    """A knowledge base with one firm and its people; the firm's IRI. The portal runs."""
    parts = wire(Settings(data_dir=folder, _env_file=None))  # type: ignore[call-arg]
    db.upgrade(parts.engine)
    explorer_world.without_vectors(parts)
    signed = logins.who(parts, accounts.register(parts, EMAIL, PASSWORD))
    assert signed is not None
    rag = rags.create(parts, signed.actor, "Crowd").id or 0
    told = explorer_world.Told("d1", "crowd.md")
    found = explorer_world.crowd(parts.dataset(rag), told, neighbours, neighbours // 3)
    explorer_world.lay_down(parts, signed.actor, rag, found)
    parts.close()
    return str(found.entities[0].iri)


def measure(address: str, hub: str, rounds: int) -> None:
    with logged_in(address) as page:

        def first(cap: int) -> None:
            page.goto(f"{address}/graph?rag=1&thing={hub}&cap={cap}")
            _drawn(page, cap)

        first(60)  # the process has read the index
        for cap in (60, 200):
            limit = f"   at most {LIMIT:.0f}" if cap == 200 else ""
            print(
                f"first picture of {cap:>3}{median(partial(first, cap), rounds):>9.0f} ms{limit}", flush=True
            )
        first(60)
        for cap in CAPS[1:]:
            _choose(page, CAPS[CAPS.index(cap) - 1], cap)  # warm
            _choose(page, cap, 60)
            times = []
            for _ in range(rounds):
                began = time.perf_counter()
                _choose(page, 60, cap)
                times.append(1000 * (time.perf_counter() - began))
                _choose(page, cap, 60)
            print(f"picture of {cap:>5,}{statistics.median(times):>13.0f} ms", flush=True)


def _choose(page: Page, now: int, cap: int) -> None:
    """Another number of things; until they are drawn."""
    if now == cap:
        return
    box = page.get_by_role("combobox", name="At most")
    box.click()
    page.get_by_role("option", name=f"{cap:,}", exact=True).click()
    _drawn(page, cap)


def _drawn(page: Page, cap: int) -> None:
    page.wait_for_function(
        "(many) => document.querySelector('.f-picture[data-drawn]')?.cy?.nodes().length === many", arg=cap
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--neighbours", type=int, default=10_000)
    options.add_argument("--names", type=int, default=100_000)
    options.add_argument("--facts", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    networks(chosen.facts)
    names(chosen.names)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(folder, {"FERAG_WORKERS": "0"}) as address:
            began = time.monotonic()
            hub = fill(folder / "data", chosen.neighbours)
            print(
                f"{chosen.neighbours:,} neighbours laid down in {time.monotonic() - began:.0f} s", flush=True
            )
            measure(address, hub, chosen.rounds)


if __name__ == "__main__":
    main()
