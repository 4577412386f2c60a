"""Approved uses of things that the documents call deprecated, replaced or gone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from rdflib import URIRef

from kg.contents import evidence_order
from kg.merge.cards import card, told_as
from kg.merge.facts import Triple, approved_form
from kg.merge.frame import Frame
from kg.merge.reasons import Reason, said
from kg.model import Change, Fact
from kg.periods import FORMER, is_open

# a new fact's words that set it against what it takes the place of
_INSTEAD = re.compile(
    r"instead\s+of|rather\s+than|in\s+place\s+of|replac\w+|supersed\w+|no\s+longer|formerly|previously|"
    r"originally|the\s+original|earlier|used\s+to|deprecated|switch\w*\s+from|migrat\w+\s+from|"
    r"вместо|ранее|прежде|раньше|больше\s+не|замен\w+|отказ\w+",
    re.IGNORECASE,
)


def out_of_use(frame: Frame, taken: frozenset[Triple], same: Mapping[URIRef, URIRef]) -> Iterator[Change]:
    """Approved uses of a thing that the documents call deprecated, replaced or gone.

    A thing that is probably an approved one (`same`) speaks for it: the card says so to a person.
    """
    uses = frame.standing_for("uses")
    said_now = {f.triple for f in frame.induction.facts if is_open(f.periods, f.qualifiers)}
    for ending in frame.induction.endings:
        gone = ending.thing if ending.thing in frame.entities else same.get(ending.thing, ending.thing)
        old = [
            f
            for f in frame.about.get(gone, ())
            if f.predicate == uses
            and f.object == gone
            and f.triple not in taken
            and is_open(f.periods, f.qualifiers)
        ]
        for fact in sorted((f for f in old if f.triple not in said_now), key=lambda f: str(f.triple)):
            instead = _replacements(frame, fact, taken)
            past = replace(
                fact,
                qualifiers=tuple(sorted({q for q in fact.qualifiers if q[0] != "status"} | {FORMER})),
                evidence=tuple(sorted({*fact.evidence, *ending.evidence}, key=evidence_order)),
            )
            reasons = [said(Reason.out_of_use, told_as(frame, fact)), said(Reason.stated, ending.sentence)]
            reasons += [said(Reason.replacement, frame.label(f.object)) for f in instead]
            speaking = instead[0] if instead else fact
            yield card(frame, (fact,), (past, *instead), speaking, reasons)


def _replacements(frame: Frame, old: Fact, taken: frozenset[Triple]) -> list[Fact]:
    """New facts of the same property whose own words set them against the old fact's object."""
    label = frame.label(old.object)
    found = []
    for fact in frame.induction.facts:
        if fact.predicate != old.predicate or fact.object == old.object or fact.triple in taken:
            continue
        if approved_form(frame, fact) or (old.subject, old.predicate, fact.object) in frame.facts:
            continue  # it was there beside the old one
        texts = (fact.description, *(e.quote for e in fact.evidence))
        if any(
            re.search(rf"(?<!\w){re.escape(label)}(?!\w)", t, re.IGNORECASE) and _INSTEAD.search(t)
            for t in texts
        ):
            found.append(fact)
    return sorted(found, key=lambda f: _place(frame, f))


def _place(frame: Frame, fact: Fact) -> tuple[int, str]:
    """Where its object stands in its quote: what is named first is the thing, the rest comes with it."""
    places = [at for e in fact.evidence if (at := e.quote.find(frame.label(fact.object))) >= 0]
    return min(places, default=10_000), str(fact.triple)
