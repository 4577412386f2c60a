"""Each page: what it says when there is nothing, when there is something, and when something is wrong."""

import pytest
from sqlmodel import select

from kg.extract.estimate import Estimate
from portal import accounts, budgets, chats, cycles, document_list, documents, logins, members, rags, tokens
from portal.documents import Upload
from portal.errors import Unknown
from portal.models import Chat, ChatMessage, Cycle, CycleState, MessageState, Rag, Role, User, now
from tests.pages.conftest import World, section, words

PAGES = ("overview", "documents", "review", "versions", "graph", "edits", "search", "chat", "members")


@pytest.mark.parametrize("locale", ["en", "ru"])
def test_an_empty_knowledge_base_says_what_to_do(world: World, locale: str) -> None:
    for page in PAGES:
        app = world.open(page, locale=locale, rag=world.rag)
        assert not app.error
        text = words(app)
        assert ("Log out" in text) == (locale == "en")
        assert ("Выйти" in text) == (locale == "ru")


@pytest.mark.parametrize("page", PAGES)
def test_what_is_not_yours_does_not_exist(world: World, page: str) -> None:
    for rag in (world.rag, "404", "abc", "-1", "٣"):
        app = world.open(page, who="bob", rag=rag)
        assert len(app.error) == 1
        assert "Contracts" not in words(app)


def test_without_a_login_nothing_is_shown(world: World) -> None:
    world.tokens["zed"] = "invented"
    for page in ("", "account", "tokens", "admin", *PAGES):
        app = world.open(page, who="zed", rag=world.rag)
        assert "You are logged out" in words(app)
        assert "Contracts" not in words(app)
        assert not app.title
        assert not app.button


def test_the_administration_is_for_administrators(world: World) -> None:
    app = world.open("admin")
    assert "Search index" in words(app)  # that no queue runs in this test is said there, and no more
    assert not app.error
    app = section(app, "Work")
    assert [e.value for e in app.error] == [
        "The queue does not answer. What you did is kept, and the work starts when it is back."
    ]
    assert "ann@example.org" in words(section(app, "People"))
    with pytest.raises(ValueError, match="page"):  # it is not even named
        world.open("admin", who="bob")


def test_a_name_is_shown_as_it_is(world: World) -> None:
    text = words(world.open("overview", rag=world.rag))
    assert "Contracts &lt;b&gt;&amp; more&lt;/b&gt;" in text
    assert "<b>& more</b>" not in text.replace("Contracts <b>& more</b>", "")  # the title is text


def test_the_first_knowledge_base_is_made_here(world: World) -> None:
    app = world.open(who="bob")
    assert "numbered version" in words(app)  # how it works, in plain words
    app.text_input[0].input("x" * 500)
    app.button[0].click().run()
    assert "too long" in app.error[0].value
    app.text_input[0].input("Minutes")
    app.button[0].click().run()
    assert [r.name for r in rags.mine(world.parts, world.actor("bob"))] == ["Minutes"]


def test_a_reader_is_offered_nothing_that_a_reader_may_not_do(world: World) -> None:
    members.add(world.parts, world.actor("ann"), world.rag, "bob@example.org", Role.viewer)
    assert not world.open("documents", who="bob", rag=world.rag).get("file_uploader")
    assert [b.label for b in world.open("members", who="bob", rag=world.rag).button] == ["Leave"]
    assert not world.open("overview", who="bob", rag=world.rag).get("expander")


def test_files_are_taken_and_refused_with_a_sentence(world: World) -> None:
    app = world.open("documents", rag=world.rag)
    app.file_uploader[0].upload("empty.txt", b"", "text/plain").run()
    app.button[0].click().run()
    assert app.warning[0].value == "empty.txt: the file is empty" or "empty" in app.warning[0].value
    app.file_uploader[0].upload("a.txt", b"Ann works at ACME.", "text/plain").run()
    next(b for b in app.button if b.label.startswith("Upload")).click().run()
    listed = document_list.everything(world.parts, world.actor("ann"), world.rag)
    assert [d.name for d in listed] == ["a.txt"]


def test_documents_are_listed_by_where_they_stand(world: World) -> None:
    ann = world.actor("ann")
    for name in ("Договор.txt", "b.txt", "deep/c.txt"):
        folder, _, plain = name.rpartition("/")
        file = Upload(plain, f"{name} says that Ann works at ACME.".encode(), folder)
        documents.upload(world.parts, ann, world.rag, [file])
    with world.parts.session() as opened:
        for cycle, state in zip(
            opened.exec(select(Cycle)).all(), ("running", "failed", "review"), strict=True
        ):
            cycle.state, cycle.error = CycleState(state), "budget-needed" if state == "failed" else ""
            opened.add(cycle)
        opened.commit()
    app = world.open("documents", rag=world.rag)
    assert "Ready for review" in words(app)
    assert "Could not be read" in words(app)
    assert "Try again" in [b.label for b in app.button]
    (pills,) = app.get("button_group")
    assert len(pills.options) == 3
    search = next(t for t in app.text_input if t.label == "Search")
    search.input("договор").run()
    assert "Being read" in words(app)
    assert "Ready for review" not in words(app)
    search = next(t for t in app.text_input if t.label == "Search")
    search.input("no such name").run()
    assert "No document matches" in words(app)


