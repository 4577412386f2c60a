"""Relations that no known property fits: wordings of one relation grouped, turned and named."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rdflib import URIRef

from kg.model import Property
from kg.ontology.phrase import PREPOSITIONS, Phrase, phrase, stem
from kg.ontology.reading import End, Reading
from kg.ontology.said import Said

if TYPE_CHECKING:
    from kg.embed import Embedder

SURE = 0.7  # confidence at which a wording of several words gets a property though said once
LETTERS = 80  # of a label
WORDS = 5  # of a label; longer wordings are not a relation but a sentence
CLOSE = 0.95  # cosine of two wordings that are one relation, where their ends agree


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wording that wants a property: its stems and its ends' widest classes, in its own direction."""

    stems: tuple[str, ...]
    subject: str
    object: str


def name(said: Sequence[Said], ends: Mapping[URIRef, End], embedder: "Embedder | None") -> list[Said]:
    """Every relation with a reading; a wording that names nothing keeps None and is left out."""
    groups: dict[Wanted, list[int]] = defaultdict(list)
    for i, s in enumerate(said):
        if s.reading is None and s.phrase.stems and not s.phrase.gapped:
            groups[_wanted(s, ends)].append(i)
    found = list(said)
    for members in _aligned(groups, said):
        label = _label([said[i].phrase for i in members])
        if not label or not _clear([said[i] for i in members]):
            continue
        for i in members:
            found[i] = replace(found[i], reading=Reading(label, found[i].phrase.passive))
    return found if embedder is None else _close(found, ends, embedder)


def _object(s: Said, ends: Mapping[URIRef, End]) -> End:
    if isinstance(s.object, URIRef):
        return ends.get(s.object, End())
    return End(datatype=s.object.datatype)


def _clear(members: Sequence[Said]) -> bool:
    """Support for a new property: said more than once, or surely, or in a plain wording."""
    plain = any(len(s.phrase.content) <= 1 for s in members)
    return plain or len(members) > 1 or max(s.relation.confidence for s in members) >= SURE


def _wanted(s: Said, ends: Mapping[URIRef, End]) -> Wanted:
    subject, object_ = ends.get(s.subject, End()), _object(s, ends)
    left = subject.names[-1] if subject.names else ""
    right = object_.names[-1] if object_.names else str(object_.datatype or "")
    return Wanted(s.phrase.stems, *((right, left) if s.phrase.passive else (left, right)))


def _aligned(groups: Mapping[Wanted, Sequence[int]], said: Sequence[Said]) -> list[list[int]]:
    """Groups whose wordings differ in prepositions, or in a word that names their range, are one."""
    united: dict[tuple[tuple[str, ...], str, str], list[int]] = defaultdict(list)
    for wanted in sorted(groups, key=str):
        content = tuple(s for s in wanted.stems if s not in PREPOSITIONS) or wanted.stems
        if len(content) > 1 and content[-1] == stem(wanted.object):
            content = content[:-1]
        verb = _verb(wanted.stems)
        united[((verb,) if verb else content, wanted.subject, wanted.object)].extend(groups[wanted])
    # the same words between other things are the same property too: one IRI, a wider domain
    return [sorted(united[k]) for k in sorted(united)]


def _verb(stems: tuple[str, ...]) -> str:
    """ "developer of" is what "developed" says."""
    if len(stems) == 2 and stems[1] == "of" and len(stems[0]) > 5 and stems[0].endswith(("er", "or")):
        return stem(stems[0][:-2])
    return ""


def _label(phrases: Sequence[Phrase]) -> str:
    """The most frequent wording, of the shortest, in at most five words; "" if none is short enough."""
    counted: Counter[tuple[str, ...]] = Counter(
        p.words for p in phrases if 1 <= len(p.words) <= WORDS and len(p.label) <= LETTERS
    )
    if not counted:
        counted = Counter(w for p in phrases if (w := _shortened(p)))
    if not counted:
        return ""
    best = min(counted.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
    return " ".join(best[0])


def _shortened(p: Phrase) -> tuple[str, ...]:
    """The verb and the last preposition of a long wording."""
    if p.words[-1] in PREPOSITIONS and p.words[0] not in PREPOSITIONS:
        return (p.words[0], p.words[-1])
    return ()


def _close(said: list[Said], ends: Mapping[URIRef, End], embedder: "Embedder") -> list[Said]:
    """Named wordings that mean what an approved property already says, by embedding and by their ends."""
    approved: dict[str, tuple[Property, tuple[str, str]]] = {}
    for s in said:
        if s.reading and s.reading.approved:
            approved.setdefault(s.reading.label, (s.reading.approved, _branches(s, ends)))
    mine = sorted(
        {s.reading.label for s in said if s.reading and not s.reading.approved and not s.reading.standard}
    )
    if not approved or not mine:
        return said
    theirs = sorted(approved)
    likeness = embedder.passages(mine) @ embedder.passages(theirs).T
    swaps: dict[tuple[str, tuple[str, str]], Property] = {}
    for i, label in enumerate(mine):
        for j in sorted(range(len(theirs)), key=lambda j: -likeness[i, j]):
            property_, branches = approved[theirs[j]]
            if likeness[i, j] >= CLOSE and set(phrase(label).content) & set(phrase(theirs[j]).content):
                swaps.setdefault((label, branches), property_)
    return [_swapped(s, swaps.get((s.reading.label, _branches(s, ends)))) if s.reading else s for s in said]


def _branches(s: Said, ends: Mapping[URIRef, End]) -> tuple[str, str]:
    wanted = _wanted(s, ends)
    return wanted.subject, wanted.object


def _swapped(s: Said, property_: Property | None) -> Said:
    if property_ is None or s.reading is None:
        return s
    return replace(s, reading=replace(s.reading, label=property_.label, approved=property_))
