"""Recall, all gold found, and time, over a set of questions."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.retrieval.corpus import Asked

Search = Callable[[str], Sequence[str]]  # a question's documents, best first, each once


@dataclass(frozen=True, slots=True)
class Measured:
    """Percent; milliseconds."""

    recall_2: float
    recall_5: float
    recall_10: float
    all_5: float
    all_8: float
    p50: float
    p95: float
    cpu_50: float  # of this process: what a busy machine does not change
    cpu_95: float

    def line(self) -> str:
        shares = (self.recall_2, self.recall_5, self.recall_10, self.all_5, self.all_8)
        return " ".join(f"{x:6.1f}" for x in shares) + "".join(
            f" {x:8.1f}" for x in (self.p50, self.p95, self.cpu_50, self.cpu_95)
        )


HEAD = "   R@2    R@5   R@10  all@5  all@8   ms p50   ms p95  cpu p50  cpu p95"


def measure(search: Search, asked: Sequence[Asked]) -> Measured:
    found, ms, cpu = [], [], []
    for q in asked:
        began, used = time.perf_counter(), time.process_time()
        found.append(list(search(q.question)))
        ms.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used) * 1000)

    def recall(k: int) -> float:
        shares = [len(q.gold & set(f[:k])) / len(q.gold) for q, f in zip(asked, found, strict=True)]
        return float(100 * np.mean(shares))

    def all_(k: int) -> float:
        return float(100 * np.mean([q.gold <= set(f[:k]) for q, f in zip(asked, found, strict=True)]))

    return Measured(
        recall(2), recall(5), recall(10), all_(5), all_(8),
        *(float(np.percentile(times, p)) for times in (ms, cpu) for p in (50, 95)),
    )  # fmt: skip


def distinct(documents: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(documents))
