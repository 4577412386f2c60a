"""What waits for the reader, a card each."""

from collections.abc import Sequence

import streamlit as st

from portal import inbox, navigation
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.inbox import Item, Waits
from portal.session import Here, act
from portal.ui import html, words
from portal.ui.times import ago, number


def cards(here: Here, items: Sequence[Item]) -> None:
    for item in items:
        with st.container(border=True, gap="small"):
            html.show(
                '<div class="f-meta">{chip}<span>{rag}</span><span>{when}</span></div>'
                '<div class="f-name">{title}</div><div class="f-wrap">{text}</div>',
                chip=html.chip(words.of(item.why), words.tone(item.why)),
                rag=item.rag,
                when=ago(item.at),
                title=_("Cycle {n}: {title}").format(n=item.cycle, title=item.title),
                text=_text(item),
            )
            _actions(here, item)


def _text(item: Item) -> str | html.Markup:
    match item.why:
        case Waits.mention | Waits.request:
            return html.fill("<b>{who}</b>: <span class='f-said'>{text}</span>", who=item.who, text=item.text)
        case Waits.failed:
            return words.step_error(item.text) or words.of(item.why)
        case Waits.again:
            text = ngettext(
                "The approved version moved: {n} change says something else now and needs another look.",
                "The approved version moved: {n} changes say something else now and need another look.",
                item.many,
            )
        case Waits.decide:
            text = ngettext("{n} undecided change", "{n} undecided changes", item.many)
        case Waits.approve:
            return _("Everything is decided: it can be approved.")
    return text.format(n=number(item.many))


def _actions(here: Here, item: Item) -> None:
    query: dict[str, object] = {"rag": item.rag_id, "cycle": item.cycle}
    if item.change_id:
        query["change"] = item.change_id
    page = "progress" if item.why is Waits.failed else "review"
    with st.container(horizontal=True, vertical_alignment="center"):
        key = f"{item.why}-{item.rag_id}-{item.cycle}-{item.comment_id}"
        what = _("Open: {title}").format(title=item.title)
        if st.button(_("Open"), key=f"open-{key}", type="primary", help=what):
            if item.why is Waits.mention:
                inbox.seen(here.parts, here.actor, item.comment_id)
            navigation.go(page, **query)
        if item.why is Waits.mention:
            st.button(
                _("I have read it"),
                key=f"seen-{key}",
                on_click=act,
                args=(inbox.seen, item.comment_id),
            )
