"""Names of GraphRAG's entities as the text has them: its titles are capitals throughout."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from kg import names, surface
from kg.extract.tables_files import Row, ids, text
from kg.model import TextUnit
from kg.ontology.dates import date
from kg.ontology.tables import class_words

MOST_UNITS = 400  # of one entity that are read to see how it is written
LONGEST = 200  # characters of a title that is a name
_TYPES = {"geo": "place", "gpe": "place", "loc": "place", "per": "person", "org": "organization"}


@dataclass(frozen=True, slots=True)
class Named:
    """A row of the entities table; `name` as the text writes it."""

    title: str
    name: str
    type: str
    description: str
    units: tuple[TextUnit, ...]
    is_date: bool = False

    def variants(self) -> tuple[tuple[str, ...], ...]:
        """Groups of names for it, each looked for where none of the ones before is found."""
        full = (self.name, self.title)
        n = names.name(self.name)
        shorter: list[str] = []
        words = self.name.split()
        if n.core != n.words or len(n.words) < len(words):
            shorter.append(_without_frame(self.name))
        if len(words) > 1 and words[-1].lower() in class_words():
            shorter.append(" ".join(words[:-1]))
        part = [words[-1], words[0]] if self.type == "person" and 2 <= len(words) <= 3 else []
        return tuple(g for g in (full, tuple(s for s in shorter if len(s) > 1), tuple(part)) if g)


def _without_frame(label: str) -> str:
    """Without legal form and kind word, in the label's own letters: "ACME Corporation" -> "ACME"."""
    words = label.split()
    while len(words) > 1 and names.name(" ".join(words[:-1])).core == names.name(label).core:
        words.pop()
    while len(words) > 1 and names.name(" ".join(words[1:])).core == names.name(label).core:
        words.pop(0)
    return " ".join(words)


def read(row: Row, units: Sequence[TextUnit]) -> Named | None:
    title = " ".join(text(row, "title", "name").split())
    if not title or len(title) > LONGEST or not any(c.isalnum() for c in title):
        return None
    description = text(row, "description")
    type_ = " ".join(text(row, "type").replace("_", " ").split())[:60]
    type_ = _TYPES.get(type_.lower(), type_.lower() if type_.isupper() else type_)
    return Named(
        title=title,
        name=written(title, description, units),
        type=type_,
        description=description[:4000],
        units=tuple(units),
        is_date=date(title.title()) is not None,
    )


def written(title: str, description: str, units: Sequence[TextUnit]) -> str:
    """As the text has it, else as the description has it, else the title."""
    if not title.isupper() and any(title in u.text for u in units[:MOST_UNITS]):
        return title
    found = surface.written(title, [u.text for u in units[:MOST_UNITS]])
    if found:
        return found
    found = surface.written(title, [description])
    return found or _misspelt(title, description, units) or title


def _misspelt(title: str, description: str, units: Sequence[TextUnit]) -> str:
    """The subject of the description, if it is nearly the title and the text has it: CYPER is Cypher."""
    words = description.split()
    size = len(title.split())
    for start in (0, 1):
        candidate = " ".join(words[start : start + size]).strip(".,;:'\"")
        if len(candidate) > 4 and candidate[:1].lower() == title[:1].lower():
            alike = fuzz.ratio(candidate.lower(), title.lower())
            if alike >= 85 and any(candidate in u.text for u in units):
                return candidate
    return ""


def unit_ids(row: Row) -> tuple[str, ...]:
    return ids(row, "text_unit_ids", "text_units")


def endings(rows: Iterable[Row]) -> set[str]:
    """All titles that relations name, for those that no entity row has."""
    return {t for r in rows for t in (text(r, "source"), text(r, "target")) if t}
