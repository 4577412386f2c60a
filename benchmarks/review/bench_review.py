"""How long the review page takes with 50,000 changes, in Chromium on a running portal.

`first` is from asking for the page (bundle in the browser's cache) to its first change; `empty` is a rerun
of the page of a cycle without changes; the others are from a key or a click on the large page until what was
asked for is there and the page has been drawn to its end, and what they take above `empty`. Medians of
`--rounds`, in milliseconds; before them the services that the page calls. Half of the relations are accepted,
so that there are verdicts to choose from.

    make bench-review
"""

import argparse
import itertools
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from sqlmodel import Session

from benchmarks.browser import EMAIL, PASSWORD, logged_in, median
from kg.approved import Approved
from kg.merge import merge
from kg.model import ChangeSet, Decision, Entity, Evidence, Fact, Ontology, OntologyClass, Property
from kg.ontology import Induction
from kg.vocab import Dataset
from portal import accounts, change_rows, cycles, db, decisions, logins, rags, reviews
from portal.access import Actor
from portal.models import CycleKind, CycleState
from portal.review_rows import Filter
from portal.settings import Settings
from portal.wiring import Parts, wire
from tests.e2e.portal import running

LIMITS = {"first": 1500.0} | dict.fromkeys(("tab", "verdict", "relation", "search", "page", "decide"), 500.0)


def world(dataset: Dataset, changes: int) -> ChangeSet:
    """About this many changes: people who work with each other at firms, each fact with its quote."""
    classes = [OntologyClass(dataset.class_(f"Kind {n}"), f"Kind {n}") for n in range(20)]
    properties = [Property(dataset.property_(f"relation {n}"), f"relation {n}", "object") for n in range(60)]
    things = changes // 4
    entities = [
        Entity(
            dataset.entity("thing", n),
            f"Thing {n}",
            types=(classes[n % 20].iri,),
            evidence=(Evidence(f"d{n % 40}", n, n + 8, f"Thing {n}", f"document {n % 40}.txt", f"u{n}"),),
        )
        for n in range(things)
    ]
    facts = [
        Fact(
            entities[n % things].iri,
            properties[n % 60].iri,
            entities[(n * 7 + 1) % things].iri,
            confidence=0.5 + (n % 50) / 100,
            evidence=(
                Evidence(
                    f"d{n % 40}", n, n + 30, f"Thing {n % things} does so.", f"document {n % 40}.txt", f"u{n}"
                ),
            ),
        )
        for n in range(changes - things - 80)
    ]
    induction = Induction(Ontology(tuple(classes), tuple(properties)), tuple(entities), tuple(facts))
    return merge(dataset, induction, (), Approved(), 0, cycle=1)


def fill(folder: Path, changes: int) -> None:
    """A data folder with a small cycle, an empty one and a large one in review."""
    parts = wire(Settings(data_dir=folder, _env_file=None))  # type: ignore[call-arg]
    db.upgrade(parts.engine)
    signed = logins.who(parts, accounts.register(parts, EMAIL, PASSWORD))
    assert signed is not None
    rag = rags.create(parts, signed.actor, "Large").id or 0
    for size in (0, changes):
        found = world(parts.dataset(rag), size) if size else ChangeSet(0)
        with parts.session() as opened:
            began = time.monotonic()
            _in_review(opened, rag, signed.actor, found)
            if size:
                print(
                    f"{len(found.changes):,} changes staged in {time.monotonic() - began:.1f} s", flush=True
                )
    terms = reviews.rows(parts, signed.actor, rag, 2, Filter(tab="ontology"), size=100).rows
    half = [r.id for r in terms if not r.predicate.endswith(tuple("13579"))]
    began = time.monotonic()
    decisions.decide(parts, signed.actor, rag, 2, half, Decision.accepted)
    print(f"{len(half)} kinds and relations accepted in {time.monotonic() - began:.1f} s", flush=True)
    _services(parts, signed.actor, rag)
    parts.close()


def _in_review(opened: Session, rag: int, actor: Actor, found: ChangeSet) -> None:
    cycle = cycles.create(opened, rag, CycleKind.upload, "Large", actor.user_id or 0)
    change_rows.replace(opened, cycle.id or 0, found)
    cycle.state, cycle.base_version = CycleState.review, 0
    opened.add(cycle)
    opened.commit()


def _services(parts: Parts, actor: Actor, rag: int) -> None:
    facts = Filter(tab="facts")
    calls: dict[str, Callable[[], object]] = {
        "summary": lambda: reviews.summary(parts, actor, rag, 2),
        "rows": lambda: reviews.rows(parts, actor, rag, 2, facts, size=20),
        "rows of page 1000": lambda: reviews.rows(parts, actor, rag, 2, facts, page=1000, size=20),
        "rows by verdict": lambda: reviews.rows(
            parts, actor, rag, 2, Filter(tab="facts", verdict="needs_ontology"), size=20
        ),
        "rows by words": lambda: reviews.rows(
            parts, actor, rag, 2, Filter(tab="facts", text="thing 77"), size=20
        ),
        "safe in bulk": lambda: reviews.safe_in_bulk(parts, actor, rag, 2, facts),
        "choices": lambda: reviews.choices(parts, actor, rag, 2, "facts"),
        "others": lambda: reviews.others(parts, actor, rag, 2, 0),
    }
    for name, call in calls.items():
        print(f"service {name:20}{median(call, 5):>9.0f} ms", flush=True)


