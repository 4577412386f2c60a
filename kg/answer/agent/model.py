"""What an agent works with: tools that read, what they bring, and the bounds of its work."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

from kg.retrieve import FoundFact, Passage

ToolName = Literal["search", "neighbours", "sparql", "summary"]


@dataclass(frozen=True, slots=True)
class Got:
    """A tool's result: `text` is for the model, facts and passages are what an answer can cite."""

    text: str = ""
    facts: tuple[FoundFact, ...] = ()
    passages: tuple[Passage, ...] = ()
    found: int = 0


@dataclass(frozen=True, slots=True)
class Tool:
    """`run` raises KgError where it cannot do what is asked: the model reads why."""

    name: ToolName
    about: str
    run: Callable[[str], Got]


@dataclass(frozen=True, slots=True)
class Agent:
    """The tools of one question, how the graph is queried, and how far the work may go."""

    tools: tuple[Tool, ...]
    graph: str = ""
    steps: int = 8
    tokens: int = 40_000  # read and written in all steps together
    seconds: float = 120.0


class Step(BaseModel):
    """The next step."""

    why: str = Field("", description="In a few words, for the reader.")
    tool: Literal["search", "neighbours", "sparql", "summary", "answer"]
    input: str = Field("", description="What is given to the tool.")
