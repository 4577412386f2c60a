"""Decisions: what a decision takes along, and what people's own wording makes of a proposal."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum

from rdflib import Literal, URIRef

from kg.errors import BadInput
from kg.merge.frame import change_id
from kg.model import Change, Content, Entity, Fact, Kind, Merge, OntologyClass, Period, Property, Term
from kg.periods import closed, is_open, united
from kg.vocab import Dataset


def dependants(changes: Iterable[Change], id_: str) -> tuple[str, ...]:
    """All that falls with this change, in the order of the change set; without itself."""
    known = list(changes)
    out = {id_}
    size = 0
    while size != len(out):
        size = len(out)
        out |= {c.id for c in known if out & set(c.depends_on)}
    return tuple(c.id for c in known if c.id in out and c.id != id_)


def along(changes: Iterable[Change], id_: str, accepted: Collection[str] = ()) -> tuple[str, ...]:
    """What accepting this change takes along: all it depends on that is not accepted yet."""
    known = {c.id: c for c in changes}
    todo, found = [id_], set()
    while todo:
        for need in known[todo.pop()].depends_on:
            if need in known and need not in found:
                found.add(need)
                todo.append(need)
    return tuple(i for i in known if i in found and i not in accepted)


def with_after(change: Change, edited_: Change) -> Change:
    """The proposal as it is now with what people made of an earlier form of it."""
    return replace(
        change,
        after=edited_.after,
        merge=edited_.merge,
        subject=edited_.subject,
        predicate=edited_.predicate,
        object=edited_.object,
    )


def edited(
    change: Change,
    *,
    label: str | None = None,
    type_: OntologyClass | None = None,
    property_: Property | None = None,
    object_: Term | None = None,
    object_label: str = "",
    reverse: bool = False,
    periods: Sequence[Period] | None = None,
    ids: Collection[str] = (),
) -> Change:
    """The change with a person's own label, type, property, object, direction or dates.

    `label` names a class, property or thing; the rest is about one fact or thing. `ids` are the
    change set's: a chosen property or object that is itself proposed becomes a dependency.
    BadInput if the change has nothing of that kind.
    """
    after = change.after
    names = [change.subject, change.predicate, change.object]
    needs = set(change.depends_on)
    if label is not None:
        after, position = _labelled(change, label.strip())
        names[position] = label.strip()
    if type_ is not None:
        entity = _thing(change, after)
        after = tuple(replace(c, types=(type_.iri,)) if c is entity else c for c in after)
        names[2] = type_.label
        for old in entity.types:
            needs.discard(change_id(Kind.new_class, old))
        needs |= {change_id(Kind.new_class, type_.iri)} & set(ids)
    if property_ is not None or object_ is not None or reverse or periods is not None:
        fact = spoken(change)
        changed = fact
        if property_ is not None:
            needs.discard(change_id(Kind.new_property, fact.predicate))
            needs |= {change_id(Kind.new_property, property_.iri)} & set(ids)
            changed = replace(changed, predicate=property_.iri)
            names[1] = property_.label
        if object_ is not None:
            if isinstance(fact.object, URIRef):
                needs.discard(change_id(Kind.new_entity, fact.object))
            if isinstance(object_, URIRef):
                needs |= {change_id(Kind.new_entity, object_)} & set(ids)
            changed = replace(changed, object=object_)
            names[2] = object_label or str(object_)
        if reverse:
            if isinstance(changed.object, Literal):
                raise BadInput("a fact with a value cannot be turned round")
            changed = replace(changed, subject=changed.object, object=changed.subject)
            names[0], names[2] = names[2], names[0]
        if periods is not None:
            kept = tuple(q for q in changed.qualifiers if q[0] != "status")
            changed = replace(changed, periods=united(periods), qualifiers=kept)
        after = tuple(changed if c is fact else c for c in after)
    subject, predicate, named = names
    return replace(
        change,
        after=after,
        subject=subject,
        predicate=predicate,
        object=named,
        depends_on=tuple(sorted(needs)),
    )


def instead(change: Change, term: OntologyClass | Property, ids: Collection[str] = ()) -> Change:
    """The proposed class or property given up for another: all that used it uses that.

    `ids` are the change set's: one that is itself proposed becomes a dependency. BadInput for a class in
    place of a property, or for the term itself.
    """
    if change.kind not in (Kind.new_class, Kind.new_property):
        raise BadInput(f"{change.kind} proposes no term")
    proposed = change.before[0] if not change.after else change.after[0]
    assert isinstance(proposed, OntologyClass | Property)
    if type(proposed) is not type(term) or proposed.iri == term.iri:
        raise BadInput(f"{term.label} cannot stand for {proposed.label}")
    kind = Kind.new_class if isinstance(term, OntologyClass) else Kind.new_property
    needs = tuple(sorted({change_id(kind, term.iri)} & set(ids)))
    merge = Merge(term.iri, proposed.iri, term.label, proposed.label, 1.0)
    subject = term.label if isinstance(term, OntologyClass) else change.subject
    predicate = term.label if isinstance(term, Property) else change.predicate
    return replace(change, after=(), merge=merge, depends_on=needs, subject=subject, predicate=predicate)


class Settle(StrEnum):
    """How a conflict is settled."""

    keep = "keep"  # what is approved stands
    switch = "replace"  # what is proposed takes its place
    keep_both = "keep_both"  # both, each with its time
    not_same = "not_same"  # the documents speak of another thing of that name


def settled(dataset: Dataset, change: Change, how: Settle, until: str = "", since: str = "") -> Change:
    """The conflict card as this decision makes it; accept the result.

    `until` closes what is approved and `since` begins what is proposed (ISO dates, "" for unknown).
    """
    if change.kind is not Kind.conflict:
        raise BadInput(f"{change.kind} is no conflict")
    old = [c for c in change.before if isinstance(c, Fact)]
    new = proposed_side(change)
    match how:
        case Settle.keep:
            return replace(change, after=change.before)
        case Settle.switch:
            return replace(change, after=_sorted(_since(f, since) for f in new))
        case Settle.keep_both:
            begun = [_since(f, since) for f in new]
            end = until or min((p.start for f in begun for p in f.periods if p.start), default="")
            mine = {f.triple for f in begun}
            past = [_until(f, end) for f in _past_side(change, until) if f.triple not in mine]
            return replace(change, after=_sorted([*past, *begun]))
        case Settle.not_same:
            return replace(change, after=(*_sorted(old), *_apart(dataset, change, new)))


def spoken(change: Change) -> Fact:
    """The fact that an edit means: the proposed one of a card, the only one otherwise."""
    side = proposed_side(change) if change.kind is Kind.conflict else _facts(change.after)
    if not side:
        raise BadInput(f"{change.kind} proposes no fact")
    return side[0]


def proposed_side(change: Change) -> list[Fact]:
    """Of a card, the facts that would hold instead: not the approved ones in their past form."""
    approved = {f.triple for f in _facts(change.before)}
    return [f for f in _facts(change.after) if f.triple not in approved or is_open(f.periods, f.qualifiers)]


def _past_side(change: Change, until: str) -> list[Fact]:
    """The approved facts, with what the documents add to them; a person's own end replaces theirs."""
    after = {f.triple: f for f in _facts(change.after)}
    past = []
    for f in _facts(change.before):
        told = after.get(f.triple, f)
        past.append(replace(told, periods=f.periods) if until else told)
    return past


