"""Answers that a reader can check: from what was retrieved, with a citation after each claim."""

from kg.answer.cited import Turn
from kg.answer.manner import Manner
from kg.answer.model import Answer, Citation, Done, Event, Sources, Stage, Words
from kg.answer.write import answer

__all__ = ["Answer", "Citation", "Done", "Event", "Manner", "Sources", "Stage", "Turn", "Words", "answer"]
