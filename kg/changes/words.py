"""A change as a sentence for people who have never heard of RDF."""

from collections.abc import Iterable
from functools import cache

from rdflib import Literal

from kg.model import Change, Fact, Kind, OntologyClass, Period, Property
from kg.ontology.dates import is_date
from kg.ontology.tables import properties
from kg.periods import CURRENT, FORMER, is_open
from kg.periods import words as period_words
from kg.vocab import slug


def sentence(change: Change) -> str:  # noqa: PLR0911  # one case per kind of change
    """One plain English sentence; labels stay in the language of the documents."""
    if change.statement and (told := _corrected(change)):
        return told
    subject, predicate, object_ = change.subject, change.predicate, change.object
    match change.kind:
        case Kind.new_class:
            return f"New kind of thing: {subject}{f', a kind of {object_}' if object_ else ''}."
        case Kind.new_property:
            return f"New relation: {_anything(subject)} — {predicate} — {_anything(object_)}."
        case Kind.ontology_edit:
            return (
                f"Wider relation: {_anything(subject)} — {predicate} — {_anything(object_)}{_wider(change)}."
            )
        case Kind.new_entity:
            return f"New: {subject}, {_article(object_)}." if object_ else f"New: {subject}."
        case Kind.type_change:
            return f"{subject} is {_article(object_)}{_was(change)}."
        case Kind.merge_entities:
            return f"{subject} and {object_} are the same thing."
        case Kind.removed_entity:
            return f"{subject} disappears: nothing says it any more."
        case Kind.removed_fact:
            return f"No longer said: {fact_sentence(change, _fact(change.before))}"
        case Kind.new_fact:
            return fact_sentence(change, _fact(change.after))
        case Kind.changed_value:
            return _changed(change)
        case Kind.conflict:
            return _conflict(change)


def _corrected(change: Change) -> str:  # noqa: PLR0911  # one case per kind of change
    """What a person wants, where that is said otherwise than what documents say; else ""."""
    subject = change.subject
    said = [(code, value) for code, _, value in (r.partition(": ") for r in change.reasons)]
    told = dict(said)
    why = ", ".join(_MADE[code].format(value=value) for code, value in said if code in _MADE)
    match change.kind:
        case Kind.removed_fact:
            return f"Removed: {fact_sentence(change, _fact(change.before))}"
        case Kind.removed_entity:
            return f"Removed: {subject}{f', {why}' if why else ''}."
        case Kind.type_change if not change.object:
            return f"{subject} is of no known kind, until now {_article(told.get('other_type', ''))}."
        case Kind.new_entity if "split_from" in told:
            return f"{subject} is not {told['split_from']}: a thing of its own, {why}."
        case Kind.ontology_edit if not any(_is_term(c, change.before[:1]) for c in change.after):
            return f"Removed: {change.predicate or subject}{f', {why}' if why else ''}."
        case Kind.ontology_edit:
            return f"{change.predicate or subject}: {why or 'changed'}."
        case Kind.changed_value if _fact(change.after) is None:
            return f"{subject}: {why or 'changed'}."
        case Kind.changed_value:
            return f"{fact_sentence(change, _fact(change.after))[:-1]}: {why or _gain(change)}."
    return ""


_MADE = {
    "was": "until now {value}",
    "alias": "also called {value}",
    "not_called": "not called {value}",
    "described": "described anew",
    "goes_along": "with {value} that hang on it",
    "used_instead": "{value} in its place",
    "synonyms": "also called {value}",
    "parents": "kinds above {value}",
    "wider_domain": "of {value}",
    "wider_range": "to {value}",
    "inverse": "the other way round {value}",
    "only_one": "one value only",
    "many": "several values",
}


def _is_term(content: object, of: Iterable[object]) -> bool:
    """One of these terms in another form."""
    return isinstance(content, OntologyClass | Property) and any(
        isinstance(t, OntologyClass | Property) and t.iri == content.iri for t in of
    )


def fact_sentence(change: Change, fact: Fact | None) -> str:
    """Subject, property and object of the change, with when the fact holds."""
    when = _when(fact) if fact else ""
    value = fact is not None and isinstance(fact.object, Literal)
    link = ": " if value else " "  # "ACME: founding date 2010", but "ACME works with Ann"
    return f"{change.subject}{link}{change.predicate} {change.object}{f' ({when})' if when else ''}."


