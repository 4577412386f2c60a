"""What the forms that are not RDF say of things and facts: names for IRIs, several values as one text."""

from collections.abc import Iterable
from dataclasses import dataclass

from kg.model import Entity, Evidence, Fact, Ontology


@dataclass(frozen=True)
class Words:
    ontology: Ontology

    def classes(self, entity: Entity) -> str:
        return self.joined(self.ontology.label(t) for t in entity.types)

    def documents(self, evidence: Iterable[Evidence]) -> str:
        """The names of the documents, each once."""
        return self.joined(sorted({e.document or e.document_id for e in evidence}))

    def qualifiers(self, fact: Fact) -> str:
        return self.joined(f"{name}: {value}" for name, value in fact.qualifiers)

    def dates(self, fact: Fact) -> dict[str, str]:
        """When it holds: `start` and `end`, of several periods the first's start and the last's end."""
        periods = sorted(fact.periods)
        if not periods:
            return {"start": "", "end": ""}
        ends = [p.end for p in periods]
        return {"start": periods[0].start, "end": max(ends) if all(ends) else ""}

    @staticmethod
    def joined(texts: Iterable[str]) -> str:
        return "; ".join(t for t in texts if t)
