"""What the windows of corrections ask for: a thing by its name, a kind, dates, and how one knows."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from kg.model import Period, Property
from portal import document_list, edit_things, edits
from portal.edits import Why
from portal.i18n import gettext as _
from portal.session import Here
from portal.ui import html, words

REASON = 500  # characters
FEW = 15  # things that are offered


def why(here: Here, key: str) -> Why:
    """What stands where others have a quote, and a quote if there is one."""
    reason = st.text_input(
        _("How do you know?"),
        key=f"why-{key}",
        max_chars=REASON,
        placeholder=_("I have seen the contract"),
    )
    with st.expander(_("A document says so, too"), icon=":material/format_quote:"):
        held = document_list.approved(here.parts, here.actor, here.rag_id)
        document = st.selectbox(
            _("Document"), list(held), index=None, format_func=lambda k: held[k], key=f"document-{key}"
        )
        quote = st.text_area(_("Its exact words"), key=f"quote-{key}", height=80)
    return Why(reason or "", document or "", (quote or "") if document else "")


def keep(label: str, key: str, primary: bool = True) -> bool:
    return st.button(label, type="primary" if primary else "secondary", key=f"keep-{key}")


def kept() -> None:
    """After a correction was kept: the page says so."""
    st.session_state[words.SAID] = _("Kept among your corrections.")
    st.rerun()


def thing(here: Here, label: str, key: str, but: str = "") -> str:
    """A thing by a few letters of its name; its IRI. What is not there can be added, on purpose."""
    typed = st.text_input(label, key=f"find-{key}", placeholder=_("A few letters of its name")).strip()
    if not typed:
        return ""
    found = [f for f in edits.find(here.parts, here.actor, here.rag_id, typed, FEW) if f.iri != but]
    if not found:
        html.show('<div class="f-soft">{text}</div>', text=_("Nothing has this name."))
        return ""
    names = {f.iri: f"{f.label} ({', '.join(f.classes)})" if f.classes else f.label for f in found}
    sure = found[0].name.casefold().startswith(typed.casefold())  # else it is only like it
    picked = st.selectbox(
        _("Which one?"),
        list(names),
        index=0 if sure else None,
        format_func=lambda i: names[i],
        placeholder=_("Choose"),
        key=f"which-{key}-{typed}",
    )
    return picked or ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A thing by its IRI; or, without one, the name and the kind of one that is to be added."""

    iri: str = ""
    name: str = ""
    kind: str = ""


def thing_or_new(here: Here, label: str, key: str, but: str = "", of: str = "") -> Chosen:
    """The same, or one that is to be added on purpose; `of` is the kind that it probably is."""
    iri = thing(here, label, key, but)
    typed = str(st.session_state.get(f"find-{key}", "")).strip()
    if not typed or not st.checkbox(_("Add it as a new thing"), key=f"new-{key}-{typed}"):
        return Chosen(iri)
    return Chosen("", typed, kind(here, _("Kind of thing"), f"kind-{key}-{of}", of))


def added(here: Here, chosen: Chosen, because: Why) -> str:
    """The IRI; a thing that is to be added is kept as a correction of its own first."""
    if not chosen.name:
        return chosen.iri
    return edit_things.new_thing(here.parts, here.actor, here.rag_id, chosen.name, chosen.kind, because)


def kind(here: Here, label: str, key: str, chosen: str = "", but: Sequence[str] = ()) -> str:
    """A kind of thing; its IRI, "" for none."""
    known = edits.terms(here.parts, here.actor, here.rag_id).classes
    return _term(label, {str(c.iri): c.label for c in known if str(c.iri) not in but}, key, chosen)


def relation(here: Here, label: str, key: str, chosen: str = "", only: str = "") -> Property | None:
    """A relation; `only` of this sort, "object" or "datatype"."""
    known = edits.terms(here.parts, here.actor, here.rag_id)
    offered = {str(p.iri): p.label for p in known.properties if not only or p.kind == only}
    iri = _term(label, offered, key, chosen)
    return next((p for p in known.properties if str(p.iri) == iri), None)


def named(here: Here, iris: Sequence[str]) -> dict[str, str]:
    """What these things are called, by IRI."""
    return {i: e.label for i, e in edits.things(here.parts, here.actor, here.rag_id, iris).items()}


def _term(label: str, offered: dict[str, str], key: str, chosen: str) -> str:
    iris = sorted(offered, key=lambda i: (offered[i].casefold(), i))
    at = iris.index(chosen) if chosen in iris else None
    picked = st.selectbox(
        label, iris, index=at, format_func=lambda i: offered[i], placeholder=_("Type to search"), key=key
    )
    return picked or ""


def dates(held: Sequence[Period], key: str) -> tuple[tuple[str, str], ...]:
    """When it holds, as people type it: a line for each time that it held, one at least."""
    typed = []
    for n, one in enumerate(held or (Period(),)):
        since, until = st.columns(2)
        start = since.text_input(
            _("Holds since"), value=one.start, placeholder="2024-03-15", key=f"since-{n}-{key}"
        )
        end = until.text_input(_("Held until"), value=one.end, placeholder="2025", key=f"until-{n}-{key}")
        typed.append((start or "", end or ""))
    return tuple(typed)