def _facts(contents: Iterable[Content]) -> list[Fact]:
    return [c for c in contents if isinstance(c, Fact)]


def _since(fact: Fact, day: str) -> Fact:
    if not day:
        return fact
    past = [p for p in fact.periods if p.end]
    kept = tuple(q for q in fact.qualifiers if q[0] != "status")
    return replace(fact, periods=united([*past, Period(day, "")]), qualifiers=kept)


def _until(fact: Fact, day: str) -> Fact:
    if not day:
        return fact
    kept = tuple(q for q in fact.qualifiers if q[0] != "status")
    return replace(fact, periods=closed(fact.periods, day), qualifiers=kept)


def _apart(dataset: Dataset, change: Change, new: Sequence[Fact]) -> list[Content]:
    """The proposed facts said of a namesake instead."""
    if not new:
        return []
    iri = dataset.entity(change.subject, "not the same", *new[0].triple)
    evidence = tuple(sorted({e for f in new for e in f.evidence}, key=str))
    return [Entity(iri, change.subject, evidence=evidence), *(replace(f, subject=iri) for f in new)]


def _sorted(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    return tuple(sorted(facts, key=lambda f: str(f.triple)))


def _thing(change: Change, contents: Iterable[Content]) -> Entity:
    found = next((c for c in contents if isinstance(c, Entity)), None)
    if found is None:
        raise BadInput(f"{change.kind} proposes no thing")
    return found


def _labelled(change: Change, label: str) -> tuple[tuple[Content, ...], int]:
    if not label:
        raise BadInput("a name cannot be empty")
    for content in change.after:
        if isinstance(content, Entity | OntologyClass | Property):
            named = replace(content, label=label)
            if isinstance(named, Entity) and isinstance(content, Entity):
                aliases = {a for a in (*content.aliases, content.label) if a != label}
                named = replace(named, aliases=tuple(sorted(aliases)))
            position = 1 if isinstance(content, Property) else 2 if change.kind is Kind.merge_entities else 0
            return tuple(named if c is content else c for c in change.after), position
    raise BadInput(f"{change.kind} names nothing")
