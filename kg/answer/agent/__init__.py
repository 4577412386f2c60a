"""Questions that need steps: a bounded loop over tools that read, chosen by a model."""

from kg.answer.agent.gathered import Gathered, found_facts
from kg.answer.agent.loop import by_steps
from kg.answer.agent.model import Agent, Got, Tool

__all__ = ["Agent", "Gathered", "Got", "Tool", "by_steps", "found_facts"]
