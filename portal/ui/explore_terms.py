"""Kinds as a tree, relations as a table, both with how often they are used; and the same as a picture."""

from collections.abc import Sequence

import streamlit as st

from portal.access import Action
from portal.explore import terms as ontology
from portal.explore.terms import Kind, Relation
from portal.i18n import gettext as _
from portal.session import Here
from portal.ui import edit_terms, html, layout, paging, picture
from portal.ui.times import number

ROWS = 60
DEEPEST = 12  # levels of the tree that are drawn
DRAWN = 300  # kinds of the picture


def terms(here: Here) -> None:
    found = ontology.terms(here.parts, here.actor, here.rag_id)
    if not found.kinds and not found.relations:
        layout.empty(
            _("No kinds and no relations yet"),
            _("They are proposed with the first documents, and are here when you have approved them."),
        )
        return
    if here.may(Action.edit):
        with st.expander(_("Correct"), icon=":material/edit:"):
            edit_terms.section(here)
    st.subheader(_("Kinds"), anchor=False)
    st.caption(_("Narrower kinds stand below wider ones; the number says how many things are of the kind."))
    html.show('<div class="f-tree">{tree}</div>', tree=_tree(found.kinds, 0))
    st.subheader(_("Relations"), anchor=False)
    _relations(found.relations)
    if found.picture.nodes:
        st.subheader(_("As a picture"), anchor=False)
        if len(found.picture.nodes) > DRAWN:
            st.caption(_("There are too many kinds for a picture."))
            return
        summary = _("{kinds} kinds joined by {relations} relations; the tree and the table say the same.")
        text = summary.format(
            kinds=number(len(found.picture.nodes)), relations=number(len(found.picture.links))
        )
        picture.draw(found.picture, "force", text, key="terms-picture")
        st.caption(_("A dashed line leads from a narrower kind to a wider one; * stands for any kind."))


def _tree(kinds: Sequence[Kind], depth: int) -> html.Markup:
    items = html.join(
        html.fill(
            '<li><b>{label}</b> <span class="f-soft">{uses}</span>{also}{comment}{below}</li>',
            label=k.term.label,
            uses=number(k.uses),
            also=_also(k.term.synonyms),
            comment=_comment(k.term.comment),
            below=_tree(k.below, depth + 1) if k.below and depth < DEEPEST else "",
        )
        for k in kinds
    )
    return html.fill("<ul>{items}</ul>", items=items)


def _relations(found: Sequence[Relation]) -> None:
    body = html.join(
        html.fill(
            "<tr><td><b>{label}</b>{also}{comment}</td><td>{domain}</td><td>{range}</td><td>{uses}</td></tr>",
            label=r.term.label,
            also=_also(r.term.synonyms),
            comment=_comment(r.term.comment),
            domain=r.domain or _("anything"),
            range=r.range or (_("anything") if r.term.kind == "object" else _("a value")),
            uses=number(r.uses),
        )
        for r in paging.page(found, ROWS, "terms-relations")
    )
    html.show(
        '<div class="f-scroll"><table class="f-table"><thead><tr><th scope="col">{a}</th>'
        '<th scope="col">{b}</th><th scope="col">{c}</th><th scope="col">{d}</th></tr></thead>'
        "<tbody>{body}</tbody></table></div>",
        a=_("Relation"),
        b=_("From kind"),
        c=_("To kind"),
        d=_("Facts"),
        body=body,
    )


def _also(synonyms: Sequence[str]) -> html.Markup | str:
    if not synonyms:
        return ""
    return html.fill(' <span class="f-soft f-small">({names})</span>', names=", ".join(synonyms[:8]))


def _comment(text: str) -> html.Markup | str:
    return html.fill('<div class="f-soft f-small">{text}</div>', text=text[:400]) if text else ""
