"""Corrections of the approved graph by people: what each wants, and the change set that it makes."""

from kg.edits.compute import Corrected, corrected
from kg.edits.model import (
    ChangedFact,
    ChangedTerm,
    Edit,
    Merged,
    NewFact,
    NewTerm,
    NewThing,
    Problem,
    RemovedFact,
    RemovedTerm,
    RemovedThing,
    Renamed,
    Retyped,
    SignedEdit,
    Split,
    target,
)
from kg.edits.needed import needed

__all__ = [
    "ChangedFact",
    "ChangedTerm",
    "Corrected",
    "Edit",
    "Merged",
    "NewFact",
    "NewTerm",
    "NewThing",
    "Problem",
    "RemovedFact",
    "RemovedTerm",
    "RemovedThing",
    "Renamed",
    "Retyped",
    "SignedEdit",
    "Split",
    "corrected",
    "needed",
    "target",
]
