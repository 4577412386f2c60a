"""A neighbourhood drawn by streamlit-agraph, which is given nothing that it could run.

The component puts a node's title into the page as HTML, takes its id for one that is missing, opens it on
a double click and loads images from anywhere. So nodes go without a title, under ids that mean nothing.
"""

from collections import Counter
from collections.abc import Sequence
from math import cos, pi, sin, sqrt
from textwrap import fill

import streamlit as st
from streamlit_agraph import Config, Edge, Node, agraph

from portal.graph import Mark, Picture
from portal.i18n import gettext as _
from portal.ui import html, theme

LONGEST, LINE = 40, 18  # characters of a label in the picture, and of one of its lines
MARGIN = 100.0  # beside the outermost nodes, for their labels: the picture is fitted to nodes alone
ADDED, REMOVED, CHANGED = "#2e9e4f", "#d0453e", "#c98500"
COLOURS = ("#2f8f86", "#3c78b5", "#8257b8", "#b9770e", "#c2577f", "#5c8a3a", "#7d6a58", "#4b6a9b")
OTHER = "#7d8a8b"
_ALLOWED = frozenset({"x", "y", "color", "size", "level", "group", "shape", "borderWidth"})


class SafeNode(Node):
    """A node that carries a label and no other text."""

    def __init__(self, id_: str, label: str, **look: object) -> None:
        super().__init__(
            id=id_,
            label=fill(shorten(label), LINE, break_long_words=False),
            **{k: v for k, v in look.items() if k in _ALLOWED},
        )
        self.__dict__.pop("title")
        self.font = {"multi": False, "color": look.get("text", "#1d2728"), "size": 14}


def shorten(label: str) -> str:
    plain = " ".join(label.split())
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


def draw(picture: Picture) -> str:
    """The picture; the IRI of the node that was clicked, or ""."""
    ids = {n.iri: f"k{i}" for i, n in enumerate(picture.nodes)}
    colour = _colours(picture)
    text = theme.ink()
    line = "#5d6b6c" if st.context.theme.type == "dark" else "#a9b6b6"
    places = _places(picture)
    nodes = [
        SafeNode(
            ids[n.iri],
            n.label,
            color=_with_border(colour[n.class_], n.mark),
            borderWidth=1 if n.mark is Mark.same else 4,
            size=26 if n.iri == picture.centre else 16,
            shape="dot",
            text=text,
            x=x,
            y=y,
        )
        for n, (x, y) in zip(picture.nodes, places, strict=True)
    ]
    wide = max(abs(x) for x, _y in places) + MARGIN
    nodes += [
        SafeNode(side, "", color="rgba(0,0,0,0)", size=1, shape="dot", x=x, y=0.0)
        for side, x in (("left", -wide), ("right", wide))
    ]
    edges = [
        Edge(
            source=ids[subject],
            target=ids[object_],
            label=shorten(", ".join(labels)),
            color={Mark.added: ADDED, Mark.removed: REMOVED, Mark.changed: CHANGED}.get(mark, line),
            dashes=mark is Mark.removed,
            width=1 if mark is Mark.same else 2.5,
            font={"size": 11, "color": text, "strokeWidth": 0, "align": "middle", "multi": False},
            smooth={"enabled": True, "type": "curvedCW", "roundness": _bend(mark)} if both else False,
        )
        for (subject, object_), mark, labels, both in _between(picture)
    ]
    config = Config(
        width="100%",
        height=560,
        directed=True,
        physics=False,
        hierarchical=False,
        groups={},
        layout={"improvedLayout": False},
        interaction={"hover": False, "zoomView": True, "keyboard": False},
    )
    clicked = agraph(nodes=nodes, edges=edges, config=config)
    by_id = {v: k for k, v in ids.items()}
    return by_id.get(clicked or "", "")


def legend(picture: Picture) -> list[html.Markup]:
    """Which colour is which kind of thing."""
    return [
        html.fill(
            '<span><span aria-hidden="true" style="display:inline-block;width:.7rem;height:.7rem;'
            'border-radius:50%;background:{colour}"></span> {name}</span>',
            colour=colour,
            name=name,
        )
        for name, colour in _colours(picture).items()
        if name
    ]


def marks() -> list[html.Markup]:
    """What the colours of a proposal mean."""
    return [
        html.fill(
            '<span><span aria-hidden="true" style="display:inline-block;width:1.3rem;'
            'border-top:3px {line} {colour};vertical-align:middle"></span> {text}</span>',
            line=line,
            colour=colour,
            text=text,
        )
        for line, colour, text in (
            ("solid", ADDED, _("would be added")),
            ("dashed", REMOVED, _("would be removed")),
            ("solid", CHANGED, _("would hold at other times")),
        )
    ]


def _bend(mark: Mark) -> float:
    return 0.45 if mark is Mark.removed else 0.2


def _with_border(colour: str, mark: Mark) -> str | dict[str, str]:
    if mark is Mark.same:
        return colour
    return {"background": colour, "border": ADDED if mark is Mark.added else REMOVED}


def _between(picture: Picture) -> list[tuple[tuple[str, str], Mark, list[str], bool]]:
    """One line from a thing to another for each mark, with all that it says, and whether there is another
    between them: two straight ones would lie on each other."""
    lines: dict[tuple[tuple[str, str], Mark], list[str]] = {}
    for e in picture.edges:
        lines.setdefault(((e.subject, e.object), e.mark), []).append(e.label)
    many = Counter(frozenset(ends) for ends, _mark in lines)
    return [(ends, mark, labels, many[frozenset(ends)] > 1) for (ends, mark), labels in lines.items()]


def _colours(picture: Picture) -> dict[str, str]:
    """The commonest kinds get a colour of their own."""
    counts: dict[str, int] = {}
    for node in picture.nodes:
        counts[node.class_] = counts.get(node.class_, 0) + 1
    common = sorted((c for c in counts if c), key=lambda c: (-counts[c], c))
    return {c: COLOURS[i] if i < len(COLOURS) else OTHER for i, c in enumerate(common)} | {"": OTHER}


def _places(picture: Picture) -> Sequence[tuple[float, float]]:
    """The centre in the middle, what touches it in a ring, the rest in rings around; the same every time."""
    near = {e.object for e in picture.edges if e.subject == picture.centre}
    near |= {e.subject for e in picture.edges if e.object == picture.centre}
    first = [n.iri for n in picture.nodes if n.iri in near and n.iri != picture.centre]
    rest = [n.iri for n in picture.nodes if n.iri not in near and n.iri != picture.centre]
    at = {picture.centre: (0.0, 0.0)}
    radius = max(190.0, len(first) * 26.0)
    for iris, r, turn in ((first, radius, 0.0), (rest, radius + max(170.0, 40 * sqrt(len(rest))), 0.5)):
        for i, iri in enumerate(iris):
            angle = 2 * pi * (i + turn) / len(iris) - pi / 2
            wave = 1.0 if i % 2 == 0 or len(iris) < 9 else 1.28
            at[iri] = (r * wave * 1.25 * cos(angle), r * wave * sin(angle))
    return [at[n.iri] for n in picture.nodes]
