"""Lines of progress while a command waits: not too many, and never long nothing."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from portal.commands import progress
from portal.commands.progress import Progress
from portal.cycle_views import StepView
from portal.models import StepName, StepState


def seen(name: StepName, done: int, total: int) -> Any:
    step = StepView(name, StepState.running, done, total, "", "", 9.0, None)
    return cast("Any", SimpleNamespace(step=step))


def test_a_step_says_how_far_it_is_and_that_it_is_still_at_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 100.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    tell = Progress()

    def said(after: float, name: StepName, done: int, total: int) -> str:
        nonlocal now
        now += after
        tell(seen(name, done, total))
        return capsys.readouterr().err

    assert said(0, StepName.graphrag, 0, 0) == "graphrag: at work, 9 s so far\n"
    assert said(1, StepName.graphrag, 5, 90) == ""
    assert said(4, StepName.graphrag, 7, 90) == "graphrag: 7 of 90, 9 s so far\n"
    assert said(6, StepName.graphrag, 7, 90) == ""
    assert said(24, StepName.graphrag, 7, 90) == "graphrag: 7 of 90, 9 s so far\n"
    assert said(1, StepName.staging, 0, 0) == "staging: at work, 9 s so far\n"
