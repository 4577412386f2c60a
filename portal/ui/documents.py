"""Adding documents, and the list of those that are there."""

from collections.abc import Callable

import streamlit as st

from portal import cycles, document_list, documents, model_profiles, navigation, web_pages
from portal.access import Action
from portal.document_list import DocumentPage, DocumentState, Listed, Wanted
from portal.documents import Receipt, Upload
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.session import Here, act, enter, fragment
from portal.ui import estimate, html, layout, paging, reading, words
from portal.ui.times import ago, number, size

LOOK_SECONDS = 3.0
MOVING = frozenset({DocumentState.waiting, DocumentState.reading, DocumentState.extracting})


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
                "Up to {n} MB each; also ontologies, lists and graphs in RDF. Nothing enters the knowledge "
                "base before somebody approves it."
            ).format(n=here.parts.settings.max_upload_mb),
        )
        label = ngettext("Upload {n} file", "Upload {n} files", len(chosen)).format(n=len(chosen))
        if chosen and st.button(label, type="primary", icon=":material/upload:"):
            with words.explained(), st.spinner(_("Storing the files…")):
                files = [Upload(f.name, f) for f in chosen]
                receipt = documents.upload(here.parts, here.actor, here.rag_id, files)
                st.session_state["upload_turn"] = turn + 1
                _after(here, receipt)
        if chosen and model_profiles.reader(here.parts) is not None:
            estimate.offer(here, chosen)
        _refused(here)


def paste(here: Here) -> None:
    """Text from somewhere else, as a document of its own."""
    with (
        st.expander(_("Paste text instead"), icon=":material/content_paste:"),
        st.form("paste", border=False),
    ):
        title = st.text_input(_("Its title"), max_chars=120)
        pasted = st.text_area(_("The text"), height=200)
        if st.form_submit_button(_("Add this text")):
            with words.explained():
                name = title.strip() or _("Pasted text")
                file = Upload(f"{name}.md", pasted.encode())
                _after(here, documents.upload(here.parts, here.actor, here.rag_id, [file]))


def web_page(here: Here) -> None:
    """A page of a site that the administrator has allowed, by its address."""
    if not here.parts.settings.web_sites:
        return
    with (
        st.expander(_("Take in a web page"), icon=":material/language:"),
        st.form("web-page", border=False),
    ):
        st.caption(_("Of these sites: {sites}").format(sites=html.plain(here.parts.settings.web_sites)))
        address = st.text_input(_("Its address"), max_chars=2000)
        if st.form_submit_button(_("Take it in")):
            with words.explained(), st.spinner(_("Fetching the page…")):
                _after(here, web_pages.add(here.parts, here.actor, here.rag_id, address))


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


def table(here: Here) -> bool:
    """Every document with where it stands; False if there is none at all."""
    found = _found(here)
    if found.total:
        _filters(here, found)
        (_moving if found.states.keys() & MOVING else _still)()
    return bool(found.total)


def _found(here: Here) -> DocumentPage:
    chosen = frozenset(DocumentState(v) for v in st.session_state.get(f"states-{here.rag_id}") or ())
    wanted = Wanted(st.session_state.get(f"named-{here.rag_id}", ""), chosen)
    return document_list.page(here.parts, here.actor, here.rag_id, wanted, paging.at("documents"))


def _filters(here: Here, found: DocumentPage) -> None:
    st.session_state["states-counted"] = dict(found.states)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            _("Search"),
            key=f"named-{here.rag_id}",
            placeholder=_("Search by name"),
            icon=":material/search:",
            label_visibility="collapsed",
        )
        st.pills(
            _("States"),
            [s.value for s in found.states],
            format_func=lambda v: f"{words.of(DocumentState(v))} {number(found.states[DocumentState(v)])}",
            selection_mode="multi",
            key=f"states-{here.rag_id}",
            label_visibility="collapsed",
        )


@fragment(Action.read, run_every=LOOK_SECONDS)
def _moving(here: Here) -> None:
    _list(here)


@fragment(Action.read)
def _still(here: Here) -> None:
    _list(here)


def _list(here: Here) -> None:
    found = _found(here)
    if dict(found.states) != st.session_state["states-counted"]:
        st.rerun()  # the counts above the list, and whether it is looked at again, are the page's
    if not found.matching:
        layout.empty(_("No document matches"), _("Choose other states, or search for another name."))
    paging.turn(found.matching, document_list.PAGE, "documents")
    for document in found.documents:
        _row(here, document)


