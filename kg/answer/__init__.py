"""Answers that a reader can check: from what was retrieved, with a citation after each claim."""

from kg.answer.cited import HISTORY, MINUTES, Turn
from kg.answer.manner import Manner
from kg.answer.minutes import minutes
from kg.answer.model import Answer, Citation, Done, Event, Sources, Stage, Words
from kg.answer.write import answer

__all__ = [
    "HISTORY",
    "MINUTES",
    "Answer",
    "Citation",
    "Done",
    "Event",
    "Manner",
    "Sources",
    "Stage",
    "Turn",
    "Words",
    "answer",
    "minutes",
]
