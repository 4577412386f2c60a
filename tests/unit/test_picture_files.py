"""A picture taken away as a table and as data: what is hostile in its names stays text."""

import csv
import io
import json

import networkx as nx

from portal.explore.drawn import Drawn, Link, Node
from portal.ui.explore_list import as_csv, as_json

HOSTILE = ('=HYPERLINK("http://x.example")', "@SUM(1)", "<script>alert(1)</script>", 'a "quote",\nnext')
DRAWN = Drawn(
    "urn:0",
    tuple(Node(f"urn:{n}", name, name, 0, 1) for n, name in enumerate(HOSTILE)),
    tuple(Link("urn:0", "urn:p", name, f"urn:{n}") for n, name in enumerate(HOSTILE)),
    4,
    4,
)


def test_no_cell_of_the_table_is_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(DRAWN))))
    assert len(rows) == 1 + len(HOSTILE)
    assert not [c for row in rows for c in row if c.startswith(("=", "+", "-", "@"))]
    assert {row[2].removeprefix("'") for row in rows[1:]} == set(HOSTILE)


def test_the_data_are_read_back_as_they_are() -> None:
    read = nx.node_link_graph(json.loads(as_json(DRAWN)), edges="links")
    assert {d["label"] for _n, d in read.nodes(data=True)} == set(HOSTILE)
    assert read.number_of_edges() == len(HOSTILE)
