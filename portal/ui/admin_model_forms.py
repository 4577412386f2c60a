"""Forms about a language model: a new one, its data, its key (which goes in and is never shown), deleting."""

from dataclasses import replace

import streamlit as st

from kg.llm.presets import PRESETS
from portal import admin_models
from portal.i18n import gettext as _
from portal.model_listing import Draft, ProfileView
from portal.session import Here, act
from portal.ui import words

OPEN = "model-form"  # which form is open: (what, number of the model); in the session
TURN = "model-turn"  # counts the models that were added, so that the form begins anew
EDIT, KEY = "edit", "key"


def new(here: Here) -> None:
    """For another model. Its key is entered afterwards, in a form that forgets it."""
    turn = st.session_state.get(TURN, 0)
    with st.expander(_("Add a model"), icon=":material/add:", key=f"new-model-of-{turn}"):
        preset = _preset("openai", f"new-{turn}")
        known = PRESETS[preset]
        with st.form(f"new-model-{turn}", border=False):
            draft = _fields(Draft(known.name, preset, known.base_url, ""), f"new-{turn}-{preset}")
            if st.form_submit_button(_("Add"), type="primary"):
                with words.explained():  # what is wrong is said beside the form
                    made = admin_models.add(here.parts, here.actor, draft)
                    st.session_state[OPEN] = (KEY, made) if known.needs_key else None
                    st.session_state[TURN] = turn + 1
                    st.session_state[words.SAID] = _("Added. Enter its key if it needs one, then test it.")
                    st.rerun()


def buttons(number: int, view: ProfileView) -> None:
    if st.button(_("Edit"), key=f"edit-{number}", icon=":material/edit:"):
        _open(EDIT, number)
    label = _("Replace the key") if view.key else _("Enter a key")
    if st.button(label, key=f"key-{number}", icon=":material/key:"):
        _open(KEY, number)
    if view.key:
        st.button(
            _("Remove the key"),
            key=f"unkey-{number}",
            on_click=act,
            args=(admin_models.remove_key, number),
            kwargs={"said": _("The key is removed.")},
        )
    with st.popover(_("Delete"), icon=":material/delete:"):
        st.caption(_("What was paid for it stays in the figures."))
        st.button(
            _("Delete it"),
            key=f"delete-{number}",
            on_click=act,
            args=(admin_models.delete, number),
            kwargs={"said": _("Deleted.")},
        )


def opened(here: Here, number: int, view: ProfileView) -> None:
    """The form that a button has opened."""
    what = st.session_state.get(OPEN)
    if what == (EDIT, number):
        _edit(here, number, view)
    elif what == (KEY, number):
        _key(number)


def key_file_note(here: Here) -> None:
    """Where processes on other machines could not read the keys."""
    chosen = here.parts.settings
    if chosen.database_url.get_secret_value() and not chosen.secret_key.get_secret_value():
        st.caption(
            _(
                "Keys are encrypted with a file of this machine's data folder. If workers run on other "
                "machines, set FERAG_SECRET_KEY to the same value on all of them and enter the keys again."
            )
        )


def _open(what: str, number: int) -> None:
    """Or close it, if it is open."""
    now = st.session_state.get(OPEN)
    st.session_state[OPEN] = None if now == (what, number) else (what, number)
    st.rerun()


def _edit(here: Here, number: int, view: ProfileView) -> None:
    preset = _preset(view.draft.preset, f"edit-{number}")
    with st.form(f"edit-model-{number}"):
        draft = _fields(replace(view.draft, preset=preset), f"edit-{number}")
        if st.form_submit_button(_("Save"), type="primary"):
            with words.explained():
                lost = admin_models.change(here.parts, here.actor, number, draft)
                said = _("Saved. The key was for another server: enter this one's.")
                st.session_state[words.SAID] = said if lost else _("Saved.")
                st.session_state[OPEN] = (KEY, number) if lost else None
                st.rerun()


def _key(number: int) -> None:
    with st.form(f"key-model-{number}", clear_on_submit=True):
        key = st.text_input(
            _("The key"),
            type="password",
            autocomplete="new-password",
            max_chars=admin_models.LONGEST_KEY,
            help=_("It is kept encrypted and never shown again."),
        )
        if st.form_submit_button(_("Keep it"), type="primary"):
            st.session_state[OPEN] = None
            act(admin_models.set_key, number, key, said=_("The key is kept, encrypted."))
            st.rerun()


def _preset(now: str, key: str) -> str:
    names = list(PRESETS)
    chosen = st.selectbox(
        _("Which server is it?"),
        names,
        index=names.index(now if now in PRESETS else "other"),
        format_func=lambda p: PRESETS[p].name or _("Another one that speaks OpenAI's protocol"),
        key=f"preset-{key}",
    )
    return chosen or "other"


def _fields(now: Draft, key: str) -> Draft:
    left, right = st.columns(2)
    name = left.text_input(_("Name, as people will see it"), value=now.name, max_chars=60, key=f"name-{key}")
    model = right.text_input(
        _("Model, as the server calls it"), value=now.model, max_chars=120, key=f"model-{key}"
    )
    address = st.text_input(
        _("Address"),
        value=now.base_url,
        max_chars=500,
        key=f"url-{key}",
        help=_("With its /v1, if it has one. An address of this machine or network is fine."),
    )
    a, b, c, d = st.columns(4, vertical_alignment="bottom")
    timeout = a.number_input(_("Time-out, s"), 1.0, 3600.0, now.timeout, 10.0, format="%.0f", key=f"t-{key}")
    in_flight = b.number_input(_("Calls at once"), 1, 256, now.in_flight, key=f"f-{key}")
    context = c.number_input(_("Context, tokens"), 512, 10_000_000, now.context_window, 1024, key=f"c-{key}")
    longest = d.number_input(_("Answer, tokens"), 16, 1_000_000, now.max_tokens, 256, key=f"l-{key}")
    e, f, g = st.columns([1, 1, 2], vertical_alignment="bottom")
    price = _("Of a million tokens, in your currency")
    price_in = e.number_input(_("Price, read"), 0.0, 10_000.0, now.price_in, help=price, key=f"i-{key}")
    price_out = f.number_input(_("Price, written"), 0.0, 10_000.0, now.price_out, help=price, key=f"o-{key}")
    in_chat = g.checkbox(_("People may choose it for their questions"), now.in_chat, key=f"chat-{key}")
    return Draft(
        name or "", now.preset, address or "", model or "",
        timeout=timeout, in_flight=int(in_flight), context_window=int(context), max_tokens=int(longest),
        price_in=price_in, price_out=price_out, in_chat=in_chat,
    )  # fmt: skip