def test_the_reading_of_a_file_can_be_stopped(world: World) -> None:
    file = Upload("a.txt", b"Ann works at ACME.")
    cycle = documents.upload(world.parts, world.actor("ann"), world.rag, [file]).cycle
    app = world.open("documents", rag=world.rag)
    next(b for b in app.button if b.label == "Stop reading").click().run()
    assert cycles.get(world.parts, world.actor("ann"), world.rag, cycle or 0).state is CycleState.cancelled
    app = world.open("documents", rag=world.rag)
    assert "Left out" in words(app)
    assert "Stop reading" not in [b.label for b in app.button]


def test_pasted_text_is_a_document(world: World) -> None:
    app = world.open("documents", rag=world.rag)
    next(t for t in app.text_input if t.label == "Its title").input("Заметка")
    app.text_area[0].input("Анна работает в АКМЕ.")
    next(b for b in app.button if b.label == "Add this text").click().run()
    (listed,) = document_list.everything(world.parts, world.actor("ann"), world.rag)
    assert listed.name == "Заметка.md"
    app = world.open("documents", rag=world.rag)
    next(b for b in app.button if b.label == "Add this text").click().run()
    assert "empty" in app.warning[0].value


def test_progress_says_which_part_is_missing_and_cancels(world: World) -> None:
    ann = world.actor("ann")
    receipt = documents.upload(world.parts, ann, world.rag, [Upload("a.txt", b"Ann works at ACME.")])
    app = world.open("progress", rag=world.rag, cycle=receipt.cycle)
    text = words(app)
    assert "Reading the documents" in text
    assert "The queue does not answer" in text  # none runs in this test
    next(b for b in app.button if b.label == "Cancel").click().run()
    with world.parts.session() as opened:
        assert opened.exec(select(Cycle.state)).one() is CycleState.cancelled
    assert any(b.label == "Run it again" for b in world.open("progress", rag=world.rag, cycle=1).button)


def test_a_budget_that_pauses_is_explained_and_raised(world: World) -> None:
    ann = world.actor("ann")
    documents.upload(world.parts, ann, world.rag, [Upload("a.txt", b"Ann works at ACME.")])
    with world.parts.session() as opened:
        cycle = opened.exec(select(Cycle)).one()
        cycle.state, cycle.error, cycle.budget = CycleState.paused, "budget-estimate", 1000
        budgets.foresee(cycle, Estimate(4, 20_500, 1_200, 75.0, 0.25))
        opened.add(cycle)
        opened.commit()
    assert "0 токенов" in words(world.open("progress", locale="ru", rag=world.rag, cycle=1))
    app = world.open("progress", rag=world.rag, cycle=1)
    text = words(app)
    assert "more tokens than its budget allows" in text
    assert "Expected: 4 calls of the model, 21,700 tokens, cost 0.25, about 1 min 15 s" in text
    assert app.number_input[0].value == 30_000
    next(b for b in app.button if b.label == "Go on reading").click().run()
    with world.parts.session() as opened:
        cycle = opened.exec(select(Cycle)).one()
        assert (cycle.state, cycle.budget, cycle.error) == (CycleState.waiting, 30_000, "")


def test_a_cycle_that_does_not_exist_is_a_sentence(world: World) -> None:
    for page in ("progress", "review"):
        app = world.open(page, rag=world.rag, cycle=77)
        assert app.error[0].value == "There is no cycle 77 in this knowledge base."


def test_a_store_that_is_down_is_named_and_the_rest_of_the_page_stays(world: World) -> None:
    with world.parts.session() as opened:
        rag = opened.get_one(Rag, world.rag)
        rag.version = 1
        opened.add(rag)
        opened.commit()
    app = world.open("overview", rag=world.rag)
    assert "graph store does not answer" in app.error[0].value
    assert "Settings" in [e.label for e in app.get("expander")]
    app = world.open("graph", rag=world.rag)
    app.text_input[0].input("Ann").run()
    assert "graph store does not answer" in app.error[0].value


