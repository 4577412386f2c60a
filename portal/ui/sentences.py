"""A change as a sentence in the reader's language; names stay as the documents have them.

The library says the same in plain English (`kg.changes.sentence`); here it is marked up and translated.
"""

from collections.abc import Mapping, Sequence

from rdflib import Literal

from kg.model import Change, Fact, Kind, Period, Term
from portal.graph import FactView
from portal.i18n import gettext as _
from portal.ui import corrected, html
from portal.ui.html import Markup
from portal.ui.times import day


def of(change: Change) -> Markup:  # noqa: PLR0911  # one case per kind of change
    """One sentence with its names in bold."""
    who, relation, what = _b(change.subject), _rel(change.predicate), _b(day(change.object))
    told = corrected.sentence(change, who, relation, what) if change.statement else None
    if told is not None:
        return told
    match change.kind:
        case Kind.new_class if change.object:
            return _say(_("{name} is a new kind of {wider}."), name=who, wider=what)
        case Kind.new_class:
            return _say(_("{name} is a new kind of thing."), name=who)
        case Kind.new_property | Kind.ontology_edit:
            ends = [
                _b(x) if x else html.fill("{any}", any=_("anything")) for x in (change.subject, change.object)
            ]
            return html.join(
                [ends[0], html.Markup("→"), _b(change.predicate), html.Markup("→"), ends[1]], " "
            )
        case Kind.new_entity | Kind.type_change if change.object:
            return html.join([who, Markup("—"), html.fill("{kind}", kind=change.object)], " ")
        case Kind.new_entity | Kind.type_change:
            return who
        case Kind.merge_entities:
            return _say(_("Are {one} and {other} the same?"), one=who, other=what)
        case Kind.removed_entity:
            return _say(_("{name} goes away: no document speaks of it any more."), name=who)
        case Kind.removed_fact:
            return _say(_("No document says any more: {fact}"), fact=html.join([who, relation, what], " "))
        case _:
            old = {f.triple for f in change.before if isinstance(f, Fact)}
            new = [f for f in change.after if isinstance(f, Fact) and f.triple not in old]
            return html.join([who, relation, what, *_times(_first(new or change.after))], " ")


def fact(view: FactView) -> Markup:
    """A fact of the graph as a sentence."""
    return html.join([_b(view.subject), _rel(view.predicate), _b(day(view.object)), *_times(view.fact)], " ")


def sides(change: Change, names: Mapping[str, str]) -> tuple[Markup, Markup]:
    """Of a contradiction: what is approved, and what the documents say; `names` of things by IRI."""
    return _side(change, change.before, names), _side(change, change.after, names)


def when(period: Period) -> str:
    """ "since 2024", "until March 2023"."""
    if period.start and period.end:
        return _("from {start} to {end}").format(start=day(period.start), end=day(period.end))
    if period.start:
        return _("since {start}").format(start=day(period.start))
    return _("until {end}").format(end=day(period.end)) if period.end else ""


def _side(change: Change, contents: Sequence[object], names: Mapping[str, str]) -> Markup:
    relation = _rel(change.predicate)
    lines = [
        html.join([_b(_name(f.subject, names)), relation, _b(_name(f.object, names)), *_times(f)], " ")
        for f in contents
        if isinstance(f, Fact)
    ]
    return html.join(lines, "<br>") if lines else html.fill("{nothing}", nothing=_("nothing"))


def _name(term: Term, names: Mapping[str, str]) -> str:
    """A thing's name; where the graph cannot be asked, the words in its IRI."""
    if isinstance(term, Literal):
        return day(str(term))
    readable = str(term).rsplit("/", 1)[-1].rsplit("#", 1)[-1].rsplit("-", 1)[0].replace("-", " ").title()
    return names.get(str(term), readable)


def _times(found: Fact | None) -> list[Markup]:
    told = [w for p in found.periods if (w := when(p))] if found else []
    return [html.fill('<span class="f-soft">({when})</span>', when=", ".join(told))] if told else []


def _first(contents: Sequence[object]) -> Fact | None:
    return next((c for c in contents if isinstance(c, Fact)), None)


def _say(template: str, **values: Markup) -> Markup:
    return html.fill(template, **values)


def _b(text: str) -> Markup:
    return html.fill("<b>{text}</b>", text=text)


def _rel(text: str) -> Markup:
    return html.fill('<span class="rel">{text}</span>', text=text)
