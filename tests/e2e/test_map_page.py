"""A place with a name full of markup on the map: drawn, told when it is pointed at, listed; nothing runs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from rdflib import Literal
from rdflib.namespace import XSD

from kg.model import Fact
from portal import accounts, i18n, logins, rags
from portal.i18n import gettext as _
from portal.settings import Settings
from portal.wiring import wire
from tests import explorer_world
from tests.e2e.portal import running, visitor
from tests.explorer_world import HOSTILE, iri

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
EMAIL, PASSWORD = "ann@example.org", "a long enough secret"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A town in which the thing with the hostile name has coordinates."""
    folder: Path = tmp_path_factory.mktemp("map")
    with running(folder, {"FERAG_WORKERS": "0"}) as address:
        parts = wire(Settings(data_dir=folder / "data", _env_file=None))  # type: ignore[call-arg]
        explorer_world.without_vectors(parts)
        signed = logins.who(parts, accounts.register(parts, EMAIL, PASSWORD, name="Ann"))
        assert signed is not None
        rag = rags.create(parts, signed.actor, "Town").id or 0
        dataset = parts.dataset(rag)
        told = explorer_world.told(parts, signed.actor, rag)
        town = explorer_world.town(dataset, told)
        where = (("latitude", "48.85"), ("longitude", "12.35"))
        stands = tuple(
            Fact(
                iri(dataset, HOSTILE),
                dataset.property_(name),
                Literal(value, datatype=XSD.decimal),
                evidence=(told.says(f"{HOSTILE} {name} {value}."),),
            )
            for name, value in where
        )
        explorer_world.publish(parts, signed.actor, rag, replace(town, facts=(*town.facts, *stands)), told)
        parts.close()
        yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_hostile_name_on_the_map_is_text(browser: Browser, portal: str, scheme: str) -> None:
    i18n.use("en")
    me = visitor(browser, portal, "en-GB")
    me.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    me.page.on("dialog", lambda d: (me.wrong.append(f"a script ran: {d.message}"), d.dismiss()))
    me.open("/auth/login")
    me.page.get_by_label(_("E-mail address")).fill(EMAIL)
    me.page.get_by_label(_("Password")).fill(PASSWORD)
    me.page.get_by_role("button", name=_("Log in")).click()
    expect(me.page.get_by_role("heading", name=_("Knowledge bases"), exact=True)).to_be_visible()
    create = me.page.get_by_role("button", name=_("Create"), exact=True)
    assert contrast(*create.evaluate(COLOURS)) >= READABLE
    me.open("/graph?rag=1")
    main = me.page.get_by_test_id("stMain")
    main.get_by_role("tab", name=_("Map")).click()
    chart = main.get_by_test_id("stVegaLiteChart")
    name = chart.locator("text", has_text="<img src=x")
    expect(name.first).to_be_visible()
    inside, box = name.first.bounding_box(), chart.bounding_box()
    assert inside
    assert box
    assert box["x"] <= inside["x"]
    assert inside["x"] + inside["width"] <= box["x"] + box["width"]
    chart.locator("path[aria-label*='img src=x']").hover()
    expect(me.page.locator("#vg-tooltip-element")).to_contain_text("<img src=x onerror")
    expect(main.get_by_role("row").filter(has_text="<img src=x")).to_be_visible()
    assert me.page.locator("img[src=x]").count() == 0
    me.shot(f"map-{scheme}")
    assert not me.wrong
    me.page.context.close()


READABLE = 4.5  # WCAG 2.2, 1.4.3
COLOURS = """(e) => { const s = getComputedStyle(e); return [s.color, s.backgroundColor].map(
    (c) => c.match(/[0-9.]+/g).slice(0, 3).map(Number)); }"""


def contrast(*colours: list[float]) -> float:
    """Of two colours, by WCAG's relative luminance."""
    dark, light = sorted(_luminance(c) for c in colours)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
