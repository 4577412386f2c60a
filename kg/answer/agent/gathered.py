"""What an agent's steps have found, each thing once, in the order of finding."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rdflib import URIRef

from kg import rdf
from kg.answer.agent.model import Got
from kg.answer.cited import material
from kg.answer.dates import when
from kg.answer.graph.said import sentence
from kg.approved import ApprovedGraph
from kg.model import Fact, Ontology
from kg.periods import is_open
from kg.retrieve import FoundEntity, FoundFact, Passage, Retrieved

FACTS, PASSAGES = 30, 12  # that the answer is written from
_FACTS_TOLD, _PASSAGES_TOLD, _PASSAGE = 20, 4, 700  # of one step, to the model; characters


@dataclass
class Gathered:
    facts: dict[str, FoundFact] = field(default_factory=dict)
    passages: dict[str, Passage] = field(default_factory=dict)
    entities: dict[str, FoundEntity] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)

    def add(self, got: Got) -> None:
        for fact in got.facts:
            self.facts.setdefault(str(fact.iri), fact)
        for passage in got.passages:
            self.passages.setdefault(passage.unit_id, passage)

    def as_found(self, first: Retrieved, seconds: float) -> Retrieved:
        """As one retrieval: what the steps found, then what the question itself had found."""
        facts = {**self.facts, **{str(f.iri): f for f in first.facts if str(f.iri) not in self.facts}}
        passages = {**self.passages}
        passages |= {p.unit_id: p for p in first.passages if p.unit_id not in self.passages}
        return Retrieved(
            "agent",
            tuple(passages.values())[:PASSAGES],
            first.entities,
            tuple(facts.values())[:FACTS],
            seconds,
            first.version,
        )


def as_text(got: Got) -> str:
    """A result as the model reads it: nothing hidden, what gives orders marked as that."""
    facts = [f"- {material(_fact(f))}" for f in got.facts[:_FACTS_TOLD]]
    passages = [f"- {p.document}: {material(p.text)[:_PASSAGE]}" for p in got.passages[:_PASSAGES_TOLD]]
    parts = [material(line) for line in got.text.splitlines()]
    parts += ["Facts:", *facts] if facts else []
    parts += ["Passages:", *passages] if passages else []
    return "\n".join(parts) or "Nothing was found."


def _fact(fact: FoundFact) -> str:
    said = when(fact.periods, "en")
    return f"{fact.sentence}{f' ({said})' if said else ''}"


def found_facts(facts: Sequence[Fact], graph: ApprovedGraph, ontology: Ontology) -> tuple[FoundFact, ...]:
    """Facts of the graph as retrieval gives them; those without a quote are left out."""
    ends = {t for f in facts for t in (f.subject, f.object) if isinstance(t, URIRef)}
    label = {e.iri: e.label for e in graph.names(ends)}
    return tuple(
        FoundFact(
            iri=rdf.assertion(graph.dataset, *f.triple),
            sentence=sentence(f, label, ontology.property_by_iri.get(f.predicate), "en"),
            score=1.0,
            subject=f.subject,
            predicate=f.predicate,
            object=f.object,
            evidence=f.evidence,
            periods=f.periods,
            over=not is_open(f.periods, f.qualifiers),
            statements=f.statements,
        )
        for f in facts
        if f.evidence or f.statements
    )
