"""Answers that a reader can check: from what was retrieved, with a citation after each claim."""

from kg.answer.agent import Agent, Got, Tool, found_facts
from kg.answer.cited import HISTORY, MINUTES, Turn
from kg.answer.exact import Way
from kg.answer.hints import ModelGuide
from kg.answer.manner import Manner
from kg.answer.minutes import minutes
from kg.answer.model import Answer, Beat, Citation, Done, Event, Sources, Stage, Words
from kg.answer.overview import overview
from kg.answer.patience import patiently
from kg.answer.write import answer

__all__ = [
    "HISTORY",
    "MINUTES",
    "Agent",
    "Answer",
    "Beat",
    "Citation",
    "Done",
    "Event",
    "Got",
    "Manner",
    "ModelGuide",
    "Sources",
    "Stage",
    "Tool",
    "Turn",
    "Way",
    "Words",
    "answer",
    "found_facts",
    "minutes",
    "overview",
    "patiently",
]
