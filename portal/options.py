"""How a question is to be asked."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from kg.answer import Manner, Way
from kg.answer.manner import PLAIN
from kg.guard import visible
from kg.retrieve import TOKENS

MOST, MOST_HOPS, MOST_TOKENS, LONGEST_INSTRUCTIONS = 200, 4, 30_000, 1000


class AskMode(StrEnum):
    """A mode of retrieval (`kg.retrieve.Mode`), or a way of its own to the answer."""

    auto = "auto"
    path = "path"
    naive = "naive"
    local = "local"
    global_ = "global"
    hybrid = "hybrid"
    mix = "mix"
    words = "words"
    bypass = "bypass"
    sparql = "sparql"  # the question as a query to the graph; where it is none, as "auto"
    agent = "agent"  # a model takes steps; without a model as "auto"


@dataclass(frozen=True, slots=True)
class Options:
    """How to ask; the defaults are right for most people."""

    mode: str = AskMode.auto
    top_k: int = 8
    hops: int = 2  # how far the walk goes from what the question names
    documents: frozenset[str] | None = None  # document ids; None for all
    version: int | None = None  # as of; None for the approved one
    staged: int | None = None  # a cycle's number: ask what would be if it were approved
    budget: int = TOKENS  # tokens of all that is found, facts and passages together
    manner: Manner = PLAIN
    model: int | None = None  # one of those that administrators offer; None for the one that answers here

    @property
    def retrieval(self) -> str:
        """The mode in which the first look is taken."""
        return "auto" if self.mode in (AskMode.sparql, AskMode.agent) else str(self.mode)

    @property
    def way(self) -> Way:
        ways = {AskMode.auto: Way.auto, AskMode.sparql: Way.query, AskMode.agent: Way.steps}
        return next((way for mode, way in ways.items() if mode == self.mode), Way.prose)


_OPTIONS = TypeAdapter(Options)


def bounded(options: Options) -> Options:
    """Within what one question may cost, whoever sends it."""
    manner = options.manner
    return replace(
        options,
        top_k=max(1, min(options.top_k, MOST)),
        hops=max(0, min(options.hops, MOST_HOPS)),
        budget=max(100, min(options.budget, MOST_TOKENS)),
        manner=replace(manner, instructions=visible(manner.instructions)[:LONGEST_INSTRUCTIONS]),
    )


def options_to_json(options: Options) -> dict[str, Any]:
    return dict(_OPTIONS.dump_python(options, mode="json"))


def options_from_json(kept: dict[str, Any]) -> Options:
    return _OPTIONS.validate_python(kept)
