"""Fuseki ends a query when its client gives it up, whatever its own limit is."""

from pathlib import Path

import psutil
import pytest

from kg.errors import TooSlow
from kg.store import sparql
from kg.store.fuseki import Fuseki
from kg.vocab import Dataset
from tests import servers
from tests.conftest import absent
from tests.installation import wait_until

CROSS = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HOSTILE = (
    f"SELECT (COUNT(*) AS ?n) {CROSS}",
    f"SELECT * {CROSS} ORDER BY ?c LIMIT 5",
    "SELECT * { ?a ?b ?c MINUS { ?a ?e ?f . ?g ?h ?i . ?j ?k ?l } }",
)


def test_no_work_is_left_running(tmp_path: Path) -> None:
    dataset = Dataset("https://given-up.example/", 1)
    try:
        with servers.own(servers.fuseki, tmp_path, timeout=600) as server:
            store = Fuseki(server.url, server.user, server.password)
            store.create(dataset)
            lines = [f'<urn:s{n}> <urn:p> "{n}" .\n'.encode() for n in range(2000)]
            store.put(dataset, dataset.facts, lines)
            process = psutil.Process(server.pid)
            for query in HOSTILE:
                with pytest.raises(TooSlow):
                    sparql.run(store, dataset, sparql.checked(query, dataset), timeout=1)
                wait_until(lambda: process.cpu_percent(0.5) < 10, 20)
    except servers.Missing as e:
        absent(e)
