"""The agent's loop: a model chooses one step after the other, within bounds; each is told as it is done."""

import time
from collections.abc import Generator, Sequence
from functools import partial

from kg.answer.agent.gathered import Gathered, as_text
from kg.answer.agent.model import Agent, Got, Step
from kg.answer.cited import MINUTES, Turn
from kg.answer.model import Event, Stage
from kg.answer.patience import OutOfTime, patiently
from kg.errors import KgError, StoreDown, Unparsable
from kg.guard import visible
from kg.llm import Reply
from kg.llm.chat import Chat, Message
from kg.prompts import prompt
from kg.retrieve import Retrieved

REPEATED = "That step was done already. Take another, or answer."
_RESULT = 4000  # characters of one step's result
_TURNS = 4  # of the conversation before


def by_steps(
    question: str, first: Retrieved, agent: Agent, chat: Chat, history: Sequence[Turn] = ()
) -> Generator[Event, None, Gathered]:
    """What the steps find; ends when the model has enough, or at a bound. Raises ModelDown, ModelRefused."""
    gathered, until = Gathered(), time.monotonic() + agent.seconds
    done: dict[tuple[str, str], str] = {}
    spent = repeated = 0
    talk = _opening(question, first, agent, history)
    head = len(talk)
    for _ in range(agent.steps):
        began = time.monotonic()
        call = partial(chat.structured, _fitting(talk, head, chat.profile.context_window), Step)
        try:
            step, reply = yield from patiently(call, until)
        except (Unparsable, OutOfTime) as e:
            why = "seconds" if isinstance(e, OutOfTime) else "unparsable"
            yield Stage("enough", time.monotonic() - began, why)
            return gathered
        spent += reply.tokens_in + reply.tokens_out
        if step.tool == "answer":
            yield _stage("enough", began, "", 0, reply)
            return gathered
        key = (step.tool, " ".join(step.input.split()).casefold())
        if key in done:
            repeated += 1
            yield _stage("again", began, step.input, 0, reply)
            if repeated == 2:
                break
            result = REPEATED
        else:
            repeated = 0
            try:
                got = yield from patiently(partial(_run, agent, step), until)
            except OutOfTime:
                yield _stage("enough", began, "seconds", 0, reply)
                return gathered
            except StoreDown:
                raise
            except KgError as e:
                yield _stage(step.tool, began, step.input, 0, reply)
                yield Stage("refused", 0.0, str(e))
                result = f"That could not be done: {e}"
            else:
                gathered.add(got)
                if step.tool == "sparql" and got.text:
                    gathered.tables.append(got.text)
                yield _stage(step.tool, began, step.input, got.found, reply)
                result = as_text(got)[:_RESULT]
            done[key] = result
        talk += [Message("assistant", step.model_dump_json()), Message("user", f"Result:\n{result}")]
        if spent > agent.tokens:
            yield Stage("enough", 0.0, "tokens")
            return gathered
    yield Stage("enough", 0.0, "steps")
    return gathered


def _opening(question: str, first: Retrieved, agent: Agent, history: Sequence[Turn]) -> list[Message]:
    tools = "\n".join(f"- {t.name}: {t.about}" for t in agent.tools)
    told = Message("system", prompt("agent", tools=tools, graph=agent.graph, steps=str(agent.steps)))
    earlier = [Message(t.role, visible(t.text)[:1000]) for t in history if t.role != MINUTES][-_TURNS:]
    seen = as_text(Got(facts=first.facts[:8], passages=first.passages[:3]))[:_RESULT]
    return [told, *earlier, Message("user", f"{question}\n\nA first look found:\n{seen}")]


def _run(agent: Agent, step: Step) -> Got:
    for tool in agent.tools:
        if tool.name == step.tool:
            return tool.run(step.input) if step.input.strip() else Got("Nothing was given to the tool.")
    return Got(f"The tool {step.tool} cannot be used for this question.")


def _fitting(talk: Sequence[Message], head: int, window: int) -> list[Message]:
    """The instructions and the question, with as many last steps as fit in three quarters of the window.

    A token has about three characters; steps leave in pairs, so that roles go on taking turns.
    """
    kept, left = list(talk[head:]), window * 9 // 4 - sum(len(m.text) for m in talk[:head])
    while len(kept) > 2 and sum(len(m.text) for m in kept) > left:
        kept = kept[2:]
    return [*talk[:head], *kept]


def _stage(name: str, began: float, detail: str, found: int, reply: Reply) -> Stage:
    seconds = time.monotonic() - began
    return Stage(name, seconds, detail.strip()[:2000], found, reply.tokens_in, reply.tokens_out)
