"""A field that finds a thing by a few letters, and what it found."""

import streamlit as st

from portal.explore import finding
from portal.explore.finding import FoundThing
from portal.i18n import gettext as _
from portal.session import Here


def finder(here: Here, label: str, key: str, asked: str, staged: int | None = None) -> str:
    """The IRI that was chosen here, or `asked`; without letters it offers things that much is said of."""
    text = st.text_input(
        label,
        key=key,
        placeholder=_("Name of a person, organisation, place…"),
        icon=":material/search:",
    ).strip()
    if text:
        found = finding.find(here.parts, here.actor, here.rag_id, text, staged=staged)
        if not found:
            st.info(_("Nothing has a name like that."))
    else:
        found = finding.foremost(here.parts, here.actor, here.rag_id, staged=staged)
    if not found:
        return asked
    names = _names(found)
    picked = st.pills(
        _("Found") if text else _("Begin with"),
        list(names),
        format_func=lambda i: names[i],
        default=asked if asked in names else None,
        key=f"{key}-pick-{asked}",  # not of the letters: a click on the list before it counts in the new one
    )
    return picked or asked or ("" if text else found[0].iri)


def _names(found: tuple[FoundThing, ...]) -> dict[str, str]:
    """What each is called: its kind where two are called the same, the name it was found by if another."""
    labels = [f.label for f in found]
    names = {}
    for f in found:
        kind = f" ({', '.join(f.classes)})" if f.classes and labels.count(f.label) > 1 else ""
        also = f" · {f.name}" if f.name != f.label else ""
        names[f.iri] = f"{f.label}{kind}{also}"
    return names
