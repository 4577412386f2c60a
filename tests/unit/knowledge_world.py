"""A tiny world for the tests of induction and merge: things, relations, and a graph of quads in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rdflib import Literal, URIRef

from kg import changes
from kg.approved import Approved
from kg.contents import contents
from kg.merge import merge
from kg.model import (
    Change,
    ChangeSet,
    Delta,
    Entity,
    Evidence,
    Fact,
    Merge,
    Ontology,
    OntologyClass,
    Period,
    Property,
    Quad,
    Resolution,
    ResolvedEntity,
    ResolvedRelation,
)
from kg.ontology import Induction, induce
from kg.vocab import Dataset

DATASET = Dataset("https://kb.example/", 1)


def quote(text: str, document: str = "d1") -> Evidence:
    return Evidence(document, 0, len(text), text, f"{document}.txt")


def thing(label: str, type_: str = "", description: str = "", document: str = "d1") -> ResolvedEntity:
    return ResolvedEntity(
        DATASET.entity(label),
        label,
        types=(type_,) if type_ else (),
        description=description,
        evidence=(quote(label, document),),
    )


def relation(
    subject: ResolvedEntity,
    predicate: str,
    object_: ResolvedEntity | Literal,
    text: str = "",
    document: str = "d1",
    periods: tuple[Period, ...] = (),
) -> ResolvedRelation:
    end = object_.iri if isinstance(object_, ResolvedEntity) else object_
    said = text or f"{subject.label} {predicate} {getattr(object_, 'label', object_)}."
    return ResolvedRelation(
        subject.iri, predicate, end, description=said, periods=periods, evidence=(quote(said, document),)
    )


@dataclass
class Graph:
    """An approved graph held in memory."""

    quads: frozenset[Quad] = frozenset()
    version: int = 0
    deltas: list[Delta] = field(default_factory=list)

    def approved(self) -> Approved:
        found = contents(DATASET, self.quads)
        return Approved(
            Ontology(
                tuple(c for c in found if isinstance(c, OntologyClass)),
                tuple(c for c in found if isinstance(c, Property)),
            ),
            tuple(c for c in found if isinstance(c, Entity)),
            tuple(c for c in found if isinstance(c, Fact)),
        )

    def induce(self, things: Sequence[ResolvedEntity], relations: Sequence[ResolvedRelation]) -> Induction:
        known = {e.iri: e for e in self.approved().entities}
        marked = tuple(replace(t, approved=t.iri in known) for t in things)
        return induce(
            DATASET,
            Resolution(marked, tuple(relations)),
            self.approved().ontology,
            None,
            tuple(known.values()),
        )

    def propose(
        self,
        things: Sequence[ResolvedEntity],
        relations: Sequence[ResolvedRelation],
        merges: tuple[Merge, ...] = (),
        rejected: frozenset[str] = frozenset(),
    ) -> ChangeSet:
        induction = self.induce(things, relations)
        return merge(DATASET, induction, merges, self.approved(), self.version, rejected, self.version + 1)

    def accept(self, accepted: Sequence[Change]) -> changes.Plan:
        plan = changes.delta(DATASET, accepted, self.version + 1)
        self.apply(plan.delta)
        self.deltas.append(plan.delta)
        return plan

    def apply(self, delta: Delta) -> None:
        assert not delta.add & delta.remove
        assert delta.remove <= self.quads
        assert not delta.add & self.quads
        self.quads = (self.quads - delta.remove) | delta.add
        self.version += 1

    def say(
        self, things: Sequence[ResolvedEntity], relations: Sequence[ResolvedRelation], *merges: Merge
    ) -> ChangeSet:
        """Propose and accept everything."""
        found = self.propose(things, relations, merges)
        assert not self.accept(found.changes).skipped
        return found

    def facts(self) -> set[tuple[str, str, str]]:
        """Facts as labels."""
        known = self.approved()
        names: dict[URIRef, str] = {e.iri: e.label for e in known.entities}
        names |= {p.iri: p.label for p in known.ontology.properties}
        return {
            (names[f.subject], names[f.predicate], names.get(URIRef(f.object), str(f.object)))
            for f in known.facts
        }
