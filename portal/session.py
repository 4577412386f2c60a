"""Who looks at a page, and what they may see there. Every page and every fragment begins with `enter`."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

import streamlit as st

from portal import arrivals, i18n, logins, members, notices, process, rags
from portal.access import MAY, Action, Actor, check_admin
from portal.decisions import Decided
from portal.errors import Forbidden, Invalid
from portal.models import Role
from portal.rags import RagView
from portal.routes import cookies
from portal.ui import words
from portal.wiring import Parts

P = ParamSpec("P")
WATCH_SECONDS = 3.0  # how soon a page notices that its person was put out
_NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Here:
    """What a page works with: the parts, who acts, and the knowledge base named in the address."""

    parts: Parts
    actor: Actor
    name: str
    session_id: int
    language: str  # chosen by the user; "" follows the browser
    chosen_rag: RagView | None = None

    @property
    def rag(self) -> RagView:
        assert self.chosen_rag is not None
        return self.chosen_rag

    @property
    def rag_id(self) -> int:
        return self.rag.id

    def may(self, action: Action) -> bool:
        """Whether to offer it; the services decide again."""
        allowed = self.chosen_rag is not None and action in MAY[self.rag.role]
        if action is Action.approve and self.chosen_rag is not None:
            return allowed or (self.rag.editors_approve and Action.decide in MAY[self.rag.role])
        return allowed


def token() -> str:
    """The session's token from the cookie that the browser came with."""
    return st.context.cookies.get(cookies.session_name(process.parts().settings)) or ""


def visit() -> Here:
    """Who is here, on no knowledge base in particular. Ends the run if the login has ended."""
    parts = process.parts()
    cookie = st.context.cookies.get(cookies.LANGUAGE) or ""
    i18n.use(i18n.preferred("", cookie, st.context.locale or ""))
    signed = logins.who(parts, token())
    if signed is None:
        words.logged_out()
        st.stop()
    arrivals.known(signed.actor.user_id)
    i18n.use(i18n.preferred(signed.language, cookie, st.context.locale or ""))
    if notices.closed_for(parts, signed.actor):
        words.closed(notices.current(parts).why)
        st.stop()
    return Here(parts, signed.actor, signed.name, signed.session_id, signed.language)


def enter(action: Action = Action.read) -> Here:
    """The knowledge base of the address, for who may do this there; else the run ends, saying why."""
    here = visit()
    rag = rags.get(here.parts, here.actor, asked_number("rag"))
    if action not in MAY[rag.role]:
        raise Forbidden(action)
    return Here(here.parts, here.actor, here.name, here.session_id, here.language, rag)


def enter_admin() -> Here:
    here = visit()
    check_admin(here.actor)
    return here


@dataclass(frozen=True, slots=True)
class Field:
    """What stands in the field with this key when the click comes."""

    key: str


def act(
    service: Callable[..., object], *args: object, said: str = "", keep: str = "", **kwargs: object
) -> None:
    """What a button's `on_click` calls: `service(parts, actor, *args)`, by who is logged in at this moment.

    A click may be the last message of a login that has ended: then nothing is done. What goes wrong is
    said where the page is drawn next; `said` is, if it went well. What the service answers is kept in
    Streamlit's session state under `keep`.
    """
    parts = process.parts()
    signed = logins.who(parts, token())
    if signed is None or notices.closed_for(parts, signed.actor):
        return
    with words.kept(), arrivals.run_of_page(f"click {service.__name__}"):
        arrivals.known(signed.actor.user_id)
        given = (st.session_state[a.key] if isinstance(a, Field) else a for a in args)
        done = service(parts, signed.actor, *given, **kwargs)
        if said:
            st.session_state[words.SAID] = said
        if isinstance(done, Decided) and done.also:
            st.session_state[words.ALSO] = len(done.also)
        if keep:
            st.session_state[keep] = done


def asked_number(name: str) -> int:
    """A number of the page's address; Invalid if it is none."""
    text = st.query_params.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid(name, "bad-address")
    return int(text)


def fragment(
    action: Action = Action.read, run_every: float | None = None
) -> Callable[[Callable[Concatenate[Here, P], None]], Callable[P, None]]:
    """A part of a page that runs again by itself: it does not pass through app.py, so it enters anew.

    Where its person is not let in any more, the whole page is drawn again, which says so.
    """

    def made(draw: Callable[Concatenate[Here, P], None]) -> Callable[P, None]:
        @functools.wraps(draw)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            with words.explained(), arrivals.run_of_fragment():
                if _standing(asked_number("rag")) is None:
                    st.rerun()
                draw(enter(action), *args, **kwargs)

        return st.fragment(run, run_every=run_every)

    return made


def admin_fragment(run_every: float) -> Callable[[Callable[[Here], None]], Callable[[], None]]:
    """The same for a part of the administration's page."""

    def made(draw: Callable[[Here], None]) -> Callable[[], None]:
        @functools.wraps(draw)
        def run() -> None:
            with words.explained(), arrivals.run_of_fragment():
                draw(enter_admin())

        return st.fragment(run, run_every=run_every)

    return made


@st.fragment(run_every=WATCH_SECONDS)
def watch(rag_id: int | None, before: Role | None) -> None:
    """Draw the page anew when its login has ended, or what its person is in the knowledge base has changed.

    `before` is the role that the page was drawn for. A page that nobody touches would keep showing what it
    may not show any more.
    """
    with words.explained(), arrivals.run_of_fragment():
        if _standing(rag_id) != (before or _NOWHERE):
            st.rerun()


def _standing(rag_id: int | None) -> Role | str | None:
    """What the person is in the knowledge base; None if they are logged out or no member."""
    parts = process.parts()
    signed = logins.who(parts, token())
    if signed is None:
        return None
    return _NOWHERE if rag_id is None else members.role_of(parts, signed.actor, rag_id)
