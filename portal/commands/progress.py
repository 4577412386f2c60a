"""How far a cycle is, on standard error: what is written to standard output stays for scripts."""

import sys
import time

from portal.cycle_views import CycleView, StepView

SECONDS = 5.0  # between two lines of the same step
STILL = 30.0  # after which a step that has nothing new to say says that it is still at work


class Progress:
    """Call it with the cycle again and again: it writes a line when there is something to say, or has long
    been nothing."""

    def __init__(self) -> None:
        self.last: tuple[str, int, int] = "", 0, 0
        self.next_at = 0.0

    def __call__(self, view: CycleView) -> None:
        step = view.step
        if step is None:
            return
        now, at = time.monotonic(), (step.name.value, step.done, step.total)
        still = STILL - SECONDS if at == self.last else 0.0
        if at[0] == self.last[0] and now < self.next_at + still:
            return
        self.last, self.next_at = at, now + SECONDS
        sys.stderr.write(line(step) + "\n")
        sys.stderr.flush()


def line(step: StepView) -> str:
    """
    >>> from portal.models import StepName, StepState
    >>> line(StepView(StepName.graphrag, StepState.running, 450, 900, "", "", 60.0, 60.0))
    'graphrag: 450 of 900, 60 s so far, about 60 s to go'
    """
    told = f"{step.name.value}: {step.done} of {step.total}" if step.total else f"{step.name.value}: at work"
    if step.elapsed is not None:
        told += f", {step.elapsed:.0f} s so far"
    if step.expected is not None:
        told += f", about {step.expected:.0f} s to go"
    return f"{told}, {step.detail}" if step.detail else told
