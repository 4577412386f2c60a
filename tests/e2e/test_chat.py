"""Asking in a real browser, before a model that a test writes: a conversation from its first question to
its export. In both languages, on the same knowledge base.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from portal import i18n
from portal.i18n import gettext as _
from tests.e2e.portal import Visitor, running, visitor
from tests.scripted_model import Say, ScriptedModel, scripted

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
PASSWORD = "a long enough secret"
TEXT = "Anna Keller built the pump in 1998. Anna Keller lives in Leeds. The pump moves 40 litres a minute."
LOCALE = {"en": "en-GB", "ru": "ru-RU"}
FIRST = {"en": "Tell me about Anna Keller.", "ru": "Расскажи об Анне Келлер."}
AND_THEN = {"en": "And where does she live?", "ru": "А где она живёт?"}
SLOW = {"en": "Tell me slowly, number {n}.", "ru": "Расскажи не спеша, номер {n}."}
LONG = {"en": "Describe everything at length.", "ru": "Опиши всё подробно."}


@dataclass(frozen=True)
class Portal:
    address: str
    folder: Path
    model: ScriptedModel


def says(body: dict[str, Any]) -> Say:
    """A model that cites, invents a source, and talks on and on when it is asked to."""
    question = body["messages"][-1]["content"]
    if question in LONG.values():
        return Say("Anna Keller built the pump [1]. " + "And on it goes. " * 600, pause=0.05)
    if "slowly" in question or "не спеша" in question:
        words = "Anna Keller built the pump in 1998 [1]. " + "It is so. " * (20 if "0" in question else 0)
        return Say(words, pause=0.15)
    if question in AND_THEN.values():
        return Say("Anna Keller lives in Leeds [1].")
    return Say("Anna Keller built the pump in 1998 [1][99]. She is the queen of France.")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("chat")
    with (
        scripted(says) as model,
        running(folder, {"FERAG_CHAT_URL": model.url, "FERAG_CHAT_MODEL": "scripted"}) as address,
    ):
        yield Portal(address, folder, model)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_conversation(portal: Portal, browser: Browser, language: str) -> None:
    i18n.use(language)
    me = visitor(browser, portal.address, LOCALE[language])
    rag = knowledge_base(me, portal, language)
    me.open(f"/chat?rag={rag}")
    asks(me, FIRST[language])
    me.page.wait_for_url("**chat=*")
    address = me.page.url.removeprefix(me.address)
    an_invented_source_is_gone_and_what_has_none_is_marked(me, language)
    how_it_was_found(me, language)
    a_follow_up_is_found_by_what_was_said_before(me, portal, language)
    a_citation_opens_at_its_place(me, address)
    stopped_and_read_again_after_a_reload(me, portal, language)
    put_differently(me, language)
    nothing_typed_or_entered_while_an_answer_ends_is_lost(me, language)
    rated_with_a_reason(me, language)
    taken_away_and_shown_to_the_others(me, language)
    found_by_a_word_of_it(me, language)
    assert not me.wrong
    me.page.context.close()


def knowledge_base(me: Visitor, portal: Portal, language: str) -> int:
    me.open("/auth/register")
    me.page.get_by_label(_("Your name")).fill("Ann")
    me.page.get_by_label(_("E-mail address")).fill(f"ann-{language}@example.org")
    me.page.locator("input[name=password]").fill(PASSWORD)
    me.page.locator("input[name=again]").fill(PASSWORD)
    me.page.get_by_role("button", name=_("Create the account")).click()
    me.page.get_by_label(_("Name"), exact=True).fill("Pumps")
    me.page.get_by_role("button", name=_("Create"), exact=True).click()
    expect(me.page.get_by_text(_("No documents yet"))).to_be_visible()
    rag = int(me.page.url.partition("rag=")[2].split("&")[0])
    file = portal.folder / f"pump-{language}.txt"
    file.write_text(TEXT)
    for command in (["ingest", str(file), "--wait"], ["approve", "--cycle", "1", "--all"]):
        subprocess.run(
            [sys.executable, "-m", "portal.cli", *command, "--rag", str(rag)],
            env={**os.environ, "FERAG_DATA_DIR": str(portal.folder / "data"), "OMP_NUM_THREADS": "1"},
            check=True,
            capture_output=True,
            timeout=300,
        )
    return rag


def asks(me: Visitor, question: str) -> None:
    box = me.page.get_by_placeholder(_("Ask a question about what your documents say"))
    expect(box).to_be_enabled()
    box.fill(question)
    box.press("Enter")
    expect(me.page.locator(".f-answer").get_by_text(question, exact=True)).to_be_visible()


def last(me: Visitor) -> Locator:
    return me.page.get_by_test_id("stChatMessage").last


def an_invented_source_is_gone_and_what_has_none_is_marked(me: Visitor, language: str) -> None:
    answer = last(me).locator(".f-answer")
    expect(answer).to_contain_text("Anna Keller built the pump in 1998")
    expect(last(me).get_by_role("button", name=_("How this was found"))).to_be_visible()
    assert "[99]" not in answer.inner_text()
    expect(last(me).locator(".f-doubted")).to_have_text("She is the queen of France.")
    expect(last(me).get_by_text(_("Version {n}").format(n=1))).to_be_visible()
    me.shot(f"chat-marked-{language}")


def how_it_was_found(me: Visitor, language: str) -> None:
    last(me).get_by_role("button", name=_("How this was found")).click()
    expect(me.page.get_by_role("heading", name=_("How this was found"))).to_be_visible()
    expect(me.page.locator(".f-sentence").first).to_be_visible()
    me.shot(f"chat-facts-{language}")
    me.page.get_by_role("tab", name=_("Passages")).click()
    expect(me.page.locator(".f-quote").filter(has_text="Leeds").first).to_be_visible()
    me.page.get_by_role("tab", name=_("Path")).click()
    expect(me.page.get_by_role("listitem").filter(has_text="Anna Keller").first).to_be_visible()
    me.page.wait_for_timeout(800)
    me.shot(f"chat-path-{language}")
    me.page.get_by_role("tab", name=_("Steps")).click()
    expect(me.page.get_by_text(_("Wrote the answer"))).to_be_visible()
    me.shot(f"chat-steps-{language}")
    last(me).get_by_role("button", name=_("Close"), exact=True).click()
    expect(me.page.get_by_role("heading", name=_("How this was found"))).to_be_hidden()


def a_follow_up_is_found_by_what_was_said_before(me: Visitor, portal: Portal, language: str) -> None:
    asks(me, AND_THEN[language])
    expect(last(me).locator(".f-answer")).to_contain_text("lives in Leeds")
    told = portal.model.asked[-1]["messages"]
    assert "lives in Leeds" in told[0]["content"]  # the sources of "she"
    assert FIRST[language] in [m["content"] for m in told[1:-1]]


def a_citation_opens_at_its_place(me: Visitor, address: str) -> None:
    expect(last(me).get_by_role("button", name=_("How this was found"))).to_be_visible()
    last(me).get_by_role("button", name="[1]").click()
    expect(me.page.locator("mark").first).to_be_visible()
    quote = me.page.locator("mark").first.inner_text().strip()
    assert quote
    assert quote in TEXT
    me.page.get_by_role("link", name=_("Open the document here")).first.click()
    me.page.wait_for_url("**/document?**")
    expect(me.page.get_by_test_id("stMain").locator("mark").first).to_have_text(quote)
    me.open(address)


def stopped_and_read_again_after_a_reload(me: Visitor, portal: Portal, language: str) -> None:
    asks(me, LONG[language])
    expect(last(me).locator(".f-answer")).to_contain_text("And on it goes.")
    me.page.reload()  # in mid-answer: it goes on
    expect(last(me).locator(".f-answer")).to_contain_text("And on it goes.")
    before = len(last(me).locator(".f-answer").inner_text())
    expect(last(me).locator(".f-answer")).to_have_text(re.compile(rf"[\s\S]{{{before + 40},}}"))
    me.page.get_by_role("button", name=_("Stop"), exact=True).click()
    expect(me.page.get_by_text(_("Stopped."))).to_be_visible()
    kept = last(me).locator(".f-answer").inner_text()
    me.page.reload()
    expect(me.page.get_by_text(_("Stopped."))).to_be_visible()
    assert last(me).locator(".f-answer").inner_text() == kept
    for _n in range(50):  # until the model writes no more
        if not portal.model.now[0]:
            return
        me.page.wait_for_timeout(200)
    raise AssertionError("the model still writes")


def put_differently(me: Visitor, language: str) -> None:
    asked = me.page.get_by_role("button", name=_("Put it differently")).last
    asked.click()
    me.page.get_by_role("textbox", name=_("Question"), exact=True).fill(FIRST[language])
    me.page.get_by_role("button", name=_("Ask again")).click()
    expect(me.page.get_by_text(_("Stopped."))).to_be_hidden()
    expect(last(me).locator(".f-answer")).to_contain_text("built the pump in 1998")
    expect(me.page.locator(".f-answer").get_by_text(LONG[language])).to_be_hidden()


# How many answers are whole; while a page is redrawn, one may stand there twice.
WHOLE = """() => new Set([...document.querySelectorAll("[class*=st-key-how-]")].map(
    (e) => [...e.classList].find((c) => c.startsWith("st-key-how-")))).size"""

# Enters a question by itself, in the moment in which the page has one more answer than before.
ENTER = """([text, before]) => new Promise(done => {
  const whole = () => (WHOLE)() > before;
  const enter = () => {
    const box = document.querySelector("[data-testid=stChatInputTextArea]");
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => {
      box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
      done();
    }, 0);
  };
  const seen = new MutationObserver(() => { if (whole()) { seen.disconnect(); enter(); } });
  if (whole()) enter();
  else seen.observe(document.body, { childList: true, subtree: true });
})""".replace("WHOLE", WHOLE)


def nothing_typed_or_entered_while_an_answer_ends_is_lost(me: Visitor, language: str) -> None:
    box = me.page.get_by_placeholder(_("Ask a question about what your documents say"))
    slow = [SLOW[language].format(n=n) for n in range(6)]
    expect(last(me).get_by_role("button", name=_("How this was found"))).to_be_visible()
    before = me.page.evaluate(WHOLE)
    asks(me, slow[0])
    box.fill(slow[1])
    early = _("The last question is still being answered: wait for it, or stop it.")
    for value in (slow[1], f"{slow[1]} "):
        box.press("Enter")  # too early: it is said, and stands in the box again
        expect(me.page.get_by_text(early).first).to_be_visible()
        expect(box).to_have_value(value)
    box.press("End")
    expect(last(me).locator(".f-answer")).to_contain_text("Anna")
    typed = ""
    while (waits := me.page.evaluate(WHOLE) == before) or not typed.endswith("after that"):
        more = "." if waits else " after that"
        box.press_sequentially(more, delay=60)
        typed += more
    expect(box).to_have_value(f"{slow[1]} {typed}")
    box.fill(slow[1])
    box.press("Enter")
    for n in range(2, 6):
        expect(me.page.locator(".f-answer").get_by_text(slow[n - 1], exact=True)).to_be_visible()
        me.page.evaluate(ENTER, [slow[n], before + n - 1])
    expect(me.page.locator(".f-answer").get_by_text(slow[5], exact=True)).to_be_visible()
    expect(me.page.locator("[class*=st-key-how-]")).to_have_count(before + 6)


def rated_with_a_reason(me: Visitor, language: str) -> None:
    last(me).get_by_role("button", name=_("Not helpful")).click()
    last(me).get_by_role("button", name=_("What was wrong?")).click()
    me.page.get_by_role("textbox", name=_("What was wrong?"), exact=True).fill("She is no queen.")
    me.page.get_by_role("button", name=_("Send"), exact=True).click()
    expect(me.page.get_by_role("textbox", name=_("What was wrong?"))).to_be_hidden()
    expect(last(me).get_by_role("button", name=_("The owners read your remark"))).to_be_visible()
    me.shot(f"chat-rated-{language}")


def taken_away_and_shown_to_the_others(me: Visitor, language: str) -> None:
    me.page.get_by_role("button", name=_("More"), exact=True).click()
    with me.page.expect_download() as text:
        me.page.get_by_role("link", name=_("Download as text")).click()
    said = text.value.path().read_text()
    assert FIRST[language] in said
    assert "> [1]" in said
    with me.page.expect_download() as taken:
        me.page.get_by_role("link", name=_("Download as JSON")).click()
    assert [m["role"] for m in json.loads(taken.value.path().read_text())["messages"]][:2] == [
        "user",
        "assistant",
    ]
    me.page.get_by_role("button", name=_("Show it to all members")).click()
    expect(me.page.get_by_role("button", name=_("Keep it to myself"))).to_be_visible()
    me.page.keyboard.press("Escape")


def found_by_a_word_of_it(me: Visitor, language: str) -> None:
    me.page.get_by_role("button", name=_("Conversations"), exact=True).click()
    box = me.page.get_by_placeholder(_("Words of its name or of what was said"))
    box.fill("no such words")
    box.press("Enter")
    expect(me.page.get_by_text(_("No conversation holds these words."))).to_be_visible()
    box.fill("Leeds")
    box.press("Enter")
    expect(me.page.get_by_test_id("stPopoverBody").get_by_role("link", name=FIRST[language])).to_be_visible()
