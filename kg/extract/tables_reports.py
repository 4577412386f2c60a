"""Communities and what they are about, in the words of their entities and relations: no model writes here."""

import json

from rdflib import URIRef

from kg.communities import Community
from kg.extract.tables_graph import Graph, Row, link_id, sentence, unit_ids
from kg.vocab import digest

MOST_FINDINGS = 5  # of a community's report
MOST_SAID = 12  # relations that a report tells


def community(c: Community, graph: Graph) -> Row:
    members = [graph.by_iri[URIRef(m)] for m in c.members]
    return {
        **_head(c),
        "id": digest("community", c.level, *c.members, length=32),
        "title": f"Community {c.number}",
        "entity_ids": sorted(graph.ids[e.iri] for e in members),
        "relationship_ids": sorted(link_id(r) for r in graph.inside(members)),
        "text_unit_ids": sorted({u for e in members for u in unit_ids(e.evidence)}),
        "period": "",
        "size": len(members),
    }


def _head(c: Community) -> Row:
    return {"community": c.number, "level": c.level, "parent": c.parent, "children": list(c.children)}


def report(c: Community, graph: Graph) -> Row:
    """What a community is about, in the words of its entities and relations: no model writes here."""
    members = [graph.by_iri[URIRef(m)] for m in c.members]
    things = sorted(members, key=lambda e: (-graph.degrees.get(e.iri, 0), str(e.iri)))
    said = sorted(
        graph.inside(members),
        key=lambda r: (-r.confidence * r.weight, str(r.subject), r.predicate, str(r.object)),
    )
    title = ", ".join(e.label for e in things[:3])
    summary = " ".join(sentence(r, graph) for r in said[:MOST_SAID])
    findings = [
        {
            "summary": e.label,
            "explanation": e.description
            or " ".join(sentence(r, graph) for r in said if e.iri in (r.subject, r.object)),
        }
        for e in things[:MOST_FINDINGS]
    ]
    rank = round(min(10.0, 10.0 * len(said) / (len(graph.links) or 1) + len(things) / 10), 1)
    why = f"{len(things)} entities, {len(said)} relationships"
    sections = "\n\n".join(f"## {f['summary']}\n\n{f['explanation']}" for f in findings)
    told = {
        "title": title,
        "summary": summary,
        "rating": rank,
        "rating_explanation": why,
        "findings": findings,
    }
    return {
        **_head(c),
        "id": digest("report", c.level, *c.members, length=32),
        "title": title,
        "summary": summary,
        "full_content": f"# {title}\n\n{summary}\n\n{sections}",
        "rank": rank,
        "rating_explanation": why,
        "findings": findings,
        "full_content_json": json.dumps(told, ensure_ascii=False, indent=4),
        "period": "",
        "size": len(c.members),
    }
