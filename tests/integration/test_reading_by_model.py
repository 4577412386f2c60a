"""A cycle read by a language model: foreseen, paused at its budget, gone on, put aside."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from jobs import extraction, pipeline
from jobs.steps import schema
from kg.model import Kind
from portal import admin_models, aside, budgets, change_rows, cycles, document_list, documents, quotas
from portal.access import Actor
from portal.errors import Invalid
from portal.model_listing import Draft
from portal.models import Cycle, CycleState, Rag
from portal.quotas import Whose
from portal.wiring import Parts
from tests.installation import Installation
from tests.scripted_model import Say, ScriptedModel, scripted

PEOPLE = "\n\n".join(
    f"Person{n} Smith works at Company{n} Ltd. Company{n} Ltd was founded in {1900 + n} in Boston. "
    f"Company{n} Ltd has an office in London. Person{n} Smith lives in Paris with her two cats and a dog."
    for n in range(24)
)


KEY = "sk-a-key-that-nobody-sees"


def reading(body: dict[str, Any]) -> Say:
    """What a good model reads: who works where."""
    passage = body["messages"][-1]["content"]
    found = re.findall(r"(Person\d+ Smith) works at (Company\d+ Ltd)", passage)
    return Say(
        json.dumps(
            {
                "entities": [
                    {"name": n, "type": "person" if "Smith" in n else "company"} for f in found for n in f
                ],
                "relations": [
                    {"subject": a, "predicate": "works at", "object": b, "quote": f"{a} works at {b}"}
                    for a, b in found
                ],
            }
        ),
        seconds=0.05,
    )


@contextmanager
def read_by(
    here: Installation, script: Callable[[dict[str, Any]], Say]
) -> Iterator[tuple[ScriptedModel, Parts]]:
    """The installation with this model as its reader."""
    with scripted(script) as model:
        named = {"extract_model": "scripted", "extract_url": model.url}
        yield model, replace(here.parts, settings=here.parts.settings.model_copy(update=named))


def run(parts: Parts, here: Installation) -> None:
    pipeline.run_cycle(parts, here.view(1).id, lambda: False)


def budget(here: Installation, tokens: int) -> None:
    with here.parts.session() as db:
        rag = db.get_one(Rag, here.rag)
        rag.cycle_tokens = tokens
        db.add(rag)
        db.commit()


def test_a_budget_pauses_before_the_first_call_and_when_it_is_used_up(installation: Installation) -> None:
    here = installation
    budget(here, 60)
    here.upload(people_txt=PEOPLE)
    with read_by(here, reading) as (model, parts):
        run(parts, here)
        view = here.view(1)
        assert (view.state, view.error, model.asked) == (CycleState.paused, "budget-estimate", [])
        assert view.estimate is not None
        units = view.steps[0].total
        assert (view.estimate.calls, view.estimate.seconds) == (2 * units, None)
        assert view.estimate.tokens > units * 300  # the instructions are paid with each passage
        with pytest.raises(Invalid, match="new budget"):
            cycles.retry(parts, here.actor, here.rag, 1)
        cycles.retry(parts, here.actor, here.rag, 1, budget=60)
        run(parts, here)
        view = here.view(1)
        assert (view.state, view.error) == (CycleState.paused, "budget-used")
        assert view.spent is not None
        assert view.spent.tokens >= 60
        before = len(model.asked)
        assert before < 2 * units
        with pytest.raises(Invalid, match="larger"):
            cycles.retry(parts, here.actor, here.rag, 1, budget=60)
        cycles.retry(parts, here.actor, here.rag, 1, budget=0)
        run(parts, here)
        view = here.view(1)
        assert view.state is CycleState.review
        assert len(model.asked) == 2 * units  # nothing was asked twice
        assert view.spent is not None
        assert view.spent.calls == 2 * units


def test_each_document_says_what_its_reading_cost(installation: Installation) -> None:
    here = installation
    boss = Actor(here.actor.user_id, here.actor.email, is_admin=True)
    here.upload(long_txt=PEOPLE, short_txt=PEOPLE[:300])
    with scripted(reading) as model:
        draft = Draft("First", "vllm", model.url, "first", price_in=1.0, price_out=2.0)
        admin_models.serve(here.parts, boss, "extract", admin_models.add(here.parts, boss, draft, KEY))
        run(here.parts, here)
    long, short = document_list.everything(here.parts, here.actor, here.rag)
    whole = here.view(1).spent
    assert whole is not None
    assert long.spent.tokens + short.spent.tokens == whole.tokens
    assert long.spent.calls + short.spent.calls == whole.calls
    assert (long.spent.calls, short.spent.calls) == (2 * long.units, 2 * short.units)
    assert long.spent.cost > short.spent.cost > 0
    documents.read_again(here.parts, here.actor, here.rag, short.id)
    again = document_list.everything(here.parts, here.actor, here.rag)[1]
    assert (again.number, again.spent.calls) == (2, 0)


def test_a_passage_that_cannot_be_read_is_shown_and_read_again(installation: Installation) -> None:
    here = installation
    here.upload(people_txt=PEOPLE)
    stubborn = [True]

    def script(body: dict[str, Any]) -> Say:
        told = any("Person7" in m["content"] for m in body["messages"])
        return Say("I would rather not.") if told and stubborn[0] else reading(body)

    with read_by(here, script) as (_, parts):
        run(parts, here)
        view = here.view(1)
        assert (view.state, view.aside) == (CycleState.review, 1)
        (passage,) = aside.listing(parts, here.actor, here.rag, 1)
        assert passage.document == "people.txt"
        assert "Person7" in passage.excerpt
        assert "not of the form" in passage.why
        changes = view.changes
        stubborn[0] = False
        cycles.read_again(parts, here.actor, here.rag, 1)
        run(parts, here)
        view = here.view(1)
        assert (view.state, view.aside) == (CycleState.review, 0)
        assert view.changes > changes


def test_calls_in_flight_are_bounded_over_all_workers(installation: Installation) -> None:
    here = installation
    here.upload(people_txt="\n\n".join(PEOPLE.replace("Person", f"{x}Person") for x in "ABCD"))
    with read_by(here, lambda body: replace(reading(body), seconds=0.4)) as (model, parts):
        ended = threading.Event()

        def help_on() -> None:
            while not ended.wait(0.05):
                extraction.help_with(parts, here.view(1).id, ended.is_set)

        other = threading.Thread(target=help_on)
        other.start()
        try:
            run(parts, here)
        finally:
            ended.set()
            other.join(60)
        view = here.view(1)
        assert view.state is CycleState.review
        assert len(model.asked) == 2 * view.steps[0].total
        assert model.busiest[0] == 8


def test_a_model_chosen_on_the_page_reads_on_from_the_next_passages_and_its_price_counts(
    installation: Installation,
) -> None:
    here = installation
    boss = Actor(here.actor.user_id, here.actor.email, is_admin=True)
    here.upload(people_txt=PEOPLE)
    seen: list[str] = []
    lock = threading.Lock()

    def script(body: dict[str, Any]) -> Say:
        with lock:
            seen.append(body["model"])
            third = len(seen) == 3
        if third:  # while the cycle is being read
            admin_models.serve(here.parts, boss, "extract", later)
        return reading(body)

    with scripted(script) as model:
        draft = Draft("First", "vllm", model.url, "first", in_flight=1, price_in=1.0, price_out=2.0)
        first = admin_models.add(here.parts, boss, draft, KEY)
        later = admin_models.add(here.parts, boss, replace(draft, name="Later", model="later"), KEY)
        admin_models.serve(here.parts, boss, "extract", first)
        run(here.parts, here)
    view = here.view(1)
    assert view.state is CycleState.review
    assert seen[:3] == ["first"] * 3
    assert seen[-1] == "later"
    assert sorted(seen) == seen, "once changed, it stays"
    assert view.estimate is not None
    assert view.estimate.cost > 0
    assert view.spent is not None
    spend = quotas.spend(here.parts, boss, Whose.rag)[0]
    assert spend.cost == pytest.approx(view.spent.cost)
    assert quotas.days(here.parts, boss)[0].cost == pytest.approx(spend.cost)
    read = 10 * len(seen)  # tokens, as the server counts them
    assert spend.cost == pytest.approx((read * 1.0 + (view.spent.tokens - read) * 2.0) / 1e6)


def test_a_servers_words_about_a_wrong_key_are_kept_without_the_key(installation: Installation) -> None:
    here = installation
    boss = Actor(here.actor.user_id, here.actor.email, is_admin=True)
    here.upload(people_txt=PEOPLE)
    with scripted(lambda _: Say(f"Incorrect key provided: {KEY}.", status=401)) as model:
        number = admin_models.add(here.parts, boss, Draft("First", "vllm", model.url, "first"), KEY)
        admin_models.serve(here.parts, boss, "extract", number)
        run(here.parts, here)
    assert here.view(1).state is CycleState.failed
    assert "Incorrect key provided: ***" in here.view(1).error


def test_a_wrong_key_fails_the_cycle_at_once(installation: Installation) -> None:
    here = installation
    here.upload(people_txt=PEOPLE)
    with read_by(here, lambda _: Say("wrong key", status=401)) as (model, parts):
        run(parts, here)
    view = here.view(1)
    assert view.state is CycleState.failed
    assert "wrong key" in view.error
    assert len(model.asked) <= 8  # those that were in flight


def test_a_quota_of_the_knowledge_base_pauses_reading_and_it_goes_on_where_it_stopped(
    installation: Installation,
) -> None:
    here = installation
    boss = Actor(here.actor.user_id, here.actor.email, is_admin=True)
    here.upload(people_txt=PEOPLE)
    quotas.set_quota(here.parts, boss, Whose.rag, here.rag, 600)
    with read_by(here, reading) as (model, parts):
        run(parts, here)
        assert here.view(1).state is CycleState.paused
        assert here.view(1).error == "quota-used"
        used = quotas.spend(parts, boss, Whose.rag)[0].today
        assert used >= 600
        before = len(model.asked)
        cycles.retry(parts, here.actor, here.rag, 1)  # the quota still holds
        run(parts, here)
        assert (here.view(1).state, len(model.asked)) == (CycleState.paused, before)
        quotas.set_quota(parts, boss, Whose.rag, here.rag, None)
        cycles.retry(parts, here.actor, here.rag, 1)
        run(parts, here)
        assert here.view(1).state is CycleState.review
        asked = [json.dumps(body["messages"]) for body in model.asked]
        assert len(asked) == len(set(asked))  # nothing was read, and paid for, twice


def naming(name: Callable[[dict[str, Any]], Say]) -> Callable[[dict[str, Any]], Say]:
    """A model that reads who tinkers at what, and names terms by `name`."""

    def script(body: dict[str, Any]) -> Say:
        if body["messages"][-1]["content"].startswith("A property: "):
            return name(body)
        passage = body["messages"][-1]["content"]
        found = re.findall(r"(Person\d+ Smith) works at (Company\d+ Ltd)", passage)
        said = [
            {"subject": a, "predicate": "tinkers", "object": b, "quote": f"{a} works at {b}"}
            for a, b in found
        ]
        return Say(json.dumps({"entities": [], "relations": said}))

    return script


def proposed(here: Installation) -> set[str]:
    with here.parts.session() as db:
        found = [c for _, c in change_rows.all_changes(db, here.view(1).id)]
    return {c.predicate for c in found if c.kind is Kind.new_property}


@pytest.mark.parametrize(
    ("says", "name"),
    [
        (Say(json.dumps({"label": "tinkersAround", "comment": "Repairs things there."})), "tinkers around"),
        (Say("I would rather not."), "tinkers"),
        (Say("no", status=400), "tinkers"),
        (Say(json.dumps({"label": "works at"})), "tinkers"),
    ],
)
def test_the_model_names_a_proposed_relation_and_its_calls_count(
    installation: Installation, says: Say, name: str
) -> None:
    here = installation
    here.upload(people_txt=PEOPLE)
    with read_by(here, naming(lambda _: says)) as (model, parts):
        run(parts, here)
        assert here.view(1).state is CycleState.review
        assert proposed(here) == {name}
        view = here.view(1)
        assert view.spent is not None
        refused = 2 if says.status == 400 else 0  # by the schema, then in words: not paid for
        assert view.spent.calls == len(model.asked) - refused


def test_naming_waits_for_a_new_budget_like_reading(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = installation
    here.upload(people_txt=PEOPLE)
    resolve = schema.resolve

    def with_all_spent(*told: Any) -> Any:
        with here.parts.session() as db:
            cycle = db.get_one(Cycle, here.view(1).id)
            cycle.budget = budgets.spent(db, here.view(1).id).tokens
            db.add(cycle)
            db.commit()
        return resolve(*told)

    good = Say(json.dumps({"label": "tinkers around"}))
    with read_by(here, naming(lambda _: good)) as (model, parts):
        with monkeypatch.context() as patch:
            patch.setattr(schema, "resolve", with_all_spent)
            run(parts, here)
        assert (here.view(1).state, here.view(1).error) == (CycleState.paused, "budget-used")
        read = len(model.asked)
        cycles.retry(parts, here.actor, here.rag, 1, budget=0)
        run(parts, here)
        assert here.view(1).state is CycleState.review
        assert proposed(here) == {"tinkers around"}
        assert len(model.asked) == read + 1
