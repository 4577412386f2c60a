"""Periods: united, they say what was said and no less, however often it is said again."""

from hypothesis import example, given
from hypothesis import strategies as st

from kg.model import Period
from kg.periods import united

TIMES = ["", "2001", "2005", "2005-03", "2019", "2019-04"]
PERIODS = st.lists(
    st.builds(Period, st.sampled_from(TIMES), st.sampled_from(TIMES)).filter(
        lambda p: not (p.start and p.end) or p.start <= p.end
    ),
    max_size=5,
)


@given(PERIODS, st.data())
def test_what_is_said_again_changes_nothing(periods, data):
    again = data.draw(st.lists(st.sampled_from(periods))) if periods else []
    assert united((*united(periods), *again)) == united(periods)


@given(PERIODS)
@example([Period("2001", ""), Period("2005", ""), Period("", "2005")])
def test_no_date_is_lost(periods):
    """Unless a finer one says it, as 2005-03 says 2005."""
    found = united(periods)
    for period in periods:
        assert not period.start or any(p.start.startswith(period.start) for p in found)
        assert not period.end or any(p.end.startswith(period.end) for p in found)


@given(PERIODS, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(periods, random):
    shuffled = list(periods)
    random.shuffle(shuffled)
    assert united(shuffled) == united(periods)
