"""A correction by a member as a sentence, where it is told otherwise than what documents say."""

from kg.model import Change, Fact, Kind, OntologyClass, Property
from portal.i18n import gettext as _
from portal.models import CycleKind
from portal.ui import html, words
from portal.ui.html import Markup


def sentence(change: Change, who: Markup, relation: Markup, what: Markup) -> Markup | None:  # noqa: PLR0911
    """None for what is said as a document's proposal is; the arguments are the change's names, marked up."""
    told = dict(r.partition(": ")[::2] for r in change.reasons)
    match change.kind:
        case Kind.removed_fact:
            return _say(_("To be removed: {fact}"), fact=html.join([who, relation, what], " "))
        case Kind.removed_entity:
            return _say(_("To be removed: {fact}"), fact=who)
        case Kind.new_entity if "split_from" in told:
            return _say(_("{name} is not {other}, but a thing of its own."), name=who,
                             other=_b(told["split_from"]))  # fmt: skip
        case Kind.merge_entities:
            return _say(_("{one} and {other} are the same thing."), one=who, other=what)
        case Kind.type_change:
            return _say(_("{name} is of another kind: {kind}"), name=who, kind=change.object or "—")
        case Kind.changed_value if not any(isinstance(c, Fact) for c in change.after):
            if "was" in told:
                return _say(_("{old} is to be called {name}."), old=_b(told["was"]), name=who)
            return _say(_("{name}: other names or another description."), name=who)
        case Kind.ontology_edit:
            return _term(change, told)
    return None


def kind(change: Change) -> str:
    """What sort of change it is."""
    if change.statement and change.kind in (Kind.changed_value, Kind.ontology_edit):
        return words.of(CycleKind.correction)
    return words.of(change.kind)


def _term(change: Change, told: dict[str, str]) -> Markup:
    """A kind of thing or a relation that is changed or removed."""
    name = _b(change.predicate or change.subject)
    old = change.before[0]
    if not any(isinstance(c, OntologyClass | Property) and c.iri == _iri(old) for c in change.after):
        return _say(_("To be removed: {fact}"), fact=name)
    if "was" in told:
        return _say(_("{old} is to be called {name}."), old=_b(told["was"]), name=name)
    return _say(_("{name} is to be otherwise."), name=name)


def _iri(term: object) -> object:
    return term.iri if isinstance(term, OntologyClass | Property) else None


def _say(template: str, **values: object) -> Markup:
    return html.fill(template, **values)


def _b(text: str) -> Markup:
    return html.fill("<b>{text}</b>", text=text)
