"""What the documents say against what is approved: one card for each contradiction.

The proposed side keeps what was true as past where a date or the documents say when it ended, and
replaces it otherwise. General rules only: functional properties, roles held with one at a time,
relations that exclude each other, statements that something is over or out of use.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rdflib import Literal, URIRef

from kg.merge.cards import card, ended, told_as
from kg.merge.facts import Triple, approved_form, value_change
from kg.merge.frame import Frame
from kg.merge.out_of_use import out_of_use
from kg.merge.reasons import Reason, said
from kg.merge.things import gathered
from kg.model import Change, Fact, Merge, Property
from kg.ontology.dates import is_date
from kg.periods import CURRENT, is_open, overlap


def conflicts(frame: Frame, proposals: Sequence[Merge] = ()) -> tuple[tuple[Change, ...], frozenset[Triple]]:
    """The cards, and the triples that stand on them (approved and proposed)."""
    taken: set[Triple] = set()
    cards: list[Change] = []
    same = {m.drop: m.keep for m in proposals}

    def unused(frame: Frame, taken: frozenset[Triple]) -> Iterator[Change]:
        return out_of_use(frame, taken, same)

    for rule in (_roles, _excluded, _functional, unused, _over):
        for found in rule(frame, frozenset(taken)):
            triples = {f.triple for f in (*found.before, *found.after) if isinstance(f, Fact)}
            taken |= triples
            cards.append(found)
    return tuple(cards), frozenset(taken)


# ---- a role: usually with one at a time


def _roles(frame: Frame, _taken: frozenset[Triple]) -> Iterator[Change]:
    groups: dict[tuple[URIRef, URIRef], list[Fact]] = defaultdict(list)
    for fact in frame.induction.facts:
        standard = frame.standard(fact.predicate)
        if standard and standard.role:
            groups[(fact.subject, fact.predicate)].append(fact)
    for (subject, property_), facts in sorted(groups.items()):
        approved = frame.by_subject.get((subject, property_), ())
        if approved:
            yield from _role(frame, approved, facts)


def _role(frame: Frame, approved: tuple[Fact, ...], facts: list[Fact]) -> Iterator[Change]:
    """One card for all that changes in one role of one subject."""
    said_of = {f.object: f for f in facts}
    denied = {f.triple: f for f in frame.induction.denied}
    current = [f for f in facts if is_open(f.periods, f.qualifiers)]
    before: list[Fact] = []
    after: list[Fact] = []
    reasons: set[str] = set()
    for old in approved:
        if not is_open(old.periods, old.qualifiers):
            continue
        told = said_of.get(old.object) or denied.get(old.triple)
        over = told is not None and (told.triple in denied or not is_open(told.periods, told.qualifiers))
        rivals = [f for f in current if f.object != old.object and overlap(f.periods, old.periods)]
        if told is not None and not over:
            rivals = []  # the documents say that both hold
        if over:
            reasons.add(said(Reason.ended, told_as(frame, old)))
        elif rivals:
            reasons.add(said(Reason.dated_role, told_as(frame, old)))
        else:
            continue
        until = max((p.end for p in told.periods), default="") if told else ""
        until = until or min((p.start for f in rivals for p in f.periods if p.start), default="")
        base = gathered(old, replace(told, periods=(), qualifiers=())) if told and over else old
        past = ended(base, until, role=True, told=told.periods if told and over else ())
        before.append(old)
        after += [past] if past else []
    if not before:
        return
    standing = {f.object: f for f in approved}
    for new in current:
        known = standing.get(new.object)
        if known is None:
            after.append(new)
        elif known not in before and _returns(known, new):
            before.append(known)
            after.append(_again(known, new))
    speaking = next(
        (f for f in sorted(current, key=_latest) if f in after or f.object in standing), before[0]
    )
    yield card(frame, before, after, speaking, sorted(reasons))


def _latest(fact: Fact) -> tuple[str, float, str]:
    start = max((p.start for p in fact.periods), default="")
    return ("" if start else "1", -fact.confidence, str(fact.triple))


def _returns(known: Fact, new: Fact) -> bool:
    """A past role that is held again."""
    return not is_open(known.periods, known.qualifiers) and is_open(new.periods, new.qualifiers)


def _again(known: Fact, new: Fact) -> Fact:
    both = gathered(known, new)
    qualifiers = {q for q in both.qualifiers if q[0] != "status"}
    if not any(p.start and not p.end for p in both.periods):
        qualifiers.add(CURRENT)
    return replace(both, qualifiers=tuple(sorted(qualifiers)))


# ---- relations that exclude each other


def _excluded(frame: Frame, taken: frozenset[Triple]) -> Iterator[Change]:
    said_again = {f.triple for x in frame.induction.facts if (f := approved_form(frame, x))}
    for fact in frame.induction.facts:
        standard = frame.standard(fact.predicate)
        if (
            not standard
            or not standard.excludes
            or fact.triple in taken
            or not isinstance(fact.object, URIRef)
        ):
            continue
        before = []
        for name in standard.excludes:
            other = frame.standing_for(name)
            pairs = [(fact.subject, fact.object)]
            if standard.symmetric:
                pairs.append((fact.object, fact.subject))
            found = [frame.facts.get((s, other, o)) for s, o in pairs] if other else []
            before += [f for f in found if f and is_open(f.periods, f.qualifiers) and f.triple not in taken]
        # documents that say both, and people who approved both, see no contradiction
        before = [f for f in before if overlap(f.periods, fact.periods) and f.triple not in said_again]
        if before and approved_form(frame, fact) is None:
            since = min((p.start for p in fact.periods if p.start), default="")
            after = [p for f in before if (p := ended(f, since, role=False))]
            yield card(
                frame,
                before,
                [*after, fact],
                fact,
                [said(Reason.excludes, told_as(frame, f)) for f in before],
            )


# ---- one value only


def _functional(frame: Frame, taken: frozenset[Triple]) -> Iterator[Change]:
    for fact in frame.induction.facts:
        property_ = frame.approved.ontology.property_by_iri.get(fact.predicate)
        if not property_ or not property_.functional or fact.triple in frame.facts or fact.triple in taken:
            continue
        others = [
            f for f in frame.by_subject.get((fact.subject, fact.predicate), ()) if f.triple not in taken
        ]
        if not others:
            continue
        refined = _refinement(others, fact)
        if refined is not None:
            finer, same = refined
            if finer:
                after = replace(gathered(same, fact), object=fact.object)
                yield value_change(frame, same, after, [said(Reason.refined)])
            else:
                after = gathered(same, replace(fact, object=same.object))
                if after != same and set(fact.evidence) - set(same.evidence):
                    yield replace(value_change(frame, same, after, [said(Reason.source)]))
            continue
        if _changes_with_time(frame, property_):
            yield value_change(frame, others[0], replace(fact, cycle=frame.cycle), [said(Reason.updated)])
            continue
        yield card(frame, others, (fact,), fact, [said(Reason.functional, told_as(frame, f)) for f in others])


def _changes_with_time(frame: Frame, property_: Property) -> bool:
    """A count of people changes; a date of birth does not, and what people declared is asked about."""
    standard = frame.standard(property_.iri)
    return property_.kind == "datatype" and bool(standard) and not (standard and standard.fixed)


def _refinement(others: list[Fact], new: Fact) -> tuple[bool, Fact] | None:
    """The approved value that the new one says more precisely (True) or less (False)."""
    if not isinstance(new.object, Literal) or not is_date(new.object):
        return None
    for old in others:
        if str(new.object).startswith(str(old.object)):
            return True, old
        if str(old.object).startswith(str(new.object)):
            return False, old
    return None


# ---- over, without another in its place


def _over(frame: Frame, taken: frozenset[Triple]) -> Iterator[Change]:
    """Approved facts of which the documents say that they hold no more."""
    told = [f for f in frame.induction.facts if not is_open(f.periods, f.qualifiers)]
    asserted = {f.triple for f in frame.induction.facts if is_open(f.periods, f.qualifiers)}
    for fact in (*frame.induction.denied, *told):
        old = approved_form(frame, fact)
        if old is None or old.triple in taken or old.triple in asserted:
            continue
        if not is_open(old.periods, old.qualifiers):
            continue
        standard = frame.standard(fact.predicate)
        if standard and standard.event and fact in told:
            continue  # it happened: its dates say when, not that it is over
        until = max((p.end for p in fact.periods), default="")
        base = gathered(old, replace(fact, periods=(), qualifiers=()))
        past = ended(base, until, role=bool(standard and standard.role) or fact in told, told=fact.periods)
        yield card(frame, (old,), (past,) if past else (), old, [said(Reason.ended, told_as(frame, old))])
