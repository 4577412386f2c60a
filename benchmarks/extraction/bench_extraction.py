"""Offline extraction measured: against recorded triples of a large model, and against people's judgement.

    python -m benchmarks.extraction.bench_extraction [--passages N] [--draw english|russian]

The shared material is looked for in $FERAG_SHARED, default ../shared. `--draw` prints 50 proposed facts drawn
at a fixed seed as JSON lines, to be judged by a person; the judged ones are kept beside this file, in
english.jsonl and russian.jsonl.
"""

import argparse
import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.extract import Context
from kg.extract.offline import Offline
from kg.model import ExtractedRelation, Extraction, TextUnit

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("FERAG_SHARED", HERE.parents[1] / ".." / "shared"))
SEED = 2026
DRAWN = 50
SHARE_OF_UNSEEN = 15  # of the Russian sample: from texts written when the rules were done
SHARE_OF_PASSAGES = 35  # of the English sample; the others are from the texts in english/
RELAXED = 0.66  # token F1 from which two names count as one
_DATE_OR_NUMBER = re.compile(r"(?i)[\d\s,.:%$£€–-]+|.*\b(?:1[0-9]{3}|20[0-9]{2})\b.{0,12}|\d.*")


def unit(id_: str, text: str, language: str) -> TextUnit:
    return TextUnit(id_, id_, f"{id_}.txt", 0, 0, len(text), text, len(text) // 4, language=language)


def passages() -> list[TextUnit]:
    lines = (SHARED / "bench/musique-train-100/corpus.jsonl").read_text("utf-8").splitlines()
    return [unit(r["id"], f"{r['title']}\n{r['text']}", "en") for r in map(json.loads, lines)]


def paragraphs(folder: Path, language: str) -> list[TextUnit]:
    """The texts of a folder in pieces of a text unit's size, cut between paragraphs."""
    out = []
    for path in sorted(folder.glob("*.txt")):
        piece = ""
        for paragraph in path.read_text("utf-8").split("\n\n"):
            if piece and len(piece) + len(paragraph) > 1500:
                out.append(unit(f"{path.stem}-{len(out)}", piece, language))
                piece = ""
            piece = f"{piece}\n\n{paragraph}" if piece else paragraph
        out.append(unit(f"{path.stem}-{len(out)}", piece, language))
    return out


def extractions(units: Iterable[TextUnit]) -> Iterator[tuple[TextUnit, Extraction]]:
    offline = Offline()
    for u in units:
        yield u, offline.extract(u, Context(title=u.document))


def fact(r: ExtractedRelation, source: str) -> dict[str, str]:
    return {
        "subject": r.subject,
        "predicate": r.predicate,
        "object": r.object or str(r.value),
        "period": "/".join((r.period.start, r.period.end)) if r.period.start or r.period.end else "",
        "qualifiers": ", ".join(f"{k}: {v}" for k, v in r.qualifiers),
        "sentence": " ".join(r.evidence[0].quote.split()),
        "source": source,
    }


def draw(language: str) -> list[dict[str, str]]:
    """Facts drawn at SEED from all that are proposed, no two alike."""
    rng = random.Random(SEED)
    if language == "russian":
        known = _proposed(paragraphs(HERE / "russian", "ru"))
        unseen = _proposed(paragraphs(HERE / "russian_unseen", "ru"))
        return rng.sample(unseen, SHARE_OF_UNSEEN) + rng.sample(known, DRAWN - SHARE_OF_UNSEEN)
    first = _proposed(rng.sample(passages(), 400))
    second = _proposed(paragraphs(HERE / "english", "en"))
    return rng.sample(first, SHARE_OF_PASSAGES) + rng.sample(second, DRAWN - SHARE_OF_PASSAGES)


def _proposed(units: Iterable[TextUnit]) -> list[dict[str, str]]:
    """No two alike: what several pieces state counts once."""
    rows = [fact(r, u.id.rsplit("-", 1)[0]) for u, e in extractions(units) for r in e.relations]
    return list({(r["subject"], r["predicate"], r["object"]): r for r in reversed(rows)}.values())


def judged(language: str) -> None:
    """The share of right facts in the judged sample, and how many of it are still proposed."""
    rows = [json.loads(line) for line in (HERE / f"{language}.jsonl").read_text("utf-8").splitlines()]
    verdicts = Counter(r["verdict"] for r in rows)
    keys = ("subject", "predicate", "object", "sentence")
    now = {tuple(f[k] for k in keys) for f in draw(language)}
    same = sum(tuple(r[k] for k in keys) in now for r in rows)
    print(f"{language}: {len(rows)} judged, {dict(verdicts)}, right {verdicts['right'] / len(rows):.0%}")
    print(f"  {same} of {len(rows)} would be drawn today: redraw and judge again when this falls")


def tokens(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", name.lower())) - {"the", "a", "an", "of"}


def alike(a: frozenset[str], b: frozenset[str]) -> bool:
    both = len(a & b)
    return bool(both) and 2 * both / (len(a) + len(b)) >= RELAXED


def against_recorded(count: int) -> None:
    import pandas as pd

    folder = SHARED / "bench/musique-train-100/graphrag/output"
    recorded: dict[str, set[str]] = {}
    for title, ids in pd.read_parquet(folder / "entities.parquet")[["title", "text_unit_ids"]].itertuples(
        index=False
    ):
        if not _DATE_OR_NUMBER.fullmatch(title):
            for id_ in ids:
                recorded.setdefault(id_.removeprefix("tu-"), set()).add(title)
    pairs: dict[str, list[tuple[str, str]]] = {}
    table = pd.read_parquet(folder / "relationships.parquet")[["source", "target", "text_unit_ids"]]
    for source, target, ids in table.itertuples(index=False):
        for id_ in ids:
            pairs.setdefault(id_.removeprefix("tu-"), []).append((source, target))

    units = random.Random(SEED).sample(passages(), count) if count else passages()
    offline = Offline()
    offline.extract(units[0], Context())  # loading is not measured
    started = time.perf_counter()
    read = [(u, offline.extract(u, Context(title=u.document))) for u in units]
    seconds = time.perf_counter() - started

    score: Counter[str] = Counter()
    for u, e in read:
        theirs = [tokens(t) for t in recorded.get(u.id, ())]
        named = [tokens(t) for t in recorded.get(u.id, ()) if re.search(r"[A-Z]", t)]
        for kind, names in (
            ("entities", {x.name for x in e.entities}),
            ("mentions", {m.name for m in e.mentions}),
        ):
            ours = [tokens(n) for n in names]
            score[f"{kind} ours"] += len(ours)
            score[f"{kind} confirmed"] += sum(any(alike(a, b) for b in theirs) for a in ours)
            score[f"{kind} found"] += sum(any(alike(a, b) for b in ours) for a in theirs)
            score[f"{kind} named"] += sum(any(alike(a, b) for b in ours) for a in named)
        score["theirs"] += len(theirs)
        score["named"] += len(named)
        said = [(tokens(a), tokens(b)) for a, b in pairs.get(u.id, ())]
        for r in e.relations:
            a, b = tokens(r.subject), tokens(r.object or str(r.value))
            score["relations"] += 1
            score["confirmed"] += any(
                (alike(a, x) and alike(b, y)) or (alike(a, y) and alike(b, x)) for x, y in said
            )
    print(
        f"{len(units)} passages against gpt-3.5-turbo-1106 "
        f"(dates and numbers left out, token F1 >= {RELAXED}):"
    )
    for kind in ("entities", "mentions"):
        print(
            f"  {kind}: precision {score[f'{kind} confirmed'] / score[f'{kind} ours']:.2f}, "
            f"recall {score[f'{kind} found'] / score['theirs']:.2f}, "
            f"of names {score[f'{kind} named'] / score['named']:.2f}, "
            f"{score[f'{kind} ours'] / len(units):.1f} per passage"
        )
    print(
        f"  triples: {score['relations'] / len(units):.2f} per passage, "
        f"their subject and object recorded too: {score['confirmed'] / score['relations']:.2f}"
    )
    characters = sum(len(u.text) for u in units)
    print(f"  speed: {characters / seconds:,.0f} characters per second in one process")


def russian_figures() -> None:
    units = paragraphs(HERE / "russian", "ru")
    offline = Offline()
    offline.extract(units[0], Context())
    started = time.perf_counter()
    read = [offline.extract(u, Context(title=u.document)) for u in units]
    seconds = time.perf_counter() - started
    words = sum(len(u.text.split()) for u in units)
    print(
        f"Russian, {words:,} words: {sum(len(e.relations) for e in read)} facts, "
        f"{sum(len(e.entities) for e in read)} entities, {sum(len(e.mentions) for e in read)} mentions, "
        f"{sum(len(u.text) for u in units) / seconds:,.0f} characters per second"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=0, help="of the 1,890; 0 for all")
    parser.add_argument("--draw", choices=("english", "russian"), help="print a sample to be judged")
    chosen = parser.parse_args()
    if chosen.draw:
        for row in draw(chosen.draw):
            print(json.dumps(row, ensure_ascii=False))
        return
    against_recorded(chosen.passages)
    russian_figures()
    for language in ("english", "russian"):
        judged(language)


if __name__ == "__main__":
    main()
