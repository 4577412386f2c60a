"""Neighbourhoods and ways as arrays: nearest and best joined first, capped, filtered, counted."""

import numpy as np

from kg.index.network import Network, around, join, shortest

# 0 is joined with 1..5; 1 and 6, 6 and 7, 7 and 5; 8 and 9 are apart
ENDS = [(0, 1), (0, 2), (0, 3), (4, 0), (0, 5), (1, 6), (6, 7), (7, 5), (8, 9), (1, 1)]


def network(many: int = 10, ends: list[tuple[int, int]] = ENDS) -> Network:
    return join(np.ones(many, bool), np.arange(many), np.array(ends, np.int64), np.ones(len(ends), bool))


def test_the_nearest_and_best_joined_come_first() -> None:
    found = around(network(), [0], 1, 10)
    assert found.nodes.tolist() == [0, 1, 5, 2, 3, 4]
    assert found.hop.tolist() == [0, 1, 1, 1, 1, 1]
    assert (found.total, len(found.links)) == (6, 5)


def test_a_cap_leaves_out_and_says_how_many() -> None:
    found = around(network(), [0], 3, 3)
    assert found.nodes.tolist() == [0, 1, 5]
    assert found.total == 8


def test_links_and_nodes_that_do_not_count_are_not_walked() -> None:
    made = network()
    only = np.isin(made.fact, [0, 5])
    assert around(made, [0], 3, 10, links=only).nodes.tolist() == [0, 1, 6]
    even = around(made, [0], 2, 10, allowed=lambda nodes: nodes % 2 == 0)
    assert even.nodes.tolist() == [0, 2, 4]


def test_the_shortest_way_avoids_a_hub_where_it_can() -> None:
    made = network()
    assert shortest(made, 1, 5, 8) == (1, 0, 5)
    assert shortest(made, 6, 5, 8) == (6, 7, 5)
    assert shortest(made, 0, 8, 8) == ()
    assert shortest(made, 6, 3, 2) == ()
    assert shortest(made, 3, 3, 2) == (3,)
    # 0 or 2 join 1 and 3: 0 has more links
    hub = network(8, [(1, 0), (0, 3), (1, 2), (2, 3), (0, 4), (0, 5), (0, 6)])
    assert shortest(hub, 1, 3, 4) == (1, 2, 3)


def test_nothing_is_joined_with_nothing() -> None:
    empty = join(np.zeros(0, bool), np.zeros(0, np.int64), np.zeros((0, 2), np.int64), np.zeros(0, bool))
    assert empty.start.tolist() == [0]


def test_ten_thousand_neighbours_are_counted_and_capped() -> None:
    made = network(10_001, [(0, n) for n in range(1, 10_001)])
    found = around(made, [0], 3, 60)
    assert (len(found.nodes), found.total) == (60, 10_001)
