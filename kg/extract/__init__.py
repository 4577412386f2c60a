"""Reading entities and typed relations in text units: one protocol, three extractors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kg.extract.estimate import Estimate, Pace
from kg.model import Extraction, Ontology, TextUnit


@dataclass(frozen=True, slots=True)
class Context:
    """What an extractor may know beside the text unit itself."""

    title: str = ""  # the document's name
    ontology: Ontology = field(default_factory=Ontology)  # approved
    guidance: str = ""  # the owner's: what matters here, types wanted, names never to merge
    before: str = ""  # the end of the text unit before it in the document, for names in full


class Extractor(Protocol):
    """Reads one text unit. A unit that cannot be read gives an `Extraction` with its `problem` set;
    ModelDown and ModelRefused pass, since they say nothing of the unit."""

    name: str
    in_flight: int  # text units at once; 1 for one that computes here

    def extract(self, unit: TextUnit, context: Context) -> Extraction: ...

    def foresee(self, units: Sequence[int], context: Context, pace: Pace | None = None) -> Estimate | None:
        """What reading units of so many tokens will take at a model; None if no model is asked."""