def test_an_answer_opens_its_sources_and_loads_nothing(world: World) -> None:
    ann = world.actor("ann")
    documents.upload(world.parts, ann, world.rag, [Upload("a.txt", b"Ann works at ACME.")])
    (listed,) = document_list.everything(world.parts, ann, world.rag)
    citation = {
        "n": 1,
        "document_id": listed.revision,
        "document": "a.txt",
        "page": None,
        "start": 0,
        "end": 18,
    }
    with world.parts.session() as opened:
        rag = opened.get_one(Rag, world.rag)
        rag.version = 2
        chat = Chat(rag_id=world.rag, user_id=ann.user_id or 0, title="Where?")
        opened.add_all((rag, chat))
        opened.flush()
        hostile = "Ann ![x](http://evil.example/a.png) <img src=x onerror=alert(1)> at ACME [1]."
        opened.add_all(
            [
                ChatMessage(chat_id=chat.id or 0, role="user", text="Where?"),
                ChatMessage(
                    chat_id=chat.id or 0,
                    role="assistant",
                    text=hostile,
                    version=1,
                    supported=True,
                    citations=[citation | {"end": 18, "quote": "Ann works at ACME.", "fact": None}],
                ),
            ]
        )
        opened.commit()
        chat_id = chat.id
    app = world.open("chat", rag=world.rag, chat=chat_id)
    text = words(app)
    assert "<sup>[1]</sup>" in text
    assert "&lt;img src=x" in text
    assert "<img src=x" not in text
    assert not [m for m in app.markdown if "evil" in m.value]
    assert "Ann works at ACME." in text
    assert "version 2 is approved" in text
    next(b for b in app.button if b.key and b.key.endswith("-1")).click().run()
    _chat, messages = chats.get(world.parts, ann, world.rag, chat_id or 0)
    assert messages[-1].rating == 1
    members.add(world.parts, ann, world.rag, "bob@example.org", Role.viewer)
    assert "no such conversation" in world.open("chat", who="bob", rag=world.rag, chat=chat_id).error[0].value


def test_a_question_waits_for_a_worker_and_can_be_stopped(world: World) -> None:
    ann = world.actor("ann")
    chat_id = chats.ask(world.parts, ann, world.rag, "Where does Ann work?")
    app = world.open("chat", rag=world.rag, chat=chat_id)
    assert "waits for a worker" in words(app)
    next(b for b in app.button if b.label == "Stop").click().run()
    _chat, messages = chats.get(world.parts, ann, world.rag, chat_id)
    assert messages[-1].state is MessageState.stopped


def test_a_click_after_the_login_has_ended_does_nothing(world: World) -> None:
    app = world.open("members", rag=world.rag)
    members.add(world.parts, world.actor("ann"), world.rag, "bob@example.org", Role.owner)
    logins.end(world.parts, world.tokens["ann"])
    next(b for b in app.button if b.label == "Leave").click().run()
    assert "You are logged out" in words(app)
    assert len(members.listing(world.parts, world.actor("bob"), world.rag)) == 2


def test_a_member_who_was_removed_is_out_at_the_next_run(world: World) -> None:
    members.add(world.parts, world.actor("ann"), world.rag, "bob@example.org", Role.editor)
    app = world.open("chat", who="bob", rag=world.rag)
    assert not app.error
    members.remove(world.parts, world.actor("ann"), world.rag, world.actor("bob").user_id or 0)
    app.run()
    assert len(app.error) == 1


def test_people_choose_their_language_and_see_their_devices(world: World) -> None:
    app = world.open("account")
    app.selectbox[0].select("ru")
    app.button[0].click().run()
    assert app.title[0].value == "Моя учётная запись"
    token = accounts.login(world.parts, "ann@example.org", "a long enough secret")
    app = world.open("account")
    next(b for b in app.button if b.label == "Завершить сеанс").click().run()
    assert logins.who(world.parts, token) is None


def test_a_token_is_made_shown_once_and_revoked(world: World) -> None:
    app = world.open("tokens", who="bob")
    assert "No tokens yet" in words(app)
    app.button[0].click().run()
    assert "Give the token a name" in words(app)
    app.text_input[0].input("Open <b>WebUI</b>")
    app.button[0].click().run()
    text = app.code[0].value
    assert tokens.who(world.parts, f"Bearer {text}").scopes == {"ask"}
    app.run()
    assert not app.code
    assert "Спрашивать и искать" in words(world.open("tokens", who="bob", locale="ru"))
    app = world.open("tokens", who="bob")
    assert "Open &lt;b&gt;WebUI&lt;/b&gt;" in words(app)
    assert text not in words(app)
    next(b for b in app.button if b.label == "Revoke").click().run()
    with pytest.raises(Unknown):
        tokens.who(world.parts, f"Bearer {text}")


def test_figures_are_offered_to_administrators_only(world: World) -> None:
    for who, offered in (("ann", True), ("bob", False)):
        app = world.open("tokens", who=who)
        assert ("Read the figures of the system" in app.multiselect[0].options) is offered


def test_an_administrator_shuts_somebody_out(world: World) -> None:
    app = section(world.open("admin"), "People")
    next(b for b in app.button if b.label == "Shut out").click().run()
    with world.parts.session() as opened:
        bob = opened.exec(select(User).where(User.email == "bob@example.org")).one()
        assert bob.disabled_at is not None
        assert bob.disabled_at <= now()
    assert logins.who(world.parts, world.tokens["bob"]) is None
