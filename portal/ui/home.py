"""The list of knowledge bases, and the form for a new one."""

import streamlit as st

from portal import navigation, rags
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.rags import LONGEST_TEXT, RagView
from portal.session import Here, act
from portal.ui import html, words
from portal.ui.times import moment


def how_it_works() -> None:
    """The cycle in plain words, for somebody who sees it for the first time."""
    steps = (
        (
            _("Upload"),
            _("Add documents. Every passage is read, and facts are proposed with their exact quote."),
        ),
        (
            _("Review"),
            _("See what is new, what changes and what contradicts what you approved. Accept or reject each."),
        ),
        (_("Approve"), _("Publish it as a numbered version. Any version can be returned to with one click.")),
        (_("Ask"), _("Get answers that name the version, the document and the very words they rest on.")),
    )
    html.show(
        '<ol class="f-how">{steps}</ol>',
        steps=html.join(
            html.fill("<li><b>{name}</b><span>{text}</span></li>", name=name, text=text)
            for name, text in steps
        ),
    )


def card(rag: RagView) -> None:
    """A knowledge base with what waits in it."""
    with st.container(border=True, gap="small"):
        navigation.link("overview", f"**{html.plain(rag.name)}**", rag=rag.id)
        if rag.description:
            html.show('<div class="f-soft f-wrap">{text}</div>', text=rag.description)
        html.show('<div class="f-meta">{facts}</div>', facts=html.join(_facts(rag)))


def _facts(rag: RagView) -> list[html.Markup]:
    version = _("Version {n}").format(n=rag.version) if rag.version else _("Nothing approved yet")
    shown = [html.fill("<span>{text}</span>", text=text) for text in (version, *_counts(rag))]
    shown.append(html.chip(words.of(rag.role), "mute", dot=False))
    if rag.in_review:
        waits = ngettext("{n} upload waits for review", "{n} uploads wait for review", rag.in_review)
        shown.append(html.chip(waits.format(n=rag.in_review), "warn"))
    if rag.at_work:
        shown.append(html.chip(_("Work in progress"), "info"))
    return shown


def _counts(rag: RagView) -> tuple[str, str]:
    return (
        ngettext("{n} document", "{n} documents", rag.documents).format(n=rag.documents),
        ngettext("{n} member", "{n} members", rag.members).format(n=rag.members),
    )


def create_form(here: Here, *, first: bool) -> None:
    """A name is enough."""
    st.subheader(_("Make your first knowledge base") if first else _("New knowledge base"), anchor=False)
    with st.form("create", border=True, clear_on_submit=False):
        name = st.text_input(_("Name"), placeholder=_("For example: Supplier contracts"))
        about = st.text_area(_("What is it about? (optional)"), max_chars=LONGEST_TEXT, height=80)
        if st.form_submit_button(_("Create"), type="primary"):
            with words.explained():
                made = rags.create(here.parts, here.actor, name, about)
                navigation.go("documents", rag=made.id)


def deleted(here: Here) -> None:
    """What its owner can still bring back."""
    gone = rags.deleted(here.parts, here.actor)
    if not gone:
        return
    with st.expander(_("Deleted ({n})").format(n=len(gone)), icon=":material/restore_from_trash:"):
        for rag in gone:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                html.show(
                    '<div><b class="f-wrap">{name}</b><div class="f-soft f-small">{text}</div></div>',
                    name=rag.name,
                    text=_("Can be brought back until {when}.").format(when=moment(rag.until)),
                )
                st.button(
                    _("Bring it back"),
                    key=f"restore-{rag.id}",
                    on_click=act,
                    args=(rags.restore, rag.id),
                    kwargs={"said": _("It is back.")},
                )
