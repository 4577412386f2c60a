"""What a card shows besides its sentence: both sides of a contradiction, two things that may be one, what a
new kind or relation would be used for."""

from collections.abc import Iterable, Sequence

from rdflib import URIRef

from kg.model import Change, Fact, Kind
from portal.i18n import gettext as _
from portal.review_context import Approval, Context
from portal.review_rows import TABS
from portal.ui import html, layout, reasons, sentences
from portal.ui.times import moment


def more(change: Change, around: Context, id_: str) -> html.Markup:
    """Beneath the sentence."""
    if change.kind is Kind.conflict:
        return _contradiction(change, around)
    if change.kind is Kind.merge_entities and change.merge:
        return html.join([_why(change), _two_things(change, around)])
    if change.kind in TABS["ontology"]:
        return html.join([_why(change), _examples(around.examples.get(id_, ()))])
    return _why(change)


def _why(change: Change) -> html.Markup:
    by_member = change.statement is not None
    said = [s for r in change.reasons if (s := reasons.sentence(r, by_member))][:6]
    return html.join(html.fill('<div class="f-soft f-small">{said}</div>', said=s) for s in said)


def _contradiction(change: Change, around: Context) -> html.Markup:
    old = [c for c in change.before if isinstance(c, Fact)]
    new = [c for c in change.after if isinstance(c, Fact)]
    approved, proposed = sentences.sides(change, around.names)
    return _side_by_side(
        (_("Approved"), html.join([approved, *_approvals(old, around), *_quotes(old)])),
        (
            _("As corrected") if change.statement else _("The documents say"),
            html.join([proposed, *_quotes(new, leaving_out=old)]),
        ),
    )


def _approvals(facts: Iterable[Fact], around: Context) -> Iterable[html.Markup]:
    for version in sorted({f.version for f in facts if f.version}):
        made = around.approvals.get(version)
        if made:
            yield html.fill('<div class="f-soft f-small">{text}</div>', text=approved_by(made))


def approved_by(made: Approval) -> str:
    return _("Approved by {who}, {when}, version {n}").format(
        who=made.who, when=moment(made.at), n=made.version
    )


def _quotes(facts: Sequence[Fact], leaving_out: Sequence[Fact] = ()) -> Iterable[html.Markup]:
    """The first quotes of each side; what both rest on is shown with the approved one."""
    known = {e for f in leaving_out for e in f.evidence}
    found = dict.fromkeys(e for f in facts for e in f.evidence if e not in known)
    return [layout.quote(e) for e in list(found)[:2]]


def _two_things(change: Change, around: Context) -> html.Markup:
    assert change.merge is not None
    merge = change.merge
    return _side_by_side(
        (merge.keep_label, _known(merge.keep, merge.keep_label, around)),
        (merge.drop_label, _known(merge.drop, merge.drop_label, around)),
    )


def _known(iri: URIRef, label: str, around: Context) -> html.Markup:
    """What is approved of a thing, then what the documents say of it."""
    lines = [sentences.fact(view) for view in around.facts.get(str(iri), ())]
    lines += [sentences.of(c) for c in around.proposed.get(label, ()) if _about(c, iri)]
    if not lines:
        return html.fill('<span class="f-soft">{text}</span>', text=_("Nothing is said about it."))
    return html.fill(
        '<ul class="f-beside">{lines}</ul>',
        lines=html.join(html.fill("<li>{s}</li>", s=s) for s in lines[:8]),
    )


def _about(change: Change, iri: URIRef) -> bool:
    """Namesakes are told apart by their IRI."""
    return any(isinstance(c, Fact) and iri in (c.subject, c.object) for c in change.after)


def _examples(examples: Sequence[Change]) -> html.Markup:
    if not examples:
        return html.Markup("")
    return html.fill(
        '<div class="f-soft f-small">{over}</div><ul class="f-beside">{lines}</ul>',
        over=_("For example:"),
        lines=html.join(html.fill("<li>{s}</li>", s=sentences.of(c)) for c in examples),
    )


def _side_by_side(*sides: tuple[str, html.Markup]) -> html.Markup:
    return html.fill(
        '<div class="f-sides" style="margin-top:.5rem">{sides}</div>',
        sides=html.join(
            html.fill(
                '<div class="f-side"><div class="f-over">{name}</div>{content}</div>',
                name=name,
                content=content,
            )
            for name, content in sides
        ),
    )
