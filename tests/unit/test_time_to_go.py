"""How long a step will still take, by its own pace since it counts what it counts now."""

from datetime import timedelta

import pytest

from portal.cycle_views import _expected
from portal.models import Step, StepName, StepState, now


def step(seconds: float, *, done: int, total: int, counted_from: int = 0) -> Step:
    """It has counted to this total for so many seconds, after a quarter of an hour of other work."""
    return Step(
        cycle_id=1, name=StepName.staging, position=4, state=StepState.running, done=done, total=total,
        counted_from=counted_from, counted_at=now() - timedelta(seconds=seconds),
        started_at=now() - timedelta(seconds=900 + seconds),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("done", "total", "counted_from", "seconds"),
    [
        (5_000, 35_000, 0, 60),
        (6_000, 8_000, 5_000, 20),  # a worker went on where one had ended
        (5_002, 8_000, 5_000, None),  # too few to tell
    ],
)
def test_time_to_go(done: int, total: int, counted_from: int, seconds: float | None) -> None:
    given = step(10, done=done, total=total, counted_from=counted_from)
    assert _expected(given, 910.0, None) == (None if seconds is None else pytest.approx(seconds, abs=1))
