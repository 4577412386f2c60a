"""What people took out of the graph comes back only with a note: it is never proposed as if it were new.

A thing, a fact, a kind of a thing, a name or a term has a mark; a published correction leaves the marks of
what it took away, and a later proposal that would bring one of these carries who took it away, when and why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kg.merge.reasons import Reason, said
from kg.model import Change, ChangeSet, Content, Entity, Fact, Fit, Kind, Verdict
from kg.rdf import triple_key
from kg.vocab import digest

Mark = tuple[object, ...]


def lost(change: Change) -> frozenset[str]:
    """The marks of what the change takes away. A merge takes nothing: what was said stands of the other."""
    if change.kind is Kind.merge_entities:
        return frozenset()
    return _only_in(change.before, change.after)


def brought(change: Change) -> frozenset[str]:
    """The marks of what the change brings."""
    return _only_in(change.after, change.before)


def noted(change_set: ChangeSet, notes: Mapping[str, str]) -> ChangeSet:
    """What would bring back something that was taken away says so, and waits for a person's own decision.

    `notes` by mark: "who, when: why".
    """
    return replace(change_set, changes=tuple(_noted(c, notes) for c in change_set.changes))


def _noted(change: Change, notes: Mapping[str, str]) -> Change:
    found = sorted({notes[m] for m in brought(change) if m in notes})
    if not found:
        return change
    reasons = (*(said(Reason.removed_before, note) for note in found), *change.reasons)
    return replace(change, fit=Fit.turbulent, verdict=Verdict.conflict, reasons=reasons)


def _only_in(here: Sequence[Content], there: Sequence[Content]) -> frozenset[str]:
    """The marks of what only one side says; of a whole thing or term its own, not those of its facts too."""
    other = {c.iri: c for c in there if not isinstance(c, Fact)}
    whole = {c.iri for c in here if not isinstance(c, Fact)} - other.keys()
    facts = {c.triple for c in there if isinstance(c, Fact)}
    marks: set[Mark] = set()
    for content in here:
        if isinstance(content, Fact):
            if content.triple not in facts and not whole & set(content.triple):
                marks.add(("fact", triple_key(*content.triple)))
        elif not isinstance(content, Entity):
            if content.iri in whole:
                marks.add(("term", content.iri))
        elif content.iri in whole:
            marks |= {("called", n) for n in _names(content)}
        else:
            known = other[content.iri]
            if isinstance(known, Entity):
                marks |= {("type", content.iri, t) for t in {*content.types} - {*known.types}}
                marks |= {("name", content.iri, n) for n in _names(content) - _names(known)}
    return frozenset(digest(*mark, length=32) for mark in marks)


def _names(thing: Entity) -> set[str]:
    return {n.casefold() for n in (thing.label, *thing.aliases)}
