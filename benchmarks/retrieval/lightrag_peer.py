"""The real lightrag-hku beside the portal: the same texts, things, facts and embedder, no model.

Installed apart, as the product does not need it:
    pip install --target FOLDER -r benchmarks/retrieval/requirements.txt
    PYTHONPATH=FOLDER make bench-retrieval BENCH=--lightrag
Its keywords, which a model would give, are the question itself.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable

import numpy as np
from lightrag import LightRAG, QueryParam
from lightrag.utils import EmbeddingFunc, Tokenizer, normalize_entity_name

from benchmarks.retrieval.corpus import Asked
from benchmarks.retrieval.kept import Kept
from benchmarks.retrieval.measures import Search, distinct
from kg.embed import tokenizer
from kg.index import IndexDelta

MODES = ("naive", "local", "global", "hybrid", "mix")
DEPTH = 10


def run(
    delta: IndexDelta,
    embedder: Kept,
    asked: dict[str, list[Asked]],
    table: Callable[[str, dict[str, Search], dict[str, list[Asked]]], None],
) -> None:
    loop = asyncio.new_event_loop()
    with tempfile.TemporaryDirectory() as folder:
        rag = loop.run_until_complete(_opened(folder, embedder))
        began, before = time.perf_counter(), embedder.seconds
        loop.run_until_complete(rag.ainsert_custom_kg(_graph(delta)))
        took = time.perf_counter() - began
        print(f"\nlightrag: index {took:.1f} s (of it embedding {embedder.seconds - before:.1f})", flush=True)
        table("lightrag-hku", {m: _search(loop, rag, m) for m in MODES}, asked)
        loop.run_until_complete(rag.finalize_storages())
    left = asyncio.all_tasks(loop)  # its queues' workers
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.close()


class Pieces:
    """The embedder's tokens."""

    def __deepcopy__(self, _: object) -> "Pieces":
        """It copies its whole configuration at each question; that would be 3 s of copying here."""
        return self

    def encode(self, content: str) -> list[int]:
        return tokenizer.encode(content)

    def decode(self, tokens: list[int]) -> str:
        return str(tokenizer.processor().decode(tokens)).strip()


async def _opened(folder: str, embedder: Kept) -> LightRAG:
    async def embed(texts: list[str]) -> np.ndarray:
        """Its interface has one function for both: a question is a text of the benchmark's questions."""
        return embedder.either(texts)

    async def no_model(*_: object, **__: object) -> str:
        return ""

    rag = LightRAG(
        working_dir=folder,
        embedding_func=EmbeddingFunc(embedding_dim=embedder.dimensions, max_token_size=512, func=embed),
        llm_model_func=no_model,
        tokenizer=Tokenizer("e5", Pieces()),  # its own is fetched from a network
        enable_llm_cache=False,
    )
    await rag.initialize_storages()
    return rag


def _graph(delta: IndexDelta) -> dict[str, list[dict[str, object]]]:
    """Names as they are written; each with the first unit that speaks of it, as its interface wants."""
    labels = {e.iri: e.label for e in delta.entities if normalize_entity_name(e.label)}  # it takes no others
    units = {u.unit.id: u for u in delta.units}

    def source(evidence: tuple) -> str:  # type: ignore[type-arg]
        return next((e.unit_id for e in evidence if e.unit_id in units), next(iter(units)))

    chunks = [
        {
            "content": f"{u.title}\n{u.unit.text}" if not u.unit.text.startswith(u.title) else u.unit.text,
            "source_id": u.unit.id,
            "file_path": u.unit.document_id,
            "chunk_order_index": u.unit.number,
        }
        for u in delta.units
    ]
    entities = [
        {
            "entity_name": e.label,
            "entity_type": "thing",
            "description": e.description or e.label,
            "source_id": source(e.evidence),
        }
        for e in delta.entities
        if e.iri in labels
    ]
    relations = [
        {
            "src_id": labels[f.fact.subject],
            "tgt_id": labels[f.fact.object],
            "description": f.sentence,
            "keywords": f.sentence.removeprefix(f.subject_label).removesuffix(f.object_label).strip(),
            "weight": 1.0,
            "source_id": source(f.fact.evidence),
        }
        for f in delta.facts
        if f.fact.subject in labels and f.fact.object in labels
        if normalize_entity_name(labels[f.fact.subject]) != normalize_entity_name(labels[f.fact.object])
    ]
    return {"chunks": chunks, "entities": entities, "relationships": relations}


def _search(loop: asyncio.AbstractEventLoop, rag: LightRAG, mode: str) -> Search:
    def search(question: str) -> list[str]:
        param = QueryParam(
            mode=mode,
            top_k=40,
            chunk_top_k=2 * DEPTH,
            hl_keywords=[question],
            ll_keywords=[question],
            enable_rerank=False,
            max_total_tokens=60_000,
        )
        found = loop.run_until_complete(rag.aquery_data(question, param))
        chunks = (found.get("data") or {}).get("chunks") or []
        return distinct([c["file_path"] for c in chunks])[:DEPTH]

    return search