def measure(address: str, rounds: int) -> dict[str, float]:
    with logged_in(address) as page:
        return {"empty": _empty(page, address, rounds), **_large(page, address, rounds)}


RUNS = """app => {
  window.runs = 0;
  new MutationObserver(() => { window.runs += app.dataset.testScriptState === "notRunning" })
    .observe(app, {attributes: true, attributeFilter: ["data-test-script-state"]});
}"""


def _empty(page: Page, address: str, rounds: int) -> float:
    """A whole run is begun by the key r and leaves the page as it is: its end is counted."""
    page.goto(f"{address}/review?rag=1&cycle=1")
    expect(page.get_by_text("Nothing new")).to_be_visible()
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    app.evaluate(RUNS)

    def rerun() -> None:
        before = page.evaluate("window.runs")
        page.keyboard.press("r")
        page.wait_for_function("n => window.runs > n", arg=before)

    return median(rerun, rounds + 2)


def _large(page: Page, address: str, rounds: int) -> dict[str, float]:
    rows, main = page.locator("[class*='st-key-row-']"), page.get_by_test_id("stMain")
    sentence = rows.first.locator(".f-sentence")

    def first() -> None:
        page.goto(f"{address}/review?rag=1&cycle=2")
        expect(rows.first).to_be_visible()

    def tab(name: str, shows: str) -> None:
        main.locator("button", has_text=name).first.click()
        _drawn(page, sentence, shows)

    measured = {"first": median(first, rounds)}
    tab("Facts", "relation")
    turns = itertools.cycle([("Things", "Kind"), ("Facts", "relation")])
    measured["tab"] = median(lambda: tab(*next(turns)), 2 * rounds)
    chip = rows.first.locator(".f-chip")
    verdicts = itertools.cycle([("One source",) * 2, ("Needs a new kind or relation",) * 2])
    measured["verdict"] = _chosen(page, "Sort of change", chip.first, verdicts, rounds)
    relations = itertools.cycle([(f"relation {n}",) * 2 for n in range(1, 60, 2)])
    measured["relation"] = _chosen(page, "Relation", sentence, relations, rounds)
    tab("Things", "Kind")
    box = page.get_by_placeholder("Search in the changes")
    words = iter(f"Thing {n}" for n in range(11, 11 + rounds))

    def search() -> None:
        said = next(words)
        box.fill(said)
        box.press("Enter")
        _drawn(page, sentence, said)

    measured["search"] = median(search, rounds)
    box.fill("")
    box.press("Enter")
    at = page.get_by_text(re.compile("^Page "))
    _drawn(page, at, "Page 1 of")
    numbers = itertools.count(2)

    def turn() -> None:
        page.get_by_role("button", name="Next page").click()
        _drawn(page, at, f"Page {next(numbers)} of")

    measured["page"] = median(turn, rounds)
    undo = main.get_by_role("button", name="Undo")
    many = itertools.count(undo.count() + 1)

    def decide() -> None:
        main.get_by_role("button", name="Accept", exact=True).first.click()
        expect(undo).to_have_count(next(many))
        _ended(page)

    measured["decide"] = median(decide, rounds)
    return measured


def _chosen(page: Page, label: str, shows: Locator, options: Iterator[tuple[str, str]], rounds: int) -> float:
    """From choosing an option of a filter until its rows are there."""
    page.get_by_test_id("stMain").get_by_role("button", name="Filter").click()
    box = page.get_by_test_id("stSelectbox").filter(has_text=label).get_by_role("combobox")
    times = []

    def choose(option: str) -> float:
        box.fill(option)  # of many, only those in sight are there
        entry = page.get_by_role("option", name=option, exact=True)
        expect(entry).to_be_visible()
        began = time.perf_counter()
        entry.click()
        return began

    for option, shown in itertools.islice(options, rounds):
        began = choose(option)
        _drawn(page, shows, shown)
        times.append(1000 * (time.perf_counter() - began))
    choose("all")
    page.keyboard.press("Escape")
    _ended(page)
    return statistics.median(times)


def _drawn(page: Page, what: Locator, shows: str) -> None:
    """Until it shows what was asked for, and the run that drew it has ended."""
    expect(what).to_contain_text(shows)
    _ended(page)


def _ended(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--changes", type=int, default=50_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--services", action="store_true", help="without a browser")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "data", chosen.changes)
        if chosen.services:
            return
        with running(folder, {"FERAG_WORKERS": "0"}) as address:
            measured = measure(address, chosen.rounds)
    for name, milliseconds in measured.items():
        above = milliseconds if name in ("first", "empty") else milliseconds - measured["empty"]
        limit = f"   at most {LIMITS[name]:.0f}" if name in LIMITS else ""
        print(f"page {name:10}{milliseconds:>9.0f} ms   above the empty rerun {above:>7.0f} ms{limit}")


if __name__ == "__main__":
    main()
