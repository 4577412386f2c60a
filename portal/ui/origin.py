"""Where a fact comes from: who proposed, decided and approved each change of it, and what was said."""

import streamlit as st

from portal import history, navigation
from portal.graph_words import FactView
from portal.history import Origin
from portal.i18n import gettext as _
from portal.session import Here, enter
from portal.ui import html, layout, sentences, words
from portal.ui.times import moment


def window(view: FactView) -> None:
    @st.dialog(_("Where this comes from"), width="medium")
    def show() -> None:
        with words.explained():
            here = enter()
            html.show('<div class="f-sentence">{sentence}</div>', sentence=sentences.fact(view))
            found = history.origins(here.parts, here.actor, here.rag_id, view.fact)
            for one in found:
                _step(here, one)
            if not found:
                html.show('<p class="f-soft">{text}</p>', text=_("No review of it is on record."))
            for statement in view.fact.statements:
                html.show("{said}", said=layout.stated(statement))
            for evidence in view.fact.evidence[:8]:
                html.show("{quote}", quote=layout.quote(evidence))

    show()


def _step(here: Here, one: Origin) -> None:
    with st.container(border=True, gap="small"):
        html.show(
            '<div class="f-name">{version}</div><div class="f-small">{lines}</div>',
            version=_("Version {n}").format(n=one.version),
            lines=html.join(html.fill("<div>{line}</div>", line=line) for line in _lines(one)),
        )
        for who, text in one.comments:
            html.show("<div><b>{who}</b>: <span class='f-said'>{text}</span></div>", who=who, text=text)
        navigation.link(
            "review",
            html.plain(_("Cycle {n}: {title}").format(n=one.cycle, title=one.title)),
            rag=here.rag_id,
            cycle=one.cycle,
            change=one.change_id,
        )


def _lines(one: Origin) -> list[str]:
    lines = [_("Documents: {names}").format(names=", ".join(one.documents))] if one.documents else []
    lines.append(_("Proposed by {who}, {when}").format(who=one.proposed_by, when=moment(one.proposed_at)))
    if one.decided_by:
        lines.append(
            _("Accepted by {who}").format(who=one.decided_by) + (f": {one.reason}" if one.reason else "")
        )
    lines.append(_("Approved by {who}, {when}").format(who=one.approved_by, when=moment(one.approved_at)))
    return lines