def _when(fact: Fact) -> str:
    if _happened(fact):
        told = [f"in {p.start or p.end}" for p in fact.periods if p.start or p.end]
    else:
        told = [w for p in fact.periods if (w := period_words(p))]
    if FORMER in fact.qualifiers and not any(p.end for p in fact.periods):
        told.append("formerly")
    if CURRENT in fact.qualifiers:
        told.append("now")
    return ", ".join(told)


def _happened(fact: Fact) -> bool:
    """Whether a date says when, not since when: by the standard relation of this name."""
    return fact.predicate.rsplit("#", 1)[-1] in _events()


@cache
def _events() -> frozenset[str]:
    names = (slug(p.name).title().replace("-", "") for p in properties().values() if p.event)
    return frozenset(n[:1].lower() + n[1:] for n in names)


def _changed(change: Change) -> str:
    old, new = _fact(change.before), _fact(change.after)
    if old is None or new is None:
        return f"{change.subject}: {_gain(change)}."
    if old.object != new.object:
        return f"{change.subject} {change.predicate} {_value(new)} (was {_value(old)})."
    return f"{fact_sentence(change, new)[:-1]}: {_gain(change)}."


def _gain(change: Change) -> str:
    """What an approved thing or fact gains or loses."""
    told = []
    for reason in change.reasons:
        code, _, value = reason.partition(": ")
        match code:
            case "source":
                told.append("one more source")
            case "alias":
                told.append(f"also called {value}")
            case "description":
                told.append("more is said about it")
            case "period":
                told.append("when it holds")
            case "refined":
                told.append("more precisely")
            case "source_withdrawn":
                told.append(f"{value or 'a document'} no longer says so")
    return ", ".join(dict.fromkeys(told)) or "changed"


def _conflict(change: Change) -> str:
    """What is proposed, and what is approved against it."""
    old = {f.triple for f in change.before if isinstance(f, Fact)}
    still = {f.triple for f in change.before if isinstance(f, Fact) and is_open(f.periods, f.qualifiers)}
    new = [f for f in change.after if isinstance(f, Fact)]
    fresh = [f for f in new if f.triple not in old or is_open(f.periods, f.qualifiers)]
    against = [r.partition(": ")[2] for r in change.reasons if r.split(":", 1)[0] in _AGAINST]
    approved = "; ".join(dict.fromkeys(a for a in against if a))
    if not fresh:
        past = next((f for f in new if f.triple in still), None)
        when = _when(past) if past else ""
        return f"No longer: {approved or _spoken(change)}{f' ({when})' if when else ''}."
    return f"{fact_sentence(change, fresh[0])[:-1]}. Approved so far: {approved}."


_AGAINST = frozenset({"functional", "dated_role", "excludes", "ended", "out_of_use"})


def _spoken(change: Change) -> str:
    return f"{change.subject} {change.predicate} {change.object}"


def _fact(contents: Iterable[object]) -> Fact | None:
    return next((c for c in contents if isinstance(c, Fact)), None)


def _value(fact: Fact) -> str:
    if isinstance(fact.object, Literal):
        return str(fact.object) if not is_date(fact.object) else Period(str(fact.object)).start
    return str(fact.object)


def _was(change: Change) -> str:
    old = change.reasons[-1].partition(": ")[2] if change.reasons else ""
    return f", until now {_article(old)}" if old else ""


def _wider(change: Change) -> str:
    """What an edited relation was for until now."""
    told = []
    for reason in change.reasons:
        code, _, value = reason.partition(": ")
        old, arrow, _ = value.partition(" → ")
        if arrow:
            told.append(f"{'only of' if code == 'wider_domain' else 'only to'} {_anything(old)}")
    return f" (until now: {', '.join(told)})" if told else ""


def _anything(label: str) -> str:
    return label or "anything"


def _article(label: str) -> str:
    """ "a city", "an event"; nothing before other alphabets."""
    if not label or not label[0].isascii():
        return label
    lowered = label if label.isupper() else label[0].lower() + label[1:]
    return f"{'an' if lowered[0] in 'aeio' else 'a'} {lowered}"
