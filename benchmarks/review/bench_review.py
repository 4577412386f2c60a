"""How long the review page takes with 50,000 changes, in Chromium on a running portal.

`first` is from asking for the page (bundle in the browser's cache) to its first change; `empty` is a rerun
of the page of a cycle without changes; the others are reruns of the large page, and what they take above
`empty`. Medians of `--rounds`, in milliseconds; before them the services that the page calls.

    make bench-review
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright
from sqlmodel import Session

from kg.approved import Approved
from kg.merge import merge
from kg.model import ChangeSet, Entity, Evidence, Fact, Ontology, OntologyClass, Property
from kg.ontology import Induction
from kg.vocab import Dataset
from portal import accounts, change_rows, cycles, db, logins, rags, reviews
from portal.access import Actor
from portal.models import CycleKind, CycleState
from portal.review_rows import Filter
from portal.settings import Settings
from portal.wiring import Parts, wire
from tests.e2e.conftest import QUIET
from tests.e2e.portal import running

EMAIL, PASSWORD = "ann@example.org", "a long enough secret"
LIMITS = {"first": 1500.0, "filter": 500.0, "search": 500.0, "page": 500.0, "decide": 500.0}


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
        "safe in bulk": lambda: reviews.safe_in_bulk(parts, actor, rag, 2, facts),
        "choices": lambda: reviews.choices(parts, actor, rag, 2, "facts"),
        "others": lambda: reviews.others(parts, actor, rag, 2, 0),
    }
    for name, call in calls.items():
        print(f"service {name:20}{_median(call, 5):>9.0f} ms", flush=True)


def _median(act: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def measure(address: str, rounds: int) -> dict[str, float]:
    found = shutil.which("chromium")
    assert found, "apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET.split(" "))
        page = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="en-GB").new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{address}/")
        page.get_by_label("E-mail address").fill(EMAIL)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Knowledge bases")).to_be_visible()
        measured = {"empty": _empty(page, address, rounds)}
        measured |= _large(page, address, rounds)
        browser.close()
        return measured


def _empty(page: Page, address: str, rounds: int) -> float:
    page.goto(f"{address}/review?rag=1&cycle=1")
    expect(page.get_by_text("Nothing new")).to_be_visible()
    return _median(lambda: _rerun(page, lambda: page.keyboard.press("r")), rounds + 1)


def _rerun(page: Page, act: Callable[[], object]) -> None:
    """Until the page has been drawn again: Streamlit says so on its outermost element."""
    app = page.get_by_test_id("stApp")
    act()
    page.wait_for_timeout(20)
    expect(app).to_have_attribute("data-test-script-state", "notRunning")


def _large(page: Page, address: str, rounds: int) -> dict[str, float]:
    row = page.locator("[class*='st-key-row-']").first

    def first() -> None:
        page.goto(f"{address}/review?rag=1&cycle=2")
        expect(row).to_be_visible()

    measured = {"first": _median(first, rounds)}
    main = page.get_by_test_id("stMain")
    _rerun(page, main.locator("button", has_text="Facts").first.click)
    expect(row).to_be_visible()
    page.wait_for_timeout(1500)
    tabs = iter(["Things", "Facts"] * rounds)
    measured["filter"] = _median(
        lambda: _rerun(page, main.locator("button", has_text=next(tabs)).first.click), 2 * rounds
    )
    box = page.get_by_placeholder("Search in the changes")
    words = iter(f"Thing {n}" for n in range(11, 11 + rounds))

    def search() -> None:
        expect(box).to_have_count(1)  # the one of the tab before goes a moment later
        box.fill(next(words))
        _rerun(page, lambda: box.press("Enter"))

    measured["search"] = _median(search, rounds)
    box.fill("")
    _rerun(page, lambda: box.press("Enter"))
    turn = page.get_by_role("button", name="Next page")
    measured["page"] = _median(lambda: _rerun(page, turn.click), rounds)
    measured["decide"] = _median(
        lambda: _rerun(page, page.get_by_role("button", name="Accept", exact=True).first.click), rounds
    )
    return measured


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
