"""Things with coordinates: what their facts say about where they are, for a map."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import URIRef

from kg.model import Ontology, Property
from kg.vocab import local_name
from portal.access import Actor
from portal.explore import views
from portal.wiring import Parts

MOST = 5000  # facts of a property that are read
_LATITUDE = frozenset({"latitude", "lat", "широта", "schemalatitude", "geolat"})
_LONGITUDE = frozenset({"longitude", "lon", "long", "lng", "долгота"})
_BOTH = frozenset(
    {"coordinates", "coordinate", "coordinatelocation", "geocoordinates", "geo", "aswkt", "location",
     "latlong", "point", "координаты", "географические координаты"}
)  # fmt: skip
_WKT = re.compile(r"POINT\s*(?:Z\s*)?\(\s*([-+\d.eE]+)\s+([-+\d.eE]+)", re.IGNORECASE)
_NUMBER = re.compile(r"([-+]?\d+(?:[.,]\d+)?)\s*°?\s*([NSEWСЮВЗ])?", re.IGNORECASE)
_DEGREES = re.compile(
    r"(\d{1,3})\s*°\s*(\d{1,2}(?:[.,]\d+)?)?\s*[′']?\s*(\d{1,2}(?:[.,]\d+)?)?\s*[″\"]?\s*([NSEWСЮВЗ])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Degrees, north and east."""

    iri: str
    label: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Places:
    """`unread`: values that tell no place; `cut`: there are more than were read."""

    found: tuple[Place, ...]
    unread: int = 0
    cut: bool = False


def places(parts: Parts, actor: Actor, rag_id: int) -> Places:
    """Of the approved version, by name."""
    current = views.check(parts, actor, rag_id)
    graph = views.graph(parts, rag_id, current)
    known = graph.ontology()
    north: dict[URIRef, float] = {}
    east: dict[URIRef, float] = {}
    unread, cut = 0, False
    for property_, part in _properties(known):
        rows = graph.values_of(property_.iri, MOST)
        cut = cut or len(rows) == MOST
        for thing, value in rows:
            pair = both(str(value)) if part == "both" else None
            one = None if part == "both" else degrees(str(value), 90.0 if part == "latitude" else 180.0)
            if pair:
                north.setdefault(thing, pair[0])
                east.setdefault(thing, pair[1])
            elif one is not None:
                (north if part == "latitude" else east).setdefault(thing, one)
            else:
                unread += 1
    there = sorted(north.keys() & east.keys())
    found = (Place(str(e.iri), e.label, north[e.iri], east[e.iri]) for e in graph.names(there))
    return Places(tuple(sorted(found, key=lambda p: (p.label, p.iri))), unread, cut)


def degrees(text: str, most: float) -> float | None:
    """One coordinate; None if the text is none.

    >>> degrees("52.52", 90), degrees("13,4° E", 180), degrees("33°51′S", 90), degrees("Berlin", 90)
    (52.52, 13.4, -33.85, None)
    """
    plain = text.strip()
    whole = _DEGREES.fullmatch(plain)
    if whole:
        value = sum(_float(part) / 60**n for n, part in enumerate(whole.groups()[:3]) if part)
        side = whole[4]
    else:
        found = _NUMBER.fullmatch(plain)
        if not found:
            return None
        value, side = _float(found[1]), found[2] or ""
    value = -abs(value) if side.upper() in ("S", "W", "Ю", "З") else value
    return round(value, 7) if abs(value) <= most else None


def both(text: str) -> tuple[float, float] | None:
    """Latitude and longitude of one text; None if it has not both.

    >>> both("55.7558, 37.6173"), both("Point(37.6 55.7)"), both("52°31′N 13°24′E"), both("999, 1")
    ((55.7558, 37.6173), (55.7, 37.6), (52.5166667, 13.4), None)
    """
    plain = text.strip()[:200]
    wkt = _WKT.search(plain)
    if wkt:
        pair = (wkt[2], wkt[1])
    else:
        marked = [m.group() for m in _DEGREES.finditer(plain)]
        parts = marked if len(marked) == 2 else re.split(r"\s*[;,]\s+|\s*;\s*|\s+", plain)
        if len(parts) == 1:
            parts = plain.split(",")
        if len(parts) != 2:
            return None
        pair = (parts[0], parts[1])
    latitude, longitude = degrees(pair[0], 90), degrees(pair[1], 180)
    return None if latitude is None or longitude is None else (latitude, longitude)


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def _properties(known: Ontology) -> Iterable[tuple[Property, str]]:
    """Those that say where something is, by how they are called."""
    for p in known.properties:
        called = {re.sub(r"[\s_-]+", "", n.casefold()) for n in (p.label, *p.synonyms, local_name(p.iri))}
        for names, part in ((_LATITUDE, "latitude"), (_LONGITUDE, "longitude"), (_BOTH, "both")):
            if p.kind == "datatype" and called & {n.replace(" ", "") for n in names}:
                yield p, part
                break
