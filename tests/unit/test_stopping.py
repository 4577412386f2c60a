"""A worker that is told to stop twice in a moment."""

from jobs.context import Context


def test_a_signal_in_the_middle_of_stopping_does_not_wait_for_itself() -> None:
    context = Context()
    with context.stopping._cond:  # as when the signal interrupts `stopping.set()` or `.wait()`
        context.ask_to_stop()
        assert not context.stopping.is_set()
    assert context.stopping.wait(10)
    assert context.wanted_back()
