"""Adding documents, and the list of those that are there."""

from collections.abc import Sequence

import streamlit as st

from portal import documents, navigation
from portal.access import Action
from portal.documents import Listed, Receipt, Upload
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.session import Here, act
from portal.ui import html, paging, words
from portal.ui.times import ago, size

PAGE = 25


def uploader(here: Here) -> None:
    """Choose files, then send them: one click is one cycle."""
    turn = st.session_state.setdefault("upload_turn", 0)
    with st.container(border=True):
        chosen = st.file_uploader(
            _("Add documents"),
            accept_multiple_files=True,
            key=f"files-{here.rag_id}-{turn}",
            max_upload_size=here.parts.settings.max_upload_mb,
            help=_(
                "Up to {n} MB each. Nothing enters the knowledge base before somebody approves it."
            ).format(n=here.parts.settings.max_upload_mb),
        )
        label = ngettext("Upload {n} file", "Upload {n} files", len(chosen)).format(n=len(chosen))
        if chosen and st.button(label, type="primary", icon=":material/upload:"):
            with words.explained(), st.spinner(_("Storing the files…")):
                files = [Upload(f.name, f) for f in chosen]
                receipt = documents.upload(here.parts, here.actor, here.rag_id, files)
                st.session_state["upload_turn"] = turn + 1
                _after(here, receipt)
        _refused(here)


def _after(here: Here, receipt: Receipt) -> None:
    st.session_state["refused"] = receipt.refused
    if receipt.cycle and not receipt.refused:
        navigation.go("progress", rag=here.rag_id, cycle=receipt.cycle)
    st.session_state["receipt_cycle"] = receipt.cycle
    st.rerun()


def _refused(here: Here) -> None:
    """What was not taken, and why; what was is on its way."""
    refused = st.session_state.pop("refused", ())
    if not refused:
        return
    limit = here.parts.settings.max_upload_mb
    for file in refused:
        st.warning(words.refused(file.name, file.code, file.why, limit), icon=":material/block:")
    cycle = st.session_state.pop("receipt_cycle", None)
    if cycle:
        navigation.link(
            "progress",
            _("Watch the other files being read"),
            icon=":material/arrow_forward:",
            rag=here.rag_id,
            cycle=cycle,
        )


def table(here: Here, listed: Sequence[Listed]) -> None:
    """Every document with its state; what can be done with it in its menu."""
    for document in paging.page(listed, PAGE, "documents"):
        _row(here, document)


def _row(here: Here, document: Listed) -> None:
    with st.container(border=True, gap="xsmall"):
        left, right = st.columns([8, 1], vertical_alignment="center")
        with left:
            navigation.link(
                "document", f"**{html.plain(document.name)}**", rag=here.rag_id, revision=document.revision
            )
            html.show('<div class="f-meta">{facts}</div>', facts=html.join(_facts(document)))
        with right, st.popover(_("More"), help=_("What can be done with it")):
            _menu(here, document)


def _facts(document: Listed) -> list[html.Markup]:
    if document.error:
        state = html.chip(_("Could not be read"), "bad")
    elif document.being_removed:
        state = html.chip(_("Removal is proposed"), "warn")
    elif document.approved:
        state = html.chip(_("In the knowledge base"), "good")
    else:
        state = html.chip(words.of(document.cycle_state), words.tone(document.cycle_state))
    texts = [size(document.size), _("{who}, {when}").format(who=document.who, when=ago(document.created_at))]
    if document.revisions > 1:
        texts.append(_("revision {n}").format(n=document.number))
    texts += [words.file_note(note) for note in document.notes]
    if document.error:
        texts.append(words.file_note(document.error))
    return [state, *(html.fill("<span>{text}</span>", text=t) for t in texts)]


def _menu(here: Here, document: Listed) -> None:
    address = f"/download/{here.rag_id}/document/{document.revision}"
    html.show('<a href="{address}" download>{label}</a>', address=address, label=_("Download the original"))
    navigation.link("progress", _("How it was read"), rag=here.rag_id, cycle=document.cycle)
    if here.may(Action.upload) and not document.being_removed:
        st.button(
            _("Propose to remove it"),
            key=f"remove-{document.id}",
            icon=":material/delete:",
            help=_("Facts that only this document says are then proposed for removal. You decide."),
            on_click=act,
            args=(documents.remove, here.rag_id, document.id),
            kwargs={"said": _("Its removal is being prepared for review.")},
        )
