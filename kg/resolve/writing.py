"""Clusters as resolved entities, relations between them united, doubts as proposals to merge."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rdflib import Literal, URIRef

from kg import descriptions, names, surface
from kg.model import (
    Evidence,
    ExtractedRelation,
    Extraction,
    Merge,
    Ontology,
    ResolvedEntity,
    ResolvedRelation,
    Term,
    TextUnit,
)
from kg.periods import united
from kg.resolve import kinds
from kg.resolve.background import Reader
from kg.resolve.clusters import Cluster, Doubt
from kg.resolve.things import Things
from kg.vocab import Dataset

MOST_ALIASES = 24
MOST_EVIDENCE = 200  # of one entity: more tells a reader nothing
LONGEST_DESCRIPTION = 1500
SURE = 0.99  # nothing read from texts is surer


def entity(dataset: Dataset, cluster: Cluster, ontology: Ontology, reader: Reader) -> ResolvedEntity:
    spellings: Counter[str] = sum((t.spellings for t in cluster.things), Counter())
    evidence = sorted({e for t in cluster.things for e in t.evidence})
    languages: Counter[str] = sum((t.languages for t in cluster.things), Counter())
    types: Counter[str] = sum((t.types for t in cluster.things), Counter())
    named = sorted(types, key=lambda t: (-types[t], t))
    aliases = set(spellings) | {a for t in cluster.things for a in t.aliases}
    known = cluster.approved
    if known:
        label, language = known.label, known.language
        said = [ontology.class_by_iri[t].label for t in known.types if t in ontology.class_by_iri]
        named = [*said, *(t for t in named if t not in said)]
        aliases |= set(known.aliases)
        iri = known.iri
    else:
        label = _label(spellings, cluster, reader.units)
        language = _language(label, languages)
        iri = dataset.entity(label, *_identity(cluster, evidence))
    description = _description(d for t in cluster.things for d in t.descriptions)
    if not description and not known and not names.name(label).lower:
        # what the text says first: people know by it who is meant, and so does the next cycle
        description = reader.opening(sorted(cluster.things, key=lambda t: (t.document_id, t.number)))
    return ResolvedEntity(
        iri=iri,
        label=label,
        language=language,
        types=tuple(named[:8]),
        aliases=tuple(_aliases(label, aliases)),
        description=description,
        evidence=tuple(evidence[:MOST_EVIDENCE]),
        approved=known is not None,
    )


def _identity(cluster: Cluster, evidence: Sequence[Evidence]) -> tuple[object, ...]:
    """What tells it from its namesakes for ever: where it was first read."""
    kind = ("person",) if kinds.person(cluster.kinds) else ()  # "Ford founded Ford": one place may name two
    if evidence:
        first = evidence[0]
        return (first.document_id, first.start, first.end, *kind)
    return (min(t.document_id for t in cluster.things), *sorted(t.name.label for t in cluster.things)[:1])


def _label(spellings: Counter[str], cluster: Cluster, units: Mapping[str, TextUnit]) -> str:
    """The most frequent spelling that is not all capitals; without a kind word if it is called so as well."""
    found = Counter({s: n for s, n in spellings.items() if not _slug(s)})
    if not found:
        texts = [units[u].text for t in cluster.things for u in sorted(t.units)[:5] if u in units]
        for spelling in sorted(spellings):
            written = surface.written(spelling, texts)
            found[written or spelling] += spellings[spelling]
    plain = {s: n for s, n in found.items() if not names.name(s).heads}
    chosen = plain or found
    return min(chosen, key=lambda s: (-chosen[s], s.islower(), s.isupper(), _inflected(s), s))


def _slug(label: str) -> bool:
    """Capitals throughout, and not as an acronym is."""
    return label.isupper() and not names.name(label).is_acronym


def _inflected(label: str) -> bool:
    """A Russian spelling that is not its dictionary form."""
    n = names.name(label)
    return n.script == "cyrillic" and n.canonical != label.lower().replace("ё", "е")


def _language(label: str, languages: Counter[str]) -> str:
    common = min(languages, key=lambda x: (-languages[x], x)) if languages else "en"
    script = names.name(label).script
    if script == "latin" and common == "ru":
        return "en"
    return "ru" if script == "cyrillic" and common == "en" else common


def _aliases(label: str, aliases: Iterable[str]) -> list[str]:
    """Each other way of writing it once; capitals only where nothing else says the same."""
    seen = {label.casefold()}
    found = []
    for alias in sorted(aliases, key=lambda a: (_slug(a), a)):
        if alias.casefold() not in seen and len(alias) <= 200:
            seen.add(alias.casefold())
            found.append(alias)
    return sorted(found[:MOST_ALIASES])


def _description(said: Iterable[str]) -> str:
    text = ""
    for description in sorted(set(said), key=lambda d: (-min(len(d), 300), d))[:12]:
        longer = descriptions.joined(text, description[:LONGEST_DESCRIPTION])
        if len(longer) <= LONGEST_DESCRIPTION:
            text = longer
    return text


# ---- relations


def relations(
    extractions: Iterable[Extraction],
    things: Things,
    iris: Mapping[int, URIRef],
    units: Mapping[str, TextUnit],
) -> tuple[ResolvedRelation, ...]:
    """`iris`: thing's number -> its entity's IRI. What several places say is said once, and surer."""
    groups: dict[tuple[str, str, str], list[tuple[ExtractedRelation, URIRef, Term, str]]] = defaultdict(list)
    for extraction in extractions:
        unit = units.get(extraction.unit_id)
        source = unit.document_id if unit else extraction.unit_id
        for r in extraction.relations:
            subject = things.of(extraction.unit_id, r.subject)
            object_: Term | None = r.value
            if r.value is None:
                other = things.of(extraction.unit_id, r.object)
                object_ = iris[other.number] if other else None
            if (
                subject is None
                or object_ is None
                or not r.predicate.strip()
                or iris[subject.number] == object_
            ):
                continue
            key = (str(iris[subject.number]), " ".join(r.predicate.casefold().split()), object_.n3())
            groups[key].append((r, iris[subject.number], object_, source))
    return tuple(_united(group) for _, group in sorted(groups.items()))


def _united(group: Sequence[tuple[ExtractedRelation, URIRef, Term, str]]) -> ResolvedRelation:
    said = [r for r, *_ in group]
    predicates = Counter(" ".join(r.predicate.split()) for r in said)
    _, subject, object_, _ = group[0]
    return ResolvedRelation(
        subject=subject,
        predicate=min(predicates, key=lambda p: (-predicates[p], p)),
        object=_literal(object_),
        description=_description(r.description for r in said if r.description),
        confidence=_either((source, r.confidence) for r, _, _, source in group),
        weight=round(sum(sorted(r.weight for r in said)), 6),
        periods=united(r.period for r in said),
        qualifiers=tuple(sorted({q for r in said for q in r.qualifiers})),
        evidence=tuple(sorted({e for r in said for e in r.evidence}))[:MOST_EVIDENCE],
    )


def _literal(term: Term) -> Term:
    return term if isinstance(term, Literal | URIRef) else URIRef(term)


def _either(said: Iterable[tuple[str, float]]) -> float:
    """Noisy-or over documents: one document that repeats itself is one witness."""
    best: dict[str, float] = defaultdict(float)
    for source, confidence in said:
        best[source] = max(best[source], min(max(confidence, 0.0), SURE))
    wrong = 1.0
    for source in sorted(best):
        wrong *= 1.0 - best[source]
    return round(min(SURE, 1.0 - wrong), 4)


# ---- proposals


def merges(doubts: Iterable[Doubt], entities: Mapping[int, ResolvedEntity]) -> tuple[Merge, ...]:
    found = []
    for doubt in doubts:
        a, b = entities.get(doubt.a), entities.get(doubt.b)
        if a is None or b is None or a.iri == b.iri:
            continue
        keep, drop = sorted(
            (a, b), key=lambda e: (not e.approved, -len(e.evidence), -len(e.label), str(e.iri))
        )
        found.append(Merge(keep.iri, drop.iri, keep.label, drop.label, doubt.score, doubt.reasons))
    return tuple(
        sorted(found, key=lambda m: (-m.score, m.keep_label, m.drop_label, str(m.keep), str(m.drop)))
    )
