"""Being invited, asking to be let in, handing over: by the pages."""

from portal import invitations, members
from portal.models import Role
from tests.pages.conftest import World, section, words


def press(app, label: str) -> None:  # type: ignore[no-untyped-def]
    next(b for b in app.button if b.label == label).click().run()


def test_an_invitation_waits_at_home_and_is_accepted(world: World) -> None:
    invitations.invite(world.parts, world.actor("ann"), world.rag, Role.editor, email="bob@example.org")
    app = world.open(who="bob")
    assert "Ann invites you" in words(app)
    press(app, "Accept")
    assert members.role_of(world.parts, world.actor("bob"), world.rag) is Role.editor
    assert "Ann invites you" not in words(app)


def test_who_is_no_member_asks_and_the_owner_lets_them_in(world: World) -> None:
    app = world.open("overview", who="bob", rag=world.rag)
    app.text_input[0].input("the audit <b>")
    press(app, "Ask for access")
    owners = world.open("members", rag=world.rag)
    assert "the audit &lt;b&gt;" in words(owners)
    press(owners, "Let in as editor")
    assert members.role_of(world.parts, world.actor("bob"), world.rag) is Role.editor


def test_a_link_is_shown_once_to_who_made_it(world: World) -> None:
    app = world.open("members", rag=world.rag)
    press(app, "Make the invitation")
    (link,) = [c.value for c in app.code]
    assert link.startswith(world.parts.settings.address + "/auth/invitation/")
    assert invitations.offer(world.parts, link.rpartition("/")[2]).role is Role.editor
    press(app, "Done")
    assert not app.code
    assert link not in words(world.open("members", rag=world.rag))


def test_an_owner_hands_over_and_says_so_to_everybody(world: World) -> None:
    members.add(world.parts, world.actor("ann"), world.rag, "bob@example.org", Role.viewer)
    press(world.open("members", rag=world.rag), "Hand the knowledge base over")
    assert members.role_of(world.parts, world.actor("bob"), world.rag) is Role.owner
    app = world.open("members", who="bob", rag=world.rag)
    assert "Ann: handed over to bob@example.org" in words(app)
    assert "last: a change among the members" in words(app)


def test_an_administrator_adds_somebody_by_a_link(world: World) -> None:
    app = section(world.open("admin"), "People")
    next(t for t in app.text_input if t.label == "E-mail address").input("kim@example.org")
    press(app, "Make an account")
    (link,) = [c.value for c in app.code]
    assert "/auth/new-password/" in link
