"""What a picture is asked for, and what it is made of."""

from dataclasses import dataclass

from portal.graph import Mark

LINKS = 6000  # of one picture


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to draw. `expanded` are further things whose neighbours are drawn, `pinned` are drawn in any
    case, `hidden` never. Of the filters none means all."""

    centre: str
    hops: int = 1
    cap: int = 60
    expanded: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()  # IRIs, as the others
    properties: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()  # revisions
    version: int | None = None
    staged: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    iri: str
    label: str
    class_: str  # its first kind's name, "" if it has none
    hop: int
    links: int  # how many facts with other things it has in all
    mark: Mark = Mark.same


@dataclass(frozen=True, slots=True)
class Link:
    """A fact between two of the nodes."""

    subject: str
    relation: str  # IRI of the property
    label: str
    object: str
    mark: Mark = Mark.same

    @property
    def key(self) -> str:
        return f"{self.subject} {self.relation} {self.object}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """`total` things are within reach, `all_links` facts between those that are drawn."""

    centre: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    total: int
    all_links: int
