"""Changes as people decide them: what hangs together, what an edit makes, what they do to the graph."""

from kg.changes.codec import from_json, to_json
from kg.changes.decide import Settle, along, dependants, edited, instead, settled, spoken, with_after
from kg.changes.plan import Plan, delta, said
from kg.changes.words import fact_sentence, sentence
from kg.merge.frame import change_id

__all__ = [
    "Plan",
    "Settle",
    "along",
    "change_id",
    "delta",
    "dependants",
    "edited",
    "fact_sentence",
    "from_json",
    "instead",
    "said",
    "sentence",
    "settled",
    "spoken",
    "to_json",
    "with_after",
]
