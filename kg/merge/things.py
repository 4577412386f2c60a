"""Changes of things: new ones, approved ones that gain something, types, merges."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rdflib import URIRef

from kg.contents import evidence_order
from kg.descriptions import joined
from kg.merge.frame import Frame, change, change_id
from kg.merge.reasons import Reason, said
from kg.merge.terms import class_id
from kg.model import Change, Content, Entity, Fact, Kind, Merge
from kg.ontology.class_index import THING
from kg.periods import united as united_periods


def entity_id(frame: Frame, iri: URIRef) -> str | None:
    """The id of the change that brings this thing, None if it is approved or unknown."""
    if iri in frame.entities or iri not in frame.proposed:
        return None
    return change_id(Kind.new_entity, iri)


def new_things(frame: Frame) -> Iterator[Change]:
    for iri in sorted(frame.proposed):
        if iri not in frame.entities:
            yield _new(frame, frame.proposed[iri])


def _new(frame: Frame, e: Entity) -> Change:
    needs = [i for t in e.types if (i := class_id(frame, t))]
    why = [said(Reason.new_class, frame.label(t)) for t in e.types if class_id(frame, t)]
    if not (e.evidence or e.statements):
        why.append(said(Reason.no_evidence))
    type_ = "" if e.types == (THING,) else ", ".join(frame.label(t) for t in e.types)
    reasons = [] if type_ else [said(Reason.untyped)]
    return change(
        frame,
        Kind.new_entity,
        (e.label, "", type_),
        (e.iri,),
        after=(e,),
        needs=needs,
        turbulent=why,
        reasons=reasons,
    )


def type_changes(frame: Frame) -> Iterator[Change]:
    """Approved things whose kind the documents state more narrowly, or otherwise."""
    for iri in sorted(set(frame.proposed) & set(frame.entities)):
        known, new = frame.entities[iri], frame.proposed[iri]
        types, why = _retyped(frame, known, new)
        if types == known.types:
            continue
        needs = [i for t in types if (i := class_id(frame, t))]
        turbulent = [said(Reason.new_class, frame.label(t)) for t in types if class_id(frame, t)]
        if why is Reason.other_type:
            turbulent.append(said(why, ", ".join(frame.label(t) for t in known.types)))
        yield change(
            frame,
            Kind.type_change,
            (known.label, "", ", ".join(frame.label(t) for t in types)),
            (iri, *types),
            before=(known,),
            after=(replace(known, types=types),),
            needs=needs,
            turbulent=turbulent,
            reasons=[said(why, ", ".join(frame.label(t) for t in known.types))],
        )


def _retyped(frame: Frame, known: Entity, new: Entity) -> tuple[tuple[URIRef, ...], Reason]:
    own = [t for t in known.types if t != THING]
    stated = [t for t in new.types if t != THING]
    if not stated or (own and new.iri not in frame.induction.firm):
        return known.types, Reason.narrower_type
    above = set().union(*(frame.ontology.ancestors(t) for t in own)) if own else set()
    if stated[0] in above:
        return known.types, Reason.narrower_type
    narrower = not own or any(t in frame.ontology.ancestors(stated[0]) for t in own)
    return (stated[0],), Reason.narrower_type if narrower else Reason.other_type


def gains(frame: Frame) -> Iterator[Change]:
    """Approved things that a document says more of, or that lose a source."""
    for iri in sorted(frame.entities):
        known, new = frame.entities[iri], frame.proposed.get(iri)
        after, reasons = _grown(frame, known, new)
        if after == known or (new is None and not (after.evidence or after.statements)):
            continue
        # a description alone, with no new source for it, is only another telling of the same
        if not reasons:
            continue
        documents = sorted({e.document_id for e in after.evidence} ^ {e.document_id for e in known.evidence})
        yield change(
            frame,
            Kind.changed_value,
            (known.label, "", ""),
            (iri, "entity", *documents, *after.aliases),
            before=(known,),
            after=(after,),
            reasons=reasons,
            key=(*documents, *after.aliases),
        )


def _grown(frame: Frame, known: Entity, new: Entity | None) -> tuple[Entity, list[str]]:
    kept = tuple(e for e in known.evidence if e.document_id not in frame.withdrawn)
    reasons = [
        said(Reason.source_withdrawn, d)
        for d in sorted({e.document for e in known.evidence if e.document_id in frame.withdrawn})
    ]
    if new is None:
        return replace(known, evidence=kept), reasons
    evidence = tuple(sorted({*kept, *new.evidence}, key=evidence_order))
    names = {known.label.casefold()}
    aliases = list(known.aliases)
    for alias in (new.label, *new.aliases):
        if alias.casefold() not in names | {a.casefold() for a in aliases}:
            aliases.append(alias)
            reasons.append(said(Reason.alias, alias))
    description = joined(known.description, new.description)
    if set(new.evidence) - set(kept):
        reasons.append(said(Reason.source))
    if description != known.description:
        reasons.append(said(Reason.description))
    return (
        replace(known, aliases=tuple(sorted(aliases)), description=description, evidence=evidence),
        reasons,
    )


def merges(frame: Frame, proposals: Sequence[Merge]) -> Iterator[Change]:
    """Pairs that are probably one thing: accepted, everything said of `drop` is said of `keep`."""
    for proposal in sorted(proposals, key=lambda m: (m.keep, m.drop)):
        merge = proposal
        keep = frame.entities.get(merge.keep) or frame.proposed.get(merge.keep)
        drop = frame.entities.get(merge.drop) or frame.proposed.get(merge.drop)
        if keep is None or drop is None or keep.iri == drop.iri:
            continue
        if drop.iri in frame.entities and keep.iri not in frame.entities:
            keep, drop = drop, keep
            merge = replace(merge, keep=keep.iri, drop=drop.iri, keep_label=keep.label, drop_label=drop.label)
        before: list[Content] = [e for e in (keep, drop) if e.iri in frame.entities]
        after: list[Content] = [united(keep, drop)]
        moved, made = _moved(frame, merge)
        yield change(
            frame,
            Kind.merge_entities,
            (drop.label, "", keep.label),
            (merge.keep, merge.drop),
            before=(*before, *moved),
            after=(*after, *made),
            merge=merge,
            needs=[i for e in (keep, drop) if (i := entity_id(frame, e.iri))],
            reasons=merge.reasons,
            confidence=merge.score,
            key=sorted((_kind_of(frame, keep), _kind_of(frame, drop))),
        )


def united(keep: Entity, drop: Entity) -> Entity:
    """Both as one: the kept label, all names, both descriptions, all evidence."""
    names = {keep.label.casefold(): keep.label} | {a.casefold(): a for a in reversed(keep.aliases)}
    for alias in (drop.label, *drop.aliases):
        names.setdefault(alias.casefold(), alias)
    types = keep.types if any(t != THING for t in keep.types) else drop.types
    return replace(
        keep,
        types=types,
        aliases=tuple(sorted(set(names.values()) - {keep.label})),
        description=joined(keep.description, drop.description),
        evidence=tuple(sorted({*keep.evidence, *drop.evidence}, key=evidence_order)),
        statements=tuple(sorted({*keep.statements, *drop.statements})),
    )


def _moved(frame: Frame, merge: Merge) -> tuple[list[Fact], list[Fact]]:
    """Approved facts of what is dropped, before and after; with those of the kept that they meet."""
    before: dict[str, Fact] = {}
    after: list[Fact] = []
    for fact in frame.about.get(merge.drop, ()):
        before[str(fact.triple)] = fact
        moved = substituted(fact, {merge.drop: merge.keep})
        if moved is None:
            continue
        met = frame.facts.get(moved.triple)
        if met:
            before[str(met.triple)] = met
        after.append(moved if met is None else gathered(met, moved))
    return [before[k] for k in sorted(before)], after


def substituted(fact: Fact, names: dict[URIRef, URIRef]) -> Fact | None:
    """The fact of what its ends have become; None if it would relate a thing to itself."""
    subject = names.get(fact.subject, fact.subject)
    object_ = names.get(fact.object, fact.object) if isinstance(fact.object, URIRef) else fact.object
    return None if subject == object_ else replace(fact, subject=subject, object=object_)


def gathered(old: Fact, new: Fact) -> Fact:
    """Two facts of one triple as one; what the old one says stands."""
    return replace(
        old,
        description=joined(old.description, new.description),
        confidence=max(old.confidence, new.confidence),
        weight=max(old.weight, new.weight),
        periods=united_periods((*old.periods, *new.periods)),
        qualifiers=tuple(sorted({*old.qualifiers, *new.qualifiers})),
        evidence=tuple(sorted({*old.evidence, *new.evidence}, key=evidence_order)),
        statements=tuple(sorted({*old.statements, *new.statements})),
    )


def _kind_of(frame: Frame, e: Entity) -> str:
    return ", ".join(frame.label(t) for t in e.types)
