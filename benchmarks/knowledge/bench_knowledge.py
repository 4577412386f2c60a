"""Two cycles of the FERAG corpus, both approved in full: what the graph is like.

make bench-knowledge                   from the MS GraphRAG tables, then from the text, offline
... --sentences                        print every change as a reviewer reads it
... --json                             one JSON value per way
"""

import argparse
import json
import os
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from benchmarks.knowledge.approving import Cycle, Graph, offline, tables
from kg.changes import sentence
from kg.model import Change, Entity, Fact, Kind, Property
from kg.ontology.phrase import phrase
from kg.vocab import Dataset

DATASET = Dataset("https://kb.example/", 1)

# What a person who has read the six documents expects; used to judge, never by the product.
CONFLICTS = {
    "Bob Johnson's employer": ({"Bob Johnson", "TechCorp"}, {"Bob Johnson", "ACME Corporation"}),
    "competitors become partners": ({"ACME Corporation", "TechCorp"}, {"ACME Corporation", "TechCorp"}),
    "Ollama replaced by LM Studio": ({"Ollama"}, {"LM Studio"}),
}
SAME = (
    ("GraphRAG", "GraphRAG system"),
    ("GraphRAG", "GraphRAG project"),
    ("ACME", "ACME Corporation"),
    ("Alice", "Alice Smith"),
    ("Bob", "Bob Johnson"),
    ("Knowledge Engineering", "Knowledge Engineering division"),
)
APART = (
    ("Alice Smith", "Bob Johnson"),
    ("ACME Corporation", "TechCorp"),
    ("Thesis", "Antithesis"),
    ("Apache AGE", "Apache Jena Fuseki"),
    ("PostgreSQL", "PostgreSQL SQL"),
    ("FERAG Consortium", "FERAG Workshop 2026"),
    ("Knowledge Graph team", "Knowledge Engineering"),
    ("San Francisco", "California"),
)


@dataclass(frozen=True)
class Figures:
    way: str
    object_properties: int
    datatype_properties: int
    share_on_approved: float  # of cycle-2 facts, on properties approved in cycle 1
    near_duplicates: tuple[str, ...]
    facts: int
    on_ontology: int
    with_quotes: int
    unplaced: int  # relations that no property could hold: not facts
    conflicts: dict[str, str]
    split: tuple[str, ...]  # pairs that should be one and are not
    fused: tuple[str, ...]  # pairs that are one and should not


def figures(way: str, graph: Graph, cycles: tuple[Cycle, Cycle]) -> Figures:
    known = graph.approved()
    first = {p.iri for p in cycles[1].before.ontology.properties}
    said = cycles[1].induction.facts
    ours = known.ontology.property_by_iri
    texts = {d.id: d.text for c in cycles for d in c.reading.documents}
    names = _names(known.entities)
    return Figures(
        way=way,
        object_properties=sum(p.kind == "object" for p in known.ontology.properties),
        datatype_properties=sum(p.kind == "datatype" for p in known.ontology.properties),
        share_on_approved=round(sum(f.predicate in first for f in said) / max(1, len(said)), 3),
        near_duplicates=near_duplicates(known.ontology.properties),
        facts=len(known.facts),
        on_ontology=sum(f.predicate in ours for f in known.facts),
        with_quotes=sum(
            bool(f.evidence) and all(texts[e.document_id][e.start : e.end] == e.quote for e in f.evidence)
            for f in known.facts
        ),
        unplaced=sum(len(c.induction.unplaced) for c in cycles),
        conflicts={name: _found(cycles[1], *ends) for name, ends in CONFLICTS.items()},
        split=tuple(f"{a} / {b}" for a, b in SAME if a in names and b in names and not names[a] & names[b]),
        fused=tuple(f"{a} / {b}" for a, b in APART if a in names and b in names and names[a] & names[b]),
    )


def near_duplicates(properties: tuple[Property, ...]) -> tuple[str, ...]:
    """Pairs of one kind whose wordings have the same words, or are each other's passive."""
    found = []
    for a, b in combinations(sorted(properties, key=lambda p: p.iri), 2):
        left, right = set(phrase(a.label).content), set(phrase(b.label).content)
        alike = left == right or (a.range == b.range and (left < right or right < left))
        if a.kind == b.kind and alike and a.iri not in b.parents and b.iri not in a.parents:
            found.append(f"{a.label} / {b.label}")
    return tuple(found)


def _names(entities: tuple[Entity, ...]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for e in entities:
        for name in (e.label, *e.aliases):
            found.setdefault(name, set()).add(str(e.iri))
    return found


def _found(cycle: Cycle, old: set[str], new: set[str]) -> str:
    """The sentence of the card that sets one against the other, "" if there is none."""
    labels = {e.iri: e.label for e in (*cycle.before.entities, *cycle.induction.entities)}

    def ends(change: Change, side: str) -> list[set[str]]:
        facts = [c for c in getattr(change, side) if isinstance(c, Fact)]
        return [{labels.get(t, "") for t in (f.subject, f.object)} for f in facts]

    for change in cycle.change_set.changes:
        if change.kind is Kind.conflict:
            before, after = ends(change, "before"), ends(change, "after")
            if any(old <= e for e in before) and any(new <= e for e in after):
                return sentence(change)
    return ""


def report(f: Figures, cycles: tuple[Cycle, Cycle], sentences: bool) -> None:
    print(f"== {f.way}")
    print(f"object properties            {f.object_properties}  (aim: at most 30)")
    print(f"datatype properties          {f.datatype_properties}")
    print(f"cycle 2 on approved ones     {f.share_on_approved:.0%}  (aim: at least half)")
    print(f"near-duplicate pairs         {len(f.near_duplicates)}  {'; '.join(f.near_duplicates)}")
    print(f"facts on ontology properties {f.on_ontology} of {f.facts}  (left out: {f.unplaced})")
    print(f"facts with literal quotes    {f.with_quotes} of {f.facts}")
    for name, found in f.conflicts.items():
        print(f"conflict: {name:28} {found or 'NOT FOUND'}")
    print(f"should be one and are not    {'; '.join(f.split) or 'none'}")
    print(f"are one and should not be    {'; '.join(f.fused) or 'none'}")
    for cycle in cycles if sentences else ():
        print(
            f"-- {len(cycle.change_set.changes)} changes, {len(cycle.induction.unplaced)} relations left out"
        )
        for c in cycle.change_set.changes:
            print(f"{c.fit.value[:3]} {c.verdict.value:14} {sentence(c)}  [{'; '.join(c.reasons)}]")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", choices=["tables", "offline"])
    chosen = parser.parse_args()
    corpus = Path(os.environ.get("FERAG_SHARED", "../shared")) / "corpora" / "ferag"
    for way, source, read in (("tables", "output", tables), ("offline", "input", offline)):
        if chosen.way in (None, way):
            graph = Graph(DATASET)
            cycles = (
                graph.run(read(corpus / "cycle1" / source)),
                graph.run(read(corpus / "cycle2" / source)),
            )
            found = figures(way, graph, cycles)
            if chosen.json:
                print(json.dumps(found.__dict__, ensure_ascii=False))
            else:
                report(found, cycles, chosen.sentences)


if __name__ == "__main__":
    main()
