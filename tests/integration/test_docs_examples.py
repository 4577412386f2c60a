"""The examples of the documentation, run as they stand there."""

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from rdflib import OWL, RDF, Graph
from sqlalchemy import update
from sqlmodel import col

from kg.versions import publish
from portal import tokens
from portal.access import Scope
from portal.models import User
from portal.wiring import Parts
from tests.conftest import absent, whole
from tests.people import Team, make_team
from tests.web_server import served
from tests.worlds import World

DOCS = Path(__file__).parents[2] / "docs"


def example(page: str, heading: str, language: str) -> str:
    """The first block of this language below this heading."""
    below = (DOCS / page).read_text().split(f"\n## {heading}\n", 1)[1].split("\n## ")[0]
    found = re.search(rf"```{language}\n(.*?)```", below, re.DOTALL)
    assert found, f"{page}: {heading} has no example in {language}"
    return found[1]


@dataclass(frozen=True)
class Here:
    """A portal with one approved knowledge base, and what the examples call it."""

    team: Team
    environment: dict[str, str]
    folder: Path

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", **self.environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def python(self, page: str, heading: str) -> str:
        return self.run(sys.executable, "-W", "error", "-c", example(page, heading, "python"))

    def shell(self, page: str, heading: str) -> str:
        return self.run("/bin/bash", "-c", example(page, heading, "sh"))


@pytest.fixture(scope="module")
def parts(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    with whole("embedded", run_folder, tmp_path_factory.mktemp("docs"), "https://docs.example/") as made:
        yield made


@pytest.fixture(scope="module")
def here(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    team = make_team(parts)
    publish(parts.store, team.dataset, World(team.dataset).delta(), 0, 1, "one")
    _, token = tokens.create(parts, team.viewer, "docs", [Scope.read, Scope.ask], 1)
    with served(parts) as address:
        named = {"FERAG": address, "RAG": str(team.rag_id), "TOKEN": token}
        yield Here(team, named, tmp_path_factory.mktemp("examples"))


def test_sparql_with_curl(here: Here) -> None:
    lines = here.shell("sparql.md", "curl").splitlines()
    assert lines[0] == "label"
    assert "Alice Smith" in lines


def test_sparql_with_sparqlwrapper(here: Here) -> None:
    assert str(World(here.team.dataset).person.iri) in here.python("sparql.md", "SPARQLWrapper").splitlines()


def test_sparql_with_rdflib(here: Here) -> None:
    assert "Alice Smith" in here.python("sparql.md", "rdflib")


def test_sparql_for_protege(here: Here) -> None:
    here.shell("sparql.md", "Protégé")
    graph = Graph().parse(here.folder / "knowledge-base.owl", format="xml")
    assert World(here.team.dataset).person.iri in set(graph.subjects(RDF.type, OWL.Class))


@pytest.mark.browser
def test_sparql_with_yasgui(here: Here) -> None:
    """In a real browser, on a page of another origin, with the request that YASGUI makes of its settings."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        absent("Chromium: apt-get install chromium")
    names = "".join(f"const {n} = {v!r};" for n, v in here.environment.items())
    script = f"""async () => {{
        const Yasgui = {{ defaults: {{ requestConfig: {{}} }} }};
        {names} {example("sparql.md", "YASGUI", "js")}
        const {{ endpoint, headers, method }} = Yasgui.defaults.requestConfig;
        const answer = await fetch(endpoint, {{
            method,
            headers: {{ Accept: "application/sparql-results+json,*/*;q=0.9", ...headers() }},
            body: new URLSearchParams({{ query: "SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }}" }}),
        }});
        return await answer.json();
    }}"""
    page_of_others = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    thread = threading.Thread(target=page_of_others.serve_forever)
    thread.start()
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{page_of_others.server_port}/docs/")
            found = page.evaluate(script)
        finally:
            browser.close()
            page_of_others.shutdown()
            thread.join()
            page_of_others.server_close()
    assert int(found["results"]["bindings"][0]["n"]["value"]) > 0


def test_mcp_with_python(here: Here) -> None:
    tools, around = here.python("mcp.md", "Python").splitlines()
    assert tools == "['knowledge_bases', 'ask', 'search', 'neighbours', 'summary', 'sparql']"
    assert "{'subject': 'Alice Smith', 'label': 'works at', 'object': 'ACME'}" in around


def test_metrics_for_prometheus(here: Here) -> None:
    """The example's settings, asked with as Prometheus asks; its own parser reads the answer."""
    (job,) = yaml.safe_load(example("metrics.md", "Prometheus", "yaml"))["scrape_configs"]
    parts, boss = here.team.parts, replace(here.team.owner, is_admin=True)
    with parts.session() as db:
        db.execute(update(User).where(col(User.id) == boss.user_id).values(is_admin=True))
        db.commit()
    _, token = tokens.create(parts, boss, "prometheus", [Scope.metrics], 1)
    url = here.environment["FERAG"] + job.get("metrics_path", "/metrics")
    kind = job["authorization"].get("type", "Bearer")

    def scrape(shown: str) -> httpx.Response:
        return httpx.get(url, headers={"Authorization": f"{kind} {shown}"})

    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(scrape(token).text)
        for sample in family.samples
    }
    assert found["ferag_part_up", "database"] == found["ferag_part_up", "store"] == 1
    assert found[("ferag_knowledge_bases",)] == 1
    assert ("ferag_workers", "ferag-quick") in found
    curl = Here(here.team, {**here.environment, "TOKEN": token}, here.folder).shell("metrics.md", "curl")
    assert "ferag_users 4.0" in curl
    assert scrape("ferag_nonsense").status_code == 401
    assert scrape(here.environment["TOKEN"]).status_code == 403
    assert httpx.get(url).status_code == 401
