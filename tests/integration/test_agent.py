"""The agent before a model that a test writes: its steps, their bounds, stop, and what it may not do."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from kg.answer import Done, Stage
from kg.model import Ontology
from kg.retrieve import Mode
from portal import chats, publishing, questions, tokens, tools, versions
from portal.access import Actor, Scope
from portal.errors import BeyondScope, Conflict, NotFound
from portal.models import Member, MessageState
from portal.options import AskMode, Options
from portal.wiring import Parts
from tests.people import Team, make_team
from tests.scripted_model import Say, ScriptedModel, scripted
from tests.worlds import World

pytestmark = pytest.mark.parametrize("parts", ["embedded"], indirect=True)
WHERE = "Where was the company founded at which Alice Smith worked?"
Steps = list[tuple[str, str]]


@pytest.fixture
def team(parts: Parts) -> Team:
    made = make_team(parts)
    world = World(made.dataset)
    number = made.review(
        Ontology((world.person, world.company), (world.works_at, world.founded)),
        (world.alice, world.bob, world.acme),
        (world.alice_at_acme, world.bob_at_acme, world.acme_founded),
    )
    versions.approve(parts, made.owner, made.rag_id, number, all_=True)
    assert publishing.run(parts, made.cycle_id(number)) is not None
    return made


def steps(body: dict[str, Any]) -> int | None:
    """Which step a model is asked for; None if it is asked for something else."""
    if "You gather what is needed" not in body["messages"][0]["content"]:
        return None
    return sum(m["role"] == "assistant" for m in body["messages"])


def takes(*chosen: tuple[str, str], prose: str = "ACME was founded in 1999 [1].") -> Callable[..., Say]:
    """A model that takes these steps, then answers."""

    def script(body: dict[str, Any]) -> Say:
        n = steps(body)
        if n is None:
            return Say(prose)
        tool, given = chosen[n] if n < len(chosen) else ("answer", "")
        return Say(json.dumps({"why": "", "tool": tool, "input": given}))

    return script


def asked(team: Team, model: ScriptedModel, question: str = WHERE, **how: Any) -> tuple[Any, list[Stage]]:
    settings = team.parts.settings.model_copy(update={"chat_url": model.url, "chat_model": "scripted"})
    parts, actor = replace(team.parts, settings=settings), how.pop("actor", team.viewer)
    events = list(questions.events(parts, actor, team.rag_id, question, Options(**how)))
    assert isinstance(events[-1], Done)
    return events[-1].answer, [e for e in events if isinstance(e, Stage)]


def test_steps_are_taken_told_and_cited(team: Team) -> None:
    founded = 'SELECT ?d { ?x rdfs:label ?l ; o:founded ?d FILTER(STR(?l) = "ACME") }'
    chosen = [
        ("search", "Alice Smith's employer"),
        ("neighbours", "acme"),
        ("sparql", founded),
        ("sparql", "DROP ALL"),
        ("sparql", "SELECT * { SERVICE <http://evil.example/> { ?s ?p ?o } }"),
        ("summary", "companies"),
    ]
    with scripted(takes(*chosen)) as model:
        answer, stages = asked(team, model)  # auto: one relation of something that is only described
        told = [s.name for s in stages]
        assert told == ["retrieve", "search", "neighbours", "sparql", "sparql", "refused", "sparql",
                        "refused", "summary", "enough", "write"]  # fmt: skip
        assert (answer.mode, answer.supported, answer.steps) == ("agent", True, tuple(stages))
        assert [c.quote for c in answer.citations]
        assert all(s.tokens_out for s in stages if s.name not in ("retrieve", "refused"))
        assert stages[3].detail == founded
        seen = [b["messages"][-1]["content"] for b in model.asked]
        assert "ACME founded: 1999" in seen[2]
        assert "Result:\nd\n1999" in seen[3]
        assert "not a SPARQL query" in seen[4]
        assert "SERVICE is not allowed" in seen[5]
        last = "\n".join(m["content"] for m in model.asked[-1]["messages"])
        assert "Queries to the approved graph returned" in last
        assert "ACME founded: 1999" in last or "[1]" in last


def test_a_mode_of_the_graph_asks_for_hints_first(team: Team) -> None:
    def script(body: dict[str, Any]) -> Say:
        if "what answers a question in a knowledge base" in body["messages"][0]["content"]:
            return Say(json.dumps({"keywords": ["ACME", "founded"], "helpful": [1]}))
        return Say("ACME was founded in 1999 [1].")

    with scripted(script) as model:
        answer, stages = asked(team, model, mode=AskMode.path)
        assert [s.name for s in stages] == ["hints", "retrieve", "write"]
        assert (stages[0].detail, stages[0].found) == ("ACME, founded", 1)
        assert answer.tokens_out == sum(s.tokens_out for s in stages) > stages[0].tokens_out > 0
        assert len(model.asked) == 2
        _, stages = asked(team, model, mode=AskMode.naive)
        assert [s.name for s in stages] == ["retrieve", "write"]


def test_a_loop_without_end_is_bounded(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(body: dict[str, Any]) -> Say:
        n = steps(body)
        return Say("NOTHING") if n is None else Say(json.dumps({"tool": "search", "input": f"word {n}"}))

    with scripted(script) as model:
        answer, stages = asked(team, model, mode="agent")
        assert [s.name for s in stages].count("search") == 8
        assert stages[-2] == Stage("enough", 0.0, "steps")
        assert not answer.supported
        assert answer.text.startswith("This is not in this knowledge base.")

    with scripted(takes(*[("search", "the same")] * 9)) as model:
        _, stages = asked(team, model, mode="agent")
        assert [s.name for s in stages] == ["retrieve", "search", "again", "again", "enough", "write"]

    made = tools.agent

    def tight(*given: Any, **more: Any) -> Any:
        return replace(made(*given, **more), **bounds)

    monkeypatch.setattr(questions.tools, "agent", tight)
    with scripted(takes(*[("search", str(n)) for n in range(9)])) as model:
        bounds: dict[str, float] = {"tokens": 30}
        assert asked(team, model, mode="agent")[1][-2].detail == "tokens"
    with scripted(lambda body: Say("NOTHING") if steps(body) is None else Say("{}", seconds=8)) as model:
        bounds = {"seconds": 0.3}
        began = time.monotonic()
        assert asked(team, model, mode="agent")[1][-2].detail == "seconds"
        assert time.monotonic() - began < 8
    with scripted(lambda body: Say("NOTHING") if steps(body) is None else Say("no JSON")) as model:
        bounds = {}
        assert asked(team, model, mode="agent")[1][-2].detail == "unparsable"


def test_a_stop_ends_it_in_mid_loop(team: Team) -> None:
    reached = threading.Event()

    def script(body: dict[str, Any]) -> Say:
        n = steps(body)
        if n == 1:
            reached.set()
            return Say(json.dumps({"tool": "search", "input": "never"}), seconds=20)
        return Say(json.dumps({"tool": "search", "input": "Alice"}))

    with scripted(script) as model:
        settings = team.parts.settings.model_copy(update={"chat_url": model.url, "chat_model": "scripted"})
        parts = replace(team.parts, settings=settings)
        chat = chats.ask(parts, team.viewer, team.rag_id, WHERE, options=Options(mode="agent"))
        message = chats.get(parts, team.viewer, team.rag_id, chat)[1][-1]
        worker = threading.Thread(target=chats.write_answer, args=(parts, message.id))
        worker.start()
        assert reached.wait(60)
        while len(now(parts, team, chat).seen.steps) < 2:  # what is done is seen while the rest is not
            time.sleep(0.1)
        began = time.monotonic()
        chats.stop(parts, team.viewer, team.rag_id, chat)
        worker.join(60)
        assert not worker.is_alive()
        assert time.monotonic() - began < 20
        kept = now(parts, team, chat)
        assert kept.state is MessageState.stopped
        assert [s.name for s in kept.seen.steps] == ["retrieve", "search"]
        assert kept.seen.steps[1].detail == "Alice"


def now(parts: Parts, team: Team, chat: int) -> chats.MessageView:
    return chats.get(parts, team.viewer, team.rag_id, chat)[1][-1]


def test_the_model_itself_says_that_it_has_to_look_further(team: Team) -> None:
    plain = "Tell me about Alice Smith."
    for word, names in {
        "STEPS": ["retrieve", "write", "search", "enough", "write"],
        "NOTHING": ["retrieve", "write"],
    }.items():
        said: Iterator[str] = iter([word, "Alice works at ACME [1]."])
        acts = takes(("search", "Alice"))
        with scripted(lambda body, s=said, a=acts: Say(next(s)) if steps(body) is None else a(body)) as model:
            answer, stages = asked(team, model, plain)
        assert [s.name for s in stages] == names
        assert word not in answer.text
        assert answer.supported is (word == "STEPS")


def test_it_acts_in_the_name_of_who_asks(team: Team) -> None:
    _, secret = tokens.create(team.parts, team.viewer, "asks only", [Scope.ask], 1)
    reader = tokens.create(team.parts, team.viewer, "reads only", [Scope.read], 1)[1]
    by_token = tokens.who(team.parts, f"Bearer {secret}")
    with scripted(takes(("neighbours", "ACME"), ("sparql", "SELECT ?x { ?x a o:Person }"))) as model:
        assert asked(team, model, mode="agent", actor=by_token)[0].supported
        with pytest.raises(BeyondScope):
            asked(team, model, mode="agent", actor=tokens.who(team.parts, f"Bearer {reader}"))
        with pytest.raises(NotFound):
            asked(team, model, mode="agent", actor=Actor(None, ""))

    def taken_out(body: dict[str, Any]) -> Say:
        with team.parts.session() as db:
            found = db.get(Member, (team.rag_id, team.viewer.user_id))
            if found is not None:
                db.delete(found)
                db.commit()
        return Say(json.dumps({"tool": "search", "input": "Alice"}))

    with scripted(taken_out) as model, pytest.raises(NotFound):
        asked(team, model, mode="agent")


def test_without_a_model_it_is_as_auto_and_a_query_is_to_what_is_approved(team: Team) -> None:
    assert set(AskMode) == {*map(str, Mode), "sparql", "agent"}
    plain = questions.ask(team.parts, team.viewer, team.rag_id, "Who works at ACME?", Options(mode="agent"))
    assert plain == replace(
        questions.ask(team.parts, team.viewer, team.rag_id, "Who works at ACME?"),
        seconds=plain.seconds,
        steps=plain.steps,
    )
    for how in ({"staged": 1}, {"documents": frozenset({"d1"})}):
        with pytest.raises(Conflict):
            questions.ask(team.parts, team.viewer, team.rag_id, "Who?", Options(mode="sparql", **how))
