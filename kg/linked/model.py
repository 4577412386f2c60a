"""What a file of linked data says, in the values of the graph."""

from dataclasses import dataclass

from kg.model import Document, Entity, Fact, Ontology


@dataclass(frozen=True, slots=True)
class Linked:
    """`own` things and facts carry the IRIs, sources and dates of an export of ours; `left_out` statements
    have no place in the graph."""

    ontology: Ontology = Ontology()
    entities: tuple[Entity, ...] = ()
    facts: tuple[Fact, ...] = ()
    own: bool = False
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """The file as a document of plain lines, and what it says as values."""

    document: Document
    linked: Linked
