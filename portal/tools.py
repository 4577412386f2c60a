"""What a program can do with one knowledge base, step by step: search, look around a thing, query, overview.

One implementation for assistants of other makers (`portal.doors.mcp`) and for our own agent, which acts in
the name of whoever asks. Access is checked at each call.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rdflib import URIRef

from kg.answer import Agent, Got, Tool, found_facts
from kg.answer.query import put, table
from kg.answer.query.vocabulary import told
from kg.approved import ApprovedGraph
from kg.model import Ontology
from kg.rdf import Triple
from kg.retrieve import FoundCommunity, Retrieved
from portal import access, finding, graph, guards, proposals
from portal.access import Action, Actor, Scope
from portal.models import Rag
from portal.options import Options
from portal.wiring import Parts

NODES = 60  # around a thing
FOUND = 6  # passages and facts of a search
ROWS = 50  # of a query, that the agent reads


@dataclass(frozen=True, slots=True)
class Said:
    subject: str
    label: str
    object: str


@dataclass(frozen=True, slots=True)
class Around:
    """What the graph says around a thing, in words; the same as `triples`."""

    thing: str
    edges: tuple[Said, ...] = ()
    triples: tuple[Triple, ...] = ()
    left_out: int = 0


def around(
    parts: Parts, actor: Actor, rag_id: int, thing: str, hops: int = 1, staged: int | None = None
) -> Around:
    """By the thing's name or IRI; a name that no label holds is the thing nearest to it."""
    iri = thing
    if "://" not in thing and not thing.startswith("urn:"):
        named = graph.find(parts, actor, rag_id, thing, limit=1, staged=staged)
        if named:
            iri = named[0].iri
        elif found := _nearest(parts, actor, rag_id, thing, staged):
            iri = found
        else:
            return Around(thing)
    picture = graph.neighbourhood(parts, actor, rag_id, iri, hops, cap=NODES, staged=staged)
    label = {n.iri: n.label for n in picture.nodes}
    both = (*picture.edges, *picture.values)
    edges = tuple(Said(label.get(e.subject, e.subject), e.label, label.get(e.object, e.object)) for e in both)
    return Around(label.get(iri, thing), edges, tuple(e.triple for e in both), picture.left_out)


def _nearest(parts: Parts, actor: Actor, rag_id: int, name: str, staged: int | None) -> str:
    """The thing whose name or facts are nearest; "" if there is none."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        version = db.get_one(Rag, rag_id).version
    proposal = None
    if staged is not None:
        proposal = proposals.of(parts, rag_id, staged, proposals.about_question(name))
    found = finding.found_by(parts, rag_id, version, name, Options(mode="mix", top_k=1), (), proposal)
    return str(found.entities[0].iri) if found.entities else ""


def overview(
    parts: Parts, actor: Actor, rag_id: int, words: str, staged: int | None = None
) -> tuple[FoundCommunity, ...]:
    """What belongs together, in a few sentences each, the nearest to these words first."""
    wanted = Options(mode="global", top_k=FOUND, staged=staged)
    return finding.search(parts, actor, rag_id, words, wanted).communities


def agent(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    question: str,
    found: Retrieved,
    options: Options,
    approved: ApprovedGraph | None,
) -> Agent:
    """Our own agent's tools, for one question; no queries where nothing approved is asked as a whole."""
    # an answer may rest on all that is approved, whatever else a token was made for
    scopes = None if actor.scopes is None else actor.scopes | {Scope.read}
    seen = _Seen(parts, replace(actor, scopes=scopes), rag_id, options)
    tools = [
        Tool("search", "passages and facts that fit the words in `input`", seen.search),
        Tool("neighbours", "what the graph says about the thing named in `input`", seen.neighbours),
        Tool("summary", "an overview of what is known about the words in `input`", seen.summary),
    ]
    if approved is None:
        return Agent(tuple(tools))
    ontology = approved.ontology()
    about = "rows of the SPARQL query in `input`: for numbers, lists and dates over all facts"
    tools.append(Tool("sparql", about, lambda query: seen.query(query, approved, ontology)))
    return Agent(tuple(tools), told(question, found, ontology, approved.dataset))


@dataclass(frozen=True, slots=True)
class _Seen:
    """The tools as a model uses them: words in, what can be read and cited out."""

    parts: Parts
    actor: Actor
    rag_id: int
    options: Options

    def search(self, words: str) -> Got:
        wanted = replace(self.options, mode="auto", top_k=FOUND)
        return self._guarded(finding.search(self.parts, self.actor, self.rag_id, words, wanted))

    def neighbours(self, thing: str) -> Got:
        staged = self.options.staged
        found = around(self.parts, self.actor, self.rag_id, thing.strip(), staged=staged)
        return self._facts(f"Around {found.thing}:" if found.edges else "", found.triples)

    def summary(self, words: str) -> Got:
        found = overview(self.parts, self.actor, self.rag_id, words, self.options.staged)
        text = "\n".join(f"{c.title}: {c.summary[:600]}" for c in found)
        facts = self._graph().asserted(URIRef(i) for c in found for i in c.facts[:8])
        return replace(self._facts(text, tuple(f.triple for f in facts)), found=len(found))

    def query(self, query: str, approved: ApprovedGraph, ontology: Ontology) -> Got:
        with self.parts.session() as db:
            access.check(db, self.actor, self.rag_id, Action.ask)
        rows = put(query, approved, ontology)
        facts = found_facts(rows.all_facts, approved, ontology)
        got = self._guarded(Retrieved("", facts=facts))
        many = len(rows.answered.rows) if rows.answered.truth is None else int(rows.answered.truth)
        return replace(got, text=table(rows, approved, ontology, ROWS), found=many)

    def _facts(self, text: str, triples: tuple[Triple, ...]) -> Got:
        seen = self._graph({t for s, _, o in triples for t in (s, o) if isinstance(t, URIRef)})
        facts = found_facts(seen.facts(triples), seen, seen.ontology())
        return replace(self._guarded(Retrieved("", facts=facts)), text=text)

    def _graph(self, things: Iterable[URIRef] = ()) -> ApprovedGraph:
        with self.parts.session() as db:
            access.check(db, self.actor, self.rag_id, Action.ask)
        if self.options.staged is not None:
            staged = self.options.staged
            about = proposals.about_things(self.parts, self.rag_id, staged, things)
            return proposals.of(self.parts, self.rag_id, staged, about).graph
        return ApprovedGraph(self.parts.store, self.parts.dataset(self.rag_id))

    def _guarded(self, found: Retrieved) -> Got:
        kept = guards.retrieved(self.parts, self.actor, self.rag_id, found)
        return Got("", kept.facts, kept.passages, len(kept.facts) + len(kept.passages))
