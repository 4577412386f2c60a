"""A message of a conversation; of an answer, its sources: each opens the quote where it stands."""

import re

import streamlit as st

from kg.answer import Citation
from kg.guard import injection
from kg.model import Evidence, Statement
from portal import chats
from portal.chats import MessageView
from portal.errors import PortalError
from portal.i18n import gettext as _
from portal.models import MessageState
from portal.session import Field, Here, act
from portal.ui import answer_made, html, layout, reader, steps, words
from portal.ui.times import lasted

_MARK = re.compile(r"\[(\d{1,3})\]")
ICON = ":material/auto_stories:"


def message(here: Here, shown: MessageView) -> None:
    """Text is shown as text: no link or image in it is followed, whoever wrote it."""
    if shown.role == "user":
        with st.chat_message("user", avatar=":material/person:"):
            html.show('<div class="f-answer">{text}</div>', text=shown.text)
        return
    with st.chat_message("assistant", avatar=ICON):
        if shown.text:
            html.show('<div class="f-answer">{text}</div>', text=_with_marks(shown))
        if shown.seen.unsupported:
            st.caption(_("What is underlined with dots is said by no source that it names."))
        _state(here, shown)
        if shown.citations:
            _sources(here, shown)
        if shown.state in (MessageState.done, MessageState.stopped):
            _foot(here, shown)


def _with_marks(shown: MessageView) -> html.Markup:
    """The text with its [n] raised, and what no source carries marked as that."""
    doubted = shown.seen.unsupported
    pieces = re.split("(" + "|".join(map(re.escape, doubted)) + ")", shown.text) if doubted else [shown.text]
    title = _("No source that it names says so.")
    return html.join(
        html.fill('<span class="f-doubted" title="{title}">{text}</span>', title=title, text=_raised(piece))
        if i % 2
        else _raised(piece)
        for i, piece in enumerate(pieces)
    )


def _raised(text: str) -> html.Markup:
    return html.join(
        html.fill("<sup>[{n}]</sup>", n=piece) if i % 2 else html.fill("{piece}", piece=piece)
        for i, piece in enumerate(_MARK.split(text))
    )


def _state(here: Here, shown: MessageView) -> None:
    match shown.state:
        case MessageState.waiting:
            st.caption(_("The question waits for a worker…"))
        case MessageState.writing:
            st.caption(_("Looking through the documents…") if not shown.text else _("Writing…"))
            if len(shown.seen.steps) > 1 and not shown.text:
                steps.running(shown.seen.steps)
        case MessageState.failed:
            st.error(words.step_error(shown.error), icon=":material/error:")
        case MessageState.stopped:
            st.caption(_("Stopped."))
    if shown.version and here.rag.version > shown.version and not shown.staged:
        text = _(
            "This rests on version {old}. Meanwhile version {new} is approved: ask again for its answer."
        )
        st.caption(text.format(old=shown.version, new=here.rag.version))


def _sources(here: Here, shown: MessageView) -> None:
    with st.container(horizontal=True, gap="small", key=f"sources-{shown.id}"):
        for citation in shown.citations:
            label = html.plain(f"[{citation.n}] {layout.place(citation.source, citation.page)}")
            with st.popover(label, key=f"source-{shown.id}-{citation.n}"):
                _source(here, citation)


def _source(here: Here, citation: Citation) -> None:
    if citation.said_by and not citation.document_id:
        said = Statement(citation.said_by, citation.said_on, citation.reason)
        html.show("{said}", said=layout.stated(said))
        return
    if injection(citation.quote):
        html.show("{chip}", chip=html.chip(_("This text gives orders to a language model"), "warn"))
    evidence = Evidence(
        document_id=citation.document_id,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
        document=citation.document,
        page=citation.page,
    )
    try:
        reader.passage(here, evidence)
    except PortalError:  # the document is gone, its words are not
        html.show("{quote}", quote=layout.quote(evidence))


def _foot(here: Here, shown: MessageView) -> None:
    """The version it rests on, how long it took, and what the reader thinks of it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        facts = [_("Version {n}").format(n=shown.version)] if shown.version else []
        if shown.staged:
            facts = [_("proposed version of cycle {n}").format(n=shown.staged)]
        if shown.seconds:
            facts.append(lasted(max(1.0, shown.seconds)))
        html.show('<span class="f-small f-soft">{facts}</span>', facts=" · ".join(facts))
        for rating, icon, label in (
            (1, ":material/thumb_up:", _("Helpful")),
            (0, ":material/thumb_down:", _("Not helpful")),
        ):
            st.button(
                label,
                icon=icon,
                key=f"rate-{shown.id}-{rating}",
                type="primary" if shown.rating == rating else "tertiary",
                on_click=act,
                args=(chats.rate, here.rag_id, shown.id, rating),
            )
        if shown.rating == 0:
            _why(here, shown)
        answer_made.switch(shown)


def _why(here: Here, shown: MessageView) -> None:
    """What the owners are told. Under another key once it is sent: that closes it."""
    sent = bool(shown.reason)
    with (
        st.popover(
            _("The owners read your remark") if sent else _("What was wrong?"),
            type="tertiary",
            key=f"why-{shown.id}-{sent}",
        ),
        st.form(f"reason-{shown.id}", border=False),
    ):
        key = f"reason-{shown.id}-{sent}"
        st.text_area(_("What was wrong?"), value=shown.reason, max_chars=1000, key=key)
        st.form_submit_button(
            _("Send"), on_click=act, args=(chats.rate, here.rag_id, shown.id, 0, Field(key))
        )