def _row(here: Here, document: Listed) -> None:
    with st.container(border=True, gap="xsmall", key=f"document-{document.id}"):
        left, right = st.columns([8, 1], vertical_alignment="center")
        with left:
            navigation.link(
                "document", f"**{html.plain(document.name)}**", rag=here.rag_id, revision=document.revision
            )
            html.show('<div class="f-meta">{facts}</div>', facts=html.join(_facts(document)))
            if document.error or document.cycle_error:
                html.show('<div class="f-small f-soft">{why}</div>', why=_why(document))
        with right, st.popover(_("More"), help=_("What can be done with it")):
            _menu(here, document)


def _why(document: Listed) -> str:
    """It could not be read, or its cycle stopped."""
    if not document.error:
        return words.step_error(document.cycle_error)
    return words.unread(document.name, document.error)


def _facts(document: Listed) -> list[html.Markup]:
    state = html.chip(words.of(document.state), words.tone(document.state))
    texts = []
    if document.state is DocumentState.extracting:
        texts.append(_("passage {n} of {m}").format(n=number(document.units_done), m=number(document.units)))
    elif document.units:
        label = ngettext("{n} passage", "{n} passages", document.units)
        texts.append(label.format(n=number(document.units)))
    if document.units_aside:
        texts.append(_("{n} put aside").format(n=number(document.units_aside)))
    if document.tokens:
        texts.append(ngettext("{n} token", "{n} tokens", document.tokens).format(n=number(document.tokens)))
    if document.spent.calls:
        texts.append(_("the model: {what}").format(what=reading.used(document.spent)))
    texts += [size(document.size), _("{who}, {when}").format(who=document.who, when=ago(document.created_at))]
    if document.number > 1:
        texts.append(_("revision {n}").format(n=document.number))
    if document.approved and document.state is not DocumentState.approved:
        texts.append(_("an earlier one is in the knowledge base"))
    texts += [words.file_note(note) for note in document.notes]
    return [state, *(html.fill("<span>{text}</span>", text=t) for t in texts)]


def _menu(here: Here, document: Listed) -> None:
    address = f"/download/{here.rag_id}/document/{document.revision}"
    html.show('<a href="{address}" download>{label}</a>', address=address, label=_("Download the original"))
    navigation.link("progress", _("How it was read"), rag=here.rag_id, cycle=document.cycle)
    if not here.may(Action.upload) or document.state is DocumentState.removing:
        return
    if document.state is DocumentState.failed and document.cycle_error:
        _button(_("Try again"), "retry", document, ":material/refresh:", cycles.retry, document.cycle)
    if document.state in MOVING or document.state is DocumentState.paused:
        _button(
            _("Stop reading"),
            "stop",
            document,
            ":material/stop:",
            cycles.cancel,
            document.cycle,
            help=_("And the other files of the same upload. They can be read again later."),
            said=_("The reading is being stopped."),
        )
    if document.state not in MOVING:
        _button(
            _("Read it again"),
            "again",
            document,
            ":material/restart_alt:",
            documents.read_again,
            document.id,
            help=_("As if it were uploaded anew: what is read differently is proposed for review."),
            said=_("It is read again."),
        )
        if st.button(_("Replace it…"), key=f"replace-{document.id}", icon=":material/upload_file:"):
            _replace(document)
    if document.approved:
        _button(
            _("Propose to remove it"),
            "remove",
            document,
            ":material/delete:",
            documents.remove,
            document.id,
            help=_("Facts that only this document says are then proposed for removal. You decide."),
            said=_("Its removal is being prepared for review."),
        )
    elif document.state in (DocumentState.failed, DocumentState.left_out):
        _button(
            _("Take it off the list"),
            "remove",
            document,
            ":material/delete:",
            documents.remove,
            document.id,
            help=_("Nothing of it is approved."),
            said=_("It is off the list."),
        )


def _button(
    label: str,
    name: str,
    document: Listed,
    icon: str,
    does: Callable[..., object],
    number: int,
    help: str | None = None,  # Streamlit's word
    said: str = "",
) -> None:
    """`does(parts, actor, rag_id, number)` at a click."""
    st.button(
        label,
        key=f"{name}-{document.id}",
        icon=icon,
        help=help,
        on_click=act,
        args=(does, document.rag_id, number),
        kwargs={"said": said} if said else {},
    )


def _replace(document: Listed) -> None:
    @st.dialog(_("Replace {name}").format(name=document.name))
    def ask() -> None:
        here = enter(Action.upload)
        st.caption(_("The new file is the next revision. What it no longer says is proposed for removal."))
        chosen = st.file_uploader(_("The new file"), max_upload_size=here.parts.settings.max_upload_mb)
        if st.button(_("Replace"), type="primary", disabled=chosen is None) and chosen:
            with words.explained():
                folder, _slash, name = document.name.rpartition("/")
                file = Upload(name, chosen, folder)
                _after(here, documents.upload(here.parts, here.actor, here.rag_id, [file]))

    ask()
