"""A map of the things with coordinates. Coastlines come with the portal: no tile is asked of another host."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import altair as alt
import pandas  # noqa: F401  # else altair may find it half imported by the page of somebody else
import streamlit as st

from portal.explore import places as found_places
from portal.explore.places import Place
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.session import Here
from portal.ui import explore_list, html, layout, paging, theme
from portal.ui.times import number

ROWS = 100
WIDE, HIGH = 720, 380
MARGIN = 0.25  # of what the places span, around them
SMALLEST = 4.0  # degrees that are shown at least
NAME = 220  # pixels of a name
SIDES = ("left", "center", "right")


def chart(here: Here) -> None:
    found = found_places.places(here.parts, here.actor, here.rag_id)
    if not found.found:
        layout.empty(
            _("No place has coordinates yet"),
            _("Things with a latitude and a longitude, or with both as one value, stand here on a map."),
        )
        return
    many = ngettext("{n} place", "{n} places", len(found.found)).format(n=number(len(found.found)))
    st.subheader(many, anchor=False)
    if found.unread:
        text = ngettext("{n} value tells no coordinates.", "{n} values tell no coordinates.", found.unread)
        st.caption(text.format(n=number(found.unread)))
    if found.cut:
        st.caption(_("There are more: only the first were read."))
    world = st.toggle(_("The whole world"), key="map-world")
    st.altair_chart(_map(found.found, world=world), width="stretch")
    body = html.join(
        html.fill(
            "<tr><td>{a}</td><td>{b}</td><td>{c}</td></tr>",
            a=explore_list.anchor(here, p.iri, p.label),
            b=number(p.latitude),
            c=number(p.longitude),
        )
        for p in paging.page(found.found, ROWS, "places")
    )
    html.show(
        '<table class="f-table"><thead><tr><th scope="col">{a}</th><th scope="col">{b}</th>'
        '<th scope="col">{c}</th></tr></thead><tbody>{body}</tbody></table>',
        a=_("Place"),
        b=_("Latitude"),
        c=_("Longitude"),
        body=body,
    )


def _map(places: tuple[Place, ...], *, world: bool) -> alt.LayerChart:
    """Land, a net of degrees and the places; around the places unless the world is asked for."""
    rows = [
        {"name": p.label, "north": p.latitude, "east": p.longitude, "side": side}
        for p, side in zip(places, _sides(places, world=world), strict=True)
    ]
    point = (
        alt.Chart(alt.Data(values=rows))
        .mark_circle(size=70, color="#2f8f86", opacity=0.85)
        .encode(
            longitude="east:Q",
            latitude="north:Q",
            tooltip=[
                alt.Tooltip("name:N", title=_("Place")),
                alt.Tooltip("north:Q", title=_("Latitude")),
                alt.Tooltip("east:Q", title=_("Longitude")),
            ],
        )
    )
    land = alt.Chart(alt.Data(values=_coast(), format=alt.TopoDataFormat(feature="land", type="topojson")))
    net = alt.Chart(alt.graticule(step=[10, 10]))
    layers = [
        land.mark_geoshape(aria=False, fill="#8fa3a1", fillOpacity=0.25, stroke="#7d8a8b", strokeWidth=0.5),
        net.mark_geoshape(aria=False, stroke="#7d8a8b", strokeWidth=0.25, filled=False),
        point,
    ]
    if len(places) <= 40:
        layers += [
            point.transform_filter(alt.datum.side == side)
            .mark_text(
                aria=False, dy=-11, fontSize=11, limit=NAME, align=side, color=theme.ink(), fontWeight=600
            )
            .encode(text="name:N")
            for side in SIDES
        ]
    projection: dict[str, Any] = {"type": "equirectangular"}
    if not world:
        projection |= _around(places)
    drawn = alt.layer(*layers).project(**projection).properties(width=WIDE, height=HIGH)
    return drawn.configure_view(stroke=None)


def _sides(places: tuple[Place, ...], *, world: bool) -> list[str]:
    """Which end of each name stands at its place, so that none leaves the map."""
    east = [p.longitude for p in places]
    first, last = (-180.0, 180.0) if world else (min(east), max(east))
    wide = last - first or 1.0
    return [SIDES[0 if e < first + wide / 3 else 2 if e > last - wide / 3 else 1] for e in east]


def _around(places: tuple[Place, ...]) -> dict[str, Any]:
    """Scale and middle of an equirectangular projection, in which a degree is `scale * pi / 180` pixels."""
    east, north = [p.longitude for p in places], [p.latitude for p in places]
    wide = max(SMALLEST, (max(east) - min(east)) * (1 + MARGIN * 2))
    high = max(SMALLEST, (max(north) - min(north)) * (1 + MARGIN * 2))
    a_degree = min(WIDE / wide, HIGH / high)
    middle = [(max(east) + min(east)) / 2, (max(north) + min(north)) / 2]
    return {
        "scale": a_degree * 180 / 3.141592653589793,
        "center": middle,
        "translate": [WIDE / 2, HIGH / 2],
    }


@cache
def _coast() -> Any:
    return json.loads(files("portal.ui").joinpath("vendor", "land-110m.json").read_text("utf-8"))
