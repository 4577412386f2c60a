"""Clusters of things that are one: by equal names first, unless what is known of them speaks against it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kg import names
from kg.model import Entity, Ontology
from kg.names import Name
from kg.resolve import kinds
from kg.resolve.background import Background, Reader
from kg.resolve.decided import Decided, handles
from kg.resolve.likeness import Grade, compare, distinctive
from kg.resolve.things import Thing, word_key
from kg.resolve.verdict import Verdict, weigh

MOST_NAMESAKES = 60  # clusters of one name that a further thing is compared with
_NONE: frozenset[str] = frozenset()
MOST_NAMES = 12  # distinct names of one cluster that are compared


@dataclass(eq=False, slots=True)
class Cluster:
    number: int
    approved: Entity | None = None
    things: list[Thing] = field(default_factory=list)
    called: dict[tuple[str, ...], Name] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    background: Background | None = None  # None until there is something to compare it with

    @property
    def handles(self) -> frozenset[str]:
        iri = str(self.approved.iri) if self.approved else ""
        return frozenset().union(*(handles(n.label, iri) for n in self.called.values()))

    def take(self, thing: Thing) -> None:
        self.things.append(thing)
        self.kinds |= thing.kinds
        for n in (thing.name, *strong_aliases(thing)):
            if len(self.called) < MOST_NAMES:
                self.called.setdefault(word_key(n), n)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two clusters that may be one."""

    a: int
    b: int
    score: float
    reasons: tuple[str, ...]


def strong_aliases(thing: Thing) -> list[Name]:
    """Aliases that can stand for a thing elsewhere: not "the company", not a mere surname."""
    found = []
    for alias in sorted(thing.aliases)[:MOST_NAMES]:
        n = names.name(alias)
        if not n.lower and (len(n.words) > 1 or n.is_acronym):
            found.append(n)
    return found


def of_entity(number: int, entity: Entity, ontology: Ontology) -> Cluster:
    labels = [ontology.class_by_iri[t].label for t in entity.types if t in ontology.class_by_iri]
    cluster = Cluster(number, approved=entity, kinds=kinds.branches(labels))
    for label in (entity.label, *entity.aliases)[:MOST_NAMES]:
        n = names.name(label)
        cluster.called.setdefault(word_key(n), n)
    return cluster


@dataclass(slots=True)
class Clustering:
    reader: Reader
    ontology: Ontology
    decided: Decided
    clusters: list[Cluster] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    _backgrounds: dict[int, Background] = field(default_factory=dict)

    def build(self, things: Sequence[Thing], approved: Iterable[Entity]) -> None:
        for entity in sorted(approved, key=lambda e: str(e.iri)):
            self.clusters.append(of_entity(len(self.clusters), entity, self.ontology))
        for known, new in _components(self.clusters, things, self.decided):
            self._component([self.clusters[i] for i in known], [things[i] for i in new])

    def of(self, cluster: Cluster) -> Background:
        """What is known of all of it."""
        if cluster.background is None:
            found = self.reader.of_entity(cluster.approved) if cluster.approved else Background()
            for thing in cluster.things:
                found.add(self._of_thing(thing))
            cluster.background = found
        return cluster.background

    def _of_thing(self, thing: Thing) -> Background:
        if thing.number not in self._backgrounds:
            self._backgrounds[thing.number] = self.reader.of_thing(thing)
        return self._backgrounds[thing.number]

    def _component(self, clusters: list[Cluster], things: list[Thing]) -> None:
        """Things and approved entities whose names meet."""
        for thing in sorted(things, key=lambda t: (t.document_id, _first(t), t.number)):
            best: tuple[float, float, int] | None = None
            apart: list[tuple[Cluster, Verdict]] = []
            for cluster in clusters[:MOST_NAMESAKES]:
                verdict = self._joins(thing, cluster)
                if verdict is None:
                    continue
                if verdict.total < 0:
                    apart.append((cluster, verdict))
                    continue
                rank = (verdict.total, 1.0 if cluster.approved else 0.0, -cluster.number)
                best = max(best, rank) if best else rank
            if best:
                cluster = self.clusters[int(-best[2])]
            else:
                cluster = Cluster(len(self.clusters))
                self.clusters.append(cluster)
                clusters.append(cluster)
                for other, verdict in apart[:3]:
                    if not verdict.certain:
                        score = max(0.3, 0.6 + 0.1 * verdict.total)
                        self.doubts.append(
                            Doubt(
                                other.number, cluster.number, round(score, 3), ("same-name", *verdict.against)
                            )
                        )
            cluster.take(thing)
            if cluster.background is not None:
                cluster.background.add(self._of_thing(thing))

    def _joins(self, thing: Thing, cluster: Cluster) -> Verdict | None:
        """None if their names do not make them one."""
        if self.decided.same or self.decided.apart:
            called, theirs = handles(thing.name.label), cluster.handles
            if self.decided.are_apart(called, theirs):
                return None
            if self.decided.are_same(called, theirs):
                return Verdict(9.0)
        person = kinds.person(thing.kinds | cluster.kinds)
        own = (thing.name, *strong_aliases(thing))
        if not any(
            compare(a, b, person=person).grade is Grade.same for a in own for b in cluster.called.values()
        ):
            return None
        common = person or (len(thing.name.words) == 1 and not distinctive(thing.name.label))
        mine, known = self._of_thing(thing), self.of(cluster)
        long = len(thing.name.words) > 2
        return weigh(mine, known, thing.kinds, cluster.kinds, common=common, long=long)


def _first(thing: Thing) -> tuple[int, int]:
    first = min(thing.evidence, default=None)
    return (first.start, first.end) if first else (0, 0)


def joining_keys(n: Name) -> list[str]:
    """Keys that names which may be the same name without asking share."""
    if not n.words:
        return [word_key(n)[0]]
    found = {n.compact, n.canonical}
    if 2 <= len(n.words) <= 4:
        found.add("".join(names.sorted_words(n)))
    return sorted(found)


def _components(
    clusters: Sequence[Cluster], things: Sequence[Thing], decided: Decided
) -> list[tuple[list[int], list[int]]]:
    """(numbers of approved clusters, numbers of things) that any joining key connects."""
    leader: dict[str, str] = {}

    def find(key: str) -> str:
        while leader.setdefault(key, key) != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    def join(keys: Sequence[str]) -> str:
        first = find(keys[0])
        for key in keys[1:]:
            other = find(key)
            if other != first:
                low, high = sorted((first, other))
                leader[high] = low
                first = low
        return first

    members = [
        (True, i, list(c.called.values()), c.handles if decided.same else _NONE)
        for i, c in enumerate(clusters)
    ]
    members += [
        (False, i, [t.name, *strong_aliases(t)], handles(t.name.label) if decided.same else _NONE)
        for i, t in enumerate(things)
    ]
    own: list[tuple[bool, int, str]] = []
    for approved, i, called, mine in members:
        keys = [k for n in called for k in joining_keys(n)]
        keys += sorted(mine | decided.partners(mine))
        own.append((approved, i, join(keys)))
    found: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for approved, i, key in own:
        found[find(key)][0 if approved else 1].append(i)
    return [found[key] for key in sorted(found) if found[key][1]]
