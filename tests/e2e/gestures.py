"""What a test does on any page: wait, ask axe, go by keyboard; and on a picture of the graph, click."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

from tests.e2e.portal import Visitor


def settled(me: Visitor) -> None:
    """Until the page has been drawn."""
    me.page.wait_for_timeout(300)
    expect(me.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def serious(me: Visitor, where: str) -> list[str]:
    """What axe calls serious or critical."""
    violations = Axe().run(me.page).response["violations"]
    return [
        f"{where}: {v['id']} ({v['impact']}): {v['help']}: "
        + "; ".join(n["html"][:160] for n in v["nodes"][:3])
        for v in violations
        if v["impact"] in ("serious", "critical")
    ]


def reach(me: Visitor, wanted: Locator) -> None:
    """By Tab alone."""
    expect(wanted).to_be_visible()
    settled(me)
    for _n in range(150):
        if wanted.evaluate("e => e === document.activeElement"):
            return
        me.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {wanted}")


def choose(me: Visitor, wanted: Locator) -> None:
    """One of several: by Tab to the first of them, by arrows on."""
    expect(wanted).to_be_visible()
    settled(me)
    for _n in range(150):
        if wanted.evaluate("e => e === document.activeElement"):
            me.page.keyboard.press("Space")
            settled(me)
            return
        beside = wanted.evaluate("e => e.closest('[role=radiogroup]').contains(document.activeElement)")
        me.page.keyboard.press("ArrowRight" if beside else "Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def picture(me: Visitor) -> None:
    settled(me)
    expect(me.page.locator(".f-picture[data-drawn] canvas").first).to_be_visible()


def node(me: Visitor, label: str) -> None:
    _click(me, "root.cy.nodes().filter((n) => n.data('label') === wanted).first().renderedPosition()", label)


def edge(me: Visitor) -> None:
    """The only one, in its middle."""
    _click(me, "root.cy.edges().length === 1 && root.cy.edges().first().renderedMidpoint()")


def _click(me: Visitor, where: str, wanted: str = "") -> None:
    picture(me)
    drawn = me.page.locator(".f-picture [role=img]").first
    drawn.scroll_into_view_if_needed()
    script = """([wanted]) => { const root = document.querySelector('.f-picture');
        if (!root?.cy) return false;
        const at = WHERE;
        if (!at) return false;
        const box = root.querySelector('[role=img]').getBoundingClientRect();
        const [was, now] = [window.stood, `${Math.round(box.x + at.x)} ${Math.round(box.y + at.y)}`];
        window.stood = now;
        return was === now && now; }""".replace("WHERE", where)
    me.page.evaluate("window.stood = ''")
    stands = me.page.wait_for_function(script, arg=[wanted], polling=400).json_value()
    x, y = map(float, stands.split())
    me.page.mouse.click(x, y)
    settled(me)
