"""Language models: which does what, and the list of them with their tests, keys and forms."""

from collections.abc import Sequence

import streamlit as st

from kg.llm.presets import PRESETS
from portal import admin_models, model_listing, model_trials
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.model_listing import ProfileView, RoleView
from portal.model_profiles import Source
from portal.session import Here, act
from portal.ui import admin_model_forms, admin_model_trials, html, layout
from portal.ui.times import ago, number

SETTINGS, BUILT_IN = "settings", "built-in"  # of what a role can be given, beside the numbers of models


def role_names() -> dict[str, str]:
    return {
        "extract": _("Reads documents"),
        "chat": _("Answers questions"),
        "embed": _("Embeds texts for search"),
        "rerank": _("Puts what was found in order"),
    }


def roles(here: Here) -> None:
    """What does what now, and who chose it. The page's choice wins over the settings."""
    st.subheader(_("Which model does what"), anchor=False)
    html.show(
        '<p class="f-small f-soft">{text}</p>',
        text=_(
            "What is chosen here wins over the settings of the installation; where nothing is chosen, the "
            "settings hold. A choice is in force at once, on every machine."
        ),
    )
    listed = model_listing.profiles(here.parts, here.actor)
    names = {v.id: v.draft.name for v in listed if v.id is not None}
    for view in model_listing.roles(here.parts, here.actor):
        _role(view, names)
    _behind(here)


def _role(view: RoleView, names: dict[int, str]) -> None:
    role = view.served.role
    options: list[str | int] = [*([SETTINGS] if view.by_settings else []), BUILT_IN, *names]
    now = _now(view)

    def label(option: str | int) -> str:
        if option == SETTINGS:
            return _("From the settings: {model}").format(model=view.by_settings)
        return names[option] if isinstance(option, int) else _("Built in, without a model")

    left, middle, right = st.columns([3, 5, 2], vertical_alignment="center")
    with left:
        html.show('<span class="f-name">{name}</span>', name=role_names()[role])
    chosen = middle.selectbox(
        role_names()[role],
        options,
        index=options.index(now),
        format_func=label,
        key=f"role-{role}-{now}",  # begins anew when what is chosen changes
        label_visibility="collapsed",
    )
    if chosen is not None and chosen != now:
        service, arguments = _choosing(role, chosen, view)
        right.button(
            _("Use it"),
            key=f"use-{role}",
            type="primary",
            on_click=act,
            args=(service, *arguments),
            kwargs={"said": _("Chosen.")},
        )
        if role == "embed":
            st.caption(
                _(
                    "All indexes are then made anew in the background. Until that is done, search goes by "
                    "words and connections, with the indexes as they are."
                )
            )


def _now(view: RoleView) -> str | int:
    profile = view.served.profile
    if view.served.source is Source.settings:
        return SETTINGS
    return BUILT_IN if profile is None or profile.id is None else profile.id


def _choosing(role: str, chosen: str | int, view: RoleView) -> tuple[object, tuple[object, ...]]:
    if isinstance(chosen, int):
        return admin_models.serve, (role, chosen)
    if chosen == SETTINGS or not view.by_settings:
        return admin_models.serve_by_settings, (role,)
    return admin_models.serve_without, (role,)


def _behind(here: Here) -> None:
    found = model_listing.behind(here.parts, here.actor)
    if found.waiting:
        st.info(
            _("Indexes made anew for the embedding model: {done} of {total}.").format(
                done=number(found.total - found.waiting), total=number(found.total)
            ),
            icon=":material/sync:",
        )
    if found.error:
        st.warning(
            _("The last try to make an index anew failed. It is tried again every minute; test the model."),
            icon=":material/warning:",
        )


def profiles(here: Here) -> None:
    """All models, those of the settings first, and the form for another."""
    st.subheader(_("Models"), anchor=False)
    listed = model_listing.profiles(here.parts, here.actor)
    if not listed:
        layout.empty(
            _("No model yet"),
            _("The portal works without one. Add one to have documents read and answers written by it."),
        )
    if any(v.id is not None and v.key is not None for v in listed):
        admin_model_forms.key_file_note(here)
    for view in listed:
        with st.container(border=True, gap="small"):
            _card(here, view)
    admin_model_forms.new(here)


def _card(here: Here, view: ProfileView) -> None:
    draft = view.draft
    html.show(
        '<div class="f-line"><span class="f-name">{name}</span>{chips}</div>'
        '<div class="f-meta">{facts}</div>',
        name=draft.name,
        chips=html.join(_chips(view), " "),
        facts=html.join(html.fill("<span>{text}</span>", text=t) for t in _facts(view)),
    )
    kept = f"tried-{view.id or view.named_for}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Test"),
            key=f"test-{view.id or view.named_for}",
            help=_("Small calls, made now: what works is listed below. It can take a minute."),
            icon=":material/network_check:",
            on_click=act,
            args=(model_trials.test, view.id) if view.id else (model_trials.test_of_settings, view.named_for),
            kwargs={"keep": kept},
        )
        if view.id is not None:
            admin_model_forms.buttons(view.id, view)
    if view.id is not None:
        admin_model_forms.opened(here, view.id, view)
    admin_model_trials.show(st.session_state.get(kept), view.serves or (view.named_for,))


def _chips(view: ProfileView) -> Sequence[html.Markup]:
    names = role_names()
    found = [html.chip(names[role], "good") for role in view.serves]
    if view.id is None:
        found.append(html.chip(_("from the settings"), "info", dot=False))
    if view.draft.in_chat:
        found.append(html.chip(_("offered in chat"), "odd", dot=False))
    return found


def _facts(view: ProfileView) -> Sequence[str]:
    draft = view.draft
    preset = PRESETS[draft.preset].name if draft.preset in PRESETS else ""
    facts = [draft.model, draft.base_url, _key(view)]
    if view.id is None:
        return facts
    facts.append(
        ngettext("{n} call at once", "{n} calls at once", draft.in_flight).format(n=number(draft.in_flight))
    )
    facts.append(_("context in tokens: {n}").format(n=number(draft.context_window)))
    if draft.price_in or draft.price_out:
        facts.append(
            _("a million tokens read: {a}, written: {b}").format(
                a=number(draft.price_in), b=number(draft.price_out)
            )
        )
    return [preset, *facts] if preset else facts


def _key(view: ProfileView) -> str:
    key = view.key
    if key is None:
        return _("no key")
    if not key.readable:
        return _("its key cannot be read here: enter it again")
    if key.at is None:
        return _("has a key")
    return _("has a key, set by {who} {when}").format(who=key.by or "?", when=ago(key.at))
