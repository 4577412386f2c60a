"""The address of a feed: made on the page of versions, shown once, revoked there."""

from portal import feeds
from tests.pages.conftest import World


def test_an_address_is_shown_once_and_revoked(world: World) -> None:
    app = world.open("versions", rag=world.rag)
    next(b for b in app.button if b.label == "Make a feed address").click().run()
    (address,) = [c.value for c in app.code]
    assert address.endswith(".atom")
    actor, rag = feeds.whose(world.parts, address.rsplit("/", 1)[1].removesuffix(".atom"))
    assert (actor.email, rag) == ("ann@example.org", world.rag)
    app.run()
    assert not app.code
    next(b for b in app.button if b.label == "Revoke").click().run()
    assert feeds.mine(world.parts, world.actor("ann"), world.rag) == ()
    russian = world.open("versions", locale="ru", rag=world.rag)
    assert [b.label for b in russian.button if "ленты" in b.label] == ["Создать адрес ленты"]
