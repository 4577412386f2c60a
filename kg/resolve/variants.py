"""Clusters whose names differ: a kind word may make them one, an acronym or a slip makes a proposal."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kg import names
from kg.model import TextUnit
from kg.names import Name
from kg.ontology.phrase import stem
from kg.resolve import kinds
from kg.resolve.clusters import Cluster, Clustering, Doubt
from kg.resolve.likeness import DIFFERENT, Grade, Likeness, compare, distinctive
from kg.resolve.things import Things
from kg.resolve.verdict import weigh

CROWD = 30  # clusters under one key that are compared each with each; of more, each with its neighbours
NEIGHBOURS = 5
LEAST = 0.6  # score from which a pair is worth a person's time
MOST_PROPOSALS = 3  # for one cluster
MOST_IN_ALL = 1000  # of a cycle: nobody decides more
_ACRONYM = re.compile(r"\(\s*[«\"“]?([A-ZА-ЯЁ]{2,7})[»\"”]?\s*[),;]")
_TOKENS = re.compile(r"[^\s()«»\"“”,;]+")


def spell_out(things: Things, units: Mapping[str, TextUnit]) -> None:
    """ "Federal Bureau of Investigation (FBI)" in a text makes the acronym an alias of the thing there."""
    for unit_id in sorted(things.by_unit):
        unit = units.get(unit_id)
        for match in _ACRONYM.finditer(unit.text) if unit else ():
            assert unit is not None
            before = _TOKENS.findall(unit.text[max(0, match.start() - 160) : match.start()])
            for number in things.by_unit[unit_id]:
                thing = things.all[number]
                size = len(thing.name.label.split())
                if size < 2 or compare(names.name(match[1]), thing.name).grade is Grade.different:
                    continue
                for length in range(size, size + 2):
                    if names.name(" ".join(before[-length:])).words == thing.name.words:
                        thing.aliases[match[1]] += 1
                        break


def find(clustering: Clustering) -> None:
    """Unite what is one after all; leave doubts about the rest."""
    _unite_kind_words(clustering)
    for a, b in _pairs(clustering.clusters):
        doubt = _doubt(clustering, a, b)
        if doubt:
            clustering.doubts.append(doubt)
    for cluster in [c for c in clustering.clusters if c.things and len(c.called) == 1]:
        clustering.doubts.extend(_part_of_name(clustering, cluster))


def proposals(doubts: Iterable[Doubt]) -> list[Doubt]:
    """The best few of each cluster, one for each pair."""
    taken: dict[int, int] = defaultdict(int)
    seen: set[tuple[int, int]] = set()
    found = []
    for doubt in sorted(doubts, key=lambda d: (-d.score, min(d.a, d.b), max(d.a, d.b), d.reasons)):
        pair = (min(doubt.a, doubt.b), max(doubt.a, doubt.b))
        if pair in seen or max(taken[doubt.a], taken[doubt.b]) >= MOST_PROPOSALS:
            continue
        seen.add(pair)
        taken[doubt.a] += 1
        taken[doubt.b] += 1
        found.append(doubt)
    return found[:MOST_IN_ALL]


# ---- kind words


def _unite_kind_words(clustering: Clustering) -> None:
    """ "GraphRAG" and "the GraphRAG system" are one, if nothing else could be meant by either."""
    bare: dict[str, list[Cluster]] = defaultdict(list)
    headed: dict[str, list[Cluster]] = defaultdict(list)
    for cluster in clustering.clusters:
        for n in cluster.called.values():
            if not n.words:
                continue
            group = (headed if n.heads else bare)[names.core_key(n)]
            if cluster not in group:
                group.append(cluster)
    for core in sorted(headed.keys() & bare.keys()):
        if len(bare[core]) != 1 or len(headed[core]) > CROWD:
            continue
        plain = bare[core][0]
        others = [c for c in headed[core] if c is not plain]
        for other in others:
            if other.number == plain.number or (plain.approved and other.approved):
                continue
            if _kind_word_unites(clustering, plain, other, core, len(others)):
                keep, gone = (other, plain) if other.approved else (plain, other)
                _unite(clustering, keep, gone)
                plain = keep


def _kind_word_unites(clustering: Clustering, plain: Cluster, other: Cluster, core: str, rivals: int) -> bool:
    artefact = names.vocabulary()["artefact"]
    heads = [n.heads for n in other.called.values() if n.heads and names.core_key(n) == core]
    spelled = [n for n in plain.called.values() if names.core_key(n) == core and not n.heads]
    # a project is not the program that it makes, though people may say so; "solar" is not the Solar System
    if not all(h in artefact for found in heads for h in found) or any(n.lower for n in spelled):
        return False
    if (
        kinds.clash(plain.kinds, other.kinds)
        or kinds.person(plain.kinds)
        or _decided_apart(clustering, plain, other)
    ):
        return False
    a, b = clustering.of(plain), clustering.of(other)
    verdict = weigh(a, b, plain.kinds, other.kinds)
    if verdict.certain or a.role_kinds == {"Organization"}:
        return False  # Google is a company: the Google platform is another thing
    only = rivals == 1 and (bool(a.documents & b.documents) or verdict.total >= 1.0)
    return only or any(distinctive(n.label) for n in spelled)


def _unite(clustering: Clustering, keep: Cluster, gone: Cluster) -> None:
    for thing in gone.things:
        keep.take(thing)
    keep.background = None
    gone.things = []
    gone.called = {}
    clustering.doubts[:] = [
        Doubt(
            keep.number if d.a == gone.number else d.a,
            keep.number if d.b == gone.number else d.b,
            d.score,
            d.reasons,
        )
        for d in clustering.doubts
    ]
    clustering.doubts[:] = [d for d in clustering.doubts if d.a != d.b]


# ---- proposals


def _pairs(clusters: Sequence[Cluster]) -> Iterator[tuple[Cluster, Cluster]]:
    """Pairs that share a key, each once, in an order of their own; never more than near-linear many."""
    blocks: dict[str, dict[int, Name]] = defaultdict(dict)
    for cluster in clusters:
        for n in cluster.called.values():
            for key in names.keys(n.label) | _without_last(n):
                blocks[key].setdefault(cluster.number, n)
    seen: set[tuple[int, int]] = set()
    for key in sorted(k for k, block in blocks.items() if len(block) > 1):
        for a, b in _of_block(key, blocks[key]):
            pair = (min(a, b), max(a, b))
            if pair not in seen:
                seen.add(pair)
                one, other = clusters[pair[0]], clusters[pair[1]]
                if one.things or other.things:
                    yield one, other


def _without_last(n: Name) -> frozenset[str]:
    """ "Knowledge Engineering division" may be "Knowledge Engineering"."""
    return frozenset(("".join(n.latin[:-1]),)) if len(n.latin) > 2 and not n.heads else frozenset()


def _of_block(key: str, block: Mapping[int, Name]) -> Iterator[tuple[int, int]]:
    if key.startswith("@"):
        sides = (
            [i for i, n in block.items() if n.is_acronym],
            [i for i, n in block.items() if not n.is_acronym],
        )
        yield from ((i, j) for i in sides[0][:CROWD] for j in sides[1][:CROWD])
        return
    if key.startswith("~") and " " in key:
        sides = (
            [i for i, n in block.items() if any(n.initials)],
            [i for i, n in block.items() if not any(n.initials)],
        )
        yield from ((i, j) for i in sides[0][:CROWD] for j in sides[1][:CROWD])
        return
    members = sorted(block, key=lambda i: (block[i].compact, block[i].canonical, i))
    reach = len(members) if len(members) <= CROWD else NEIGHBOURS
    for at, i in enumerate(members):
        yield from ((i, j) for j in members[at + 1 : at + 1 + reach])


def _doubt(clustering: Clustering, a: Cluster, b: Cluster) -> Doubt | None:
    if kinds.clash(a.kinds, b.kinds):
        return None
    person = kinds.person(a.kinds | b.kinds)
    like = max(
        (compare(x, y, person=person) for x in a.called.values() for y in b.called.values()),
        key=lambda found: (found.grade, found.score, found.reason),
        default=DIFFERENT,
    )
    if like.grade is not Grade.likely:
        like = _by_role(clustering, a, b)
    if like.grade is not Grade.likely or _decided_apart(clustering, a, b):
        return None
    if not like.reason.startswith(("kind-word", "acronym")) and _tied(a, b):
        return None  # what has a relation to another is not the other
    verdict = weigh(clustering.of(a), clustering.of(b), a.kinds, b.kinds)
    if verdict.total < -0.5 or verdict.certain:
        return None
    score = min(0.95, like.score + 0.04 * min(verdict.total, 3.0))
    reasons = (like.reason, *(["context"] if verdict.total >= 0.5 else []), *verdict.against)
    return Doubt(a.number, b.number, round(score, 3), reasons) if score >= LEAST else None


def _by_role(clustering: Clustering, a: Cluster, b: Cluster) -> Likeness:
    """ "X is a division" and "X division"."""
    for one, other in ((a, b), (b, a)):
        plain = {m.compact for m in one.called.values()}
        for n in other.called.values():
            shorter = len(n.latin) > 1 and "".join(n.latin[:-1]) in plain
            if shorter and stem(n.words[-1]) in clustering.of(one).roles:
                return Likeness(Grade.likely, 0.8, f"kind-word: {n.words[-1]}")
    return DIFFERENT


def _tied(a: Cluster, b: Cluster) -> bool:
    mine = {t.number for t in a.things}
    return any(tie.other in mine for t in b.things for tie in t.ties)


def _decided_apart(clustering: Clustering, a: Cluster, b: Cluster) -> bool:
    decided = clustering.decided
    return bool(decided.apart) and decided.are_apart(a.handles, b.handles)


def _part_of_name(clustering: Clustering, cluster: Cluster) -> Iterator[Doubt]:
    """ "Smith" beside exactly one "Alice Smith"."""
    n = next(iter(cluster.called.values()))
    if len(n.words) != 1 or n.lower or (cluster.kinds and not kinds.person(cluster.kinds)):
        return
    fuller = clustering.of(cluster).fuller
    if len(fuller) != 1:
        return
    whole = next(iter(fuller))
    for other in clustering.clusters:
        if (
            other is not cluster
            and any(m.compact == whole for m in other.called.values())
            and {t.document_id for t in other.things} & {t.document_id for t in cluster.things}
            and not _decided_apart(clustering, cluster, other)
        ):
            yield Doubt(other.number, cluster.number, 0.7, (f"part-of-name: {n.label}",))
            return
