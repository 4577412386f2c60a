"""The benchmark's questions on two uploads, all answered right without a model, each as of its version."""

from pathlib import Path

from benchmarks.answers import ferag
from tests.installation import Installation


def test_all_are_answered_right(installation: Installation, shared: Path) -> None:
    here, wanted = installation, ferag.listed()
    assert len(wanted) >= 20
    assert {q.version for q in wanted} == {1, 2}
    found = list(ferag.asked(here.parts, here.actor, here.rag, shared / "corpora/ferag", wanted))
    assert len(found) == len(wanted)
    wrong = {
        f"{a.question.text} (version {a.question.version})": (a.wrong, a.answer.text)
        for a in found
        if a.wrong
    }
    assert not wrong
