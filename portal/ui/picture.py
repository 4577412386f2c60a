"""A neighbourhood drawn by Cytoscape.js, which is given labels, colours and ids that mean nothing.

streamlit-agraph (see `drawing`) draws the small pictures of answers; from some hundreds of things on it is
slow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import streamlit as st

from kg.vocab import digest
from portal.explore.drawn import Drawn, Link
from portal.graph import Mark
from portal.i18n import gettext as _
from portal.routes.vendored import CYTOSCAPE
from portal.ui import drawing, html
from portal.ui.times import number

HEIGHT = 620  # pixels
LAYOUTS = ("force", "rings", "tree", "circle", "kinds")
FORCED = 150  # things up to which pulling forces are the layout to begin with

_mount = st.components.v2.component(
    "ferag_picture",
    js=files("portal.ui").joinpath("picture.js").read_text("utf-8"),
    isolate_styles=False,
)


@dataclass(frozen=True, slots=True)
class Clicked:
    """What was just clicked: the IRI of a thing, or a link; `expand` for a double click."""

    thing: str = ""
    link: Link | None = None
    expand: bool = False


def layout_names() -> dict[str, str]:
    return {
        "force": _("Pulled together"),
        "rings": _("Rings"),
        "tree": _("Tree"),
        "circle": _("Circle"),
        "kinds": _("By kind"),
    }


def draw(
    drawn: Drawn,
    layout: str,
    summary: str,
    *,
    key: str,
    pinned: frozenset[str] = frozenset(),
    picked: str = "",
    directed: bool = False,
) -> Clicked | None:
    """`picked` is the IRI of a thing, or the key of a link, that is shown as chosen."""
    id_of = {n.iri: digest(n.iri, length=16) for n in drawn.nodes}
    lines = _lines(drawn.links)
    colour = colours([n.class_ for n in drawn.nodes])
    nodes = [
        {
            "id": id_of[n.iri],
            "label": drawing.shorten(n.label),
            "kind": n.class_,
            "colour": colour[n.class_],
            "size": 30 if n.iri == drawn.centre else 16 + min(12, n.links),
            "hop": n.hop,
            "centre": n.iri == drawn.centre,
            "pinned": n.iri in pinned,
            "mark": n.mark.value,
        }
        for n in drawn.nodes
    ]
    edges = [
        {
            "id": line,
            "a": id_of[links[0].subject],
            "b": id_of[links[0].object],
            "label": drawing.shorten(", ".join(k.label for k in links)),
            "mark": links[0].mark.value,
        }
        for line, links in lines.items()
    ]
    chosen = id_of.get(picked) or next((i for i, ks in lines.items() if picked in {k.key for k in ks}), "")
    data: dict[str, object] = {
        "nodes": nodes,
        "edges": edges,
        "layout": layout,
        "roots": [id_of[n.iri] for n in drawn.nodes if n.hop == 0],
        "directed": directed,
        "centre": id_of.get(drawn.centre, ""),
        "picked": chosen,
        "source": CYTOSCAPE,
        "words": _words(summary),
    }
    data["sign"] = digest(*data.values(), length=16)
    things, kept = {i: iri for iri, i in id_of.items()}, f"{key}-clicked"

    def take() -> None:  # at once: a run of the page that is cut short forgets what was clicked
        st.session_state[kept] = _clicked(st.session_state.get(key), things, lines)

    _mount(key=key, data=data, on_picked_change=take, on_expanded_change=take)
    clicked: Clicked | None = st.session_state.pop(kept, None)
    return clicked


def legend(drawn: Drawn, *, staged: bool) -> None:
    """Which colour is which kind of thing, and how many there are."""
    kinds = [n.class_ for n in drawn.nodes]
    shown = [*(drawing.marks() if staged else ())]
    for name, colour in colours(kinds).items():
        if name in kinds:
            shown.append(
                html.fill(
                    '<span><span class="f-dot" aria-hidden="true" style="background:{colour}"></span> '
                    "{name} <b>{n}</b></span>",
                    colour=colour,
                    name=name or _("of no kind"),
                    n=number(kinds.count(name)),
                )
            )
    html.show('<div class="f-meta">{legend}</div>', legend=html.join(shown))


def colours(kinds: Sequence[str]) -> Mapping[str, str]:
    """The commonest kinds get a colour of their own."""
    counts = {k: kinds.count(k) for k in set(kinds)}
    common = sorted((k for k in counts if k), key=lambda k: (-counts[k], k))
    own = drawing.COLOURS
    return {k: own[i] if i < len(own) else drawing.OTHER for i, k in enumerate(common)} | {"": drawing.OTHER}


def _lines(links: Sequence[Link]) -> dict[str, list[Link]]:
    """One line from a thing to another for each mark, with all that it says."""
    found: dict[str, list[Link]] = {}
    for link in links:
        found.setdefault(digest(link.subject, link.object, link.mark.value, length=16), []).append(link)
    return found


def _words(summary: str) -> dict[str, str]:
    return {
        "summary": summary,
        "toolbar": _("The picture"),
        "closer": _("Closer"),
        "further": _("Further"),
        "fit": _("All of it"),
        "png": "PNG",
        "svg": "SVG",
    }


def _clicked(told: object, things: Mapping[str, str], lines: Mapping[str, Sequence[Link]]) -> Clicked | None:
    """What the component answers is somebody's browser's word: only what is in the picture counts."""
    expanded, picked = getattr(told, "expanded", None), getattr(told, "picked", None)
    if isinstance(expanded, str) and expanded in things:
        return Clicked(things[expanded], expand=True)
    if isinstance(picked, str) and picked in things:
        return Clicked(things[picked])
    if isinstance(picked, str) and picked in lines:
        return Clicked(link=lines[picked][0])
    return None


def marked(mark: Mark) -> html.Markup | str:
    match mark:
        case Mark.added:
            return html.chip(_("would be added"), "good")
        case Mark.removed:
            return html.chip(_("would be removed"), "bad")
        case Mark.changed:
            return html.chip(_("would hold at other times"), "warn")
        case _:
            return ""
