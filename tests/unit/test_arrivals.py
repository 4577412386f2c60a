"""Which id the lines of a page's runs and of its parts are written under."""

from portal import arrivals


def test_a_part_runs_along_with_its_page_and_again_by_itself() -> None:
    with arrivals.run_of_page("page"):
        page = arrivals.current()
        with arrivals.run_of_fragment():
            assert arrivals.current() == page
    assert not arrivals.current()
    ids = set()
    for _ in range(2):
        with arrivals.run_of_fragment():
            ids.add(arrivals.current())
    assert len(ids - {"", page}) == 2
    assert not arrivals.current()


def test_a_click_leaves_the_id_of_what_it_is_in() -> None:
    with arrivals.run_of_page("page"):
        page = arrivals.current()
        with arrivals.run_of_page("click"):
            assert arrivals.current() not in ("", page)
        assert arrivals.current() == page
