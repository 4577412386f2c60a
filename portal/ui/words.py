"""Codes and errors as words for people, in their language. The one place where a page learns to say them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

import redis
import streamlit as st
from markupsafe import escape

from kg.errors import (
    IndexMissing,
    KgError,
    ModelDown,
    ModelError,
    QueryRefused,
    StoreDown,
    StoreError,
    TooSlow,
)
from kg.model import Decision, Fit, Kind, Verdict
from portal.document_list import DocumentState
from portal.errors import NotFound, PartDown, PortalError
from portal.i18n import N_, gettext, ngettext
from portal.i18n import gettext as _
from portal.inbox import Waits
from portal.marks import FactState
from portal.messages import MESSAGES
from portal.models import CycleKind, CycleState, MessageState, Role, StepName, StepState

SAID, FAILED, ALSO = "said", "failed", "also"  # of the last click, in Streamlit's session state

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    Role: {"viewer": N_("Reader"), "editor": N_("Editor"), "owner": N_("Owner")},
    CycleState: {
        "waiting": N_("Waiting for a worker"),
        "running": N_("Being read"),
        "paused": N_("Paused"),
        "review": N_("Ready for review"),
        "publishing": N_("Being published"),
        "approved": N_("Approved"),
        "rejected": N_("Rejected"),
        "failed": N_("Stopped by an error"),
        "cancelled": N_("Cancelled"),
    },
    CycleKind: {
        "upload": N_("Upload"),
        "removal": N_("Removal of a document"),
        "correction": N_("Correction"),
        "tables": N_("GraphRAG tables"),
        "rdf": N_("RDF file"),
        "rollback": N_("Return to an earlier version"),
    },
    FactState: {
        "to-review": N_("Waits for review"),
        "approved": N_("Approved"),
        "rejected": N_("Rejected"),
        "gone": N_("Not in the knowledge base any more"),
    },
    DocumentState: {
        "failed": N_("Could not be read"),
        "paused": N_("Paused"),
        "removing": N_("Removal is proposed"),
        "review": N_("Ready for review"),
        "extracting": N_("Being extracted"),
        "reading": N_("Being read"),
        "waiting": N_("Waiting for a worker"),
        "approved": N_("In the knowledge base"),
        "left-out": N_("Left out"),
    },
    StepName: {
        "graphrag": N_("Reading the documents"),
        "schema": N_("Recognising things and relations"),
        "merge_onto": N_("Fitting them into what is approved"),
        "merge_triples": N_("Comparing with approved facts"),
        "staging": N_("Preparing the review"),
    },
    StepState: {
        "waiting": N_("waits"),
        "running": N_("in progress"),
        "done": N_("done"),
        "failed": N_("stopped by an error"),
        "cancelled": N_("cancelled"),
    },
    MessageState: {
        "waiting": N_("waiting for a worker"),
        "writing": N_("being written"),
        "done": N_("done"),
        "stopped": N_("stopped"),
        "failed": N_("failed"),
    },
    Kind: {
        "new_class": N_("New kind of thing"),
        "new_property": N_("New relation"),
        "ontology_edit": N_("Changed relation"),
        "new_entity": N_("New thing"),
        "merge_entities": N_("The same thing?"),
        "type_change": N_("Other kind"),
        "new_fact": N_("New fact"),
        "changed_value": N_("More is known"),
        "conflict": N_("Contradiction"),
        "removed_fact": N_("Fact goes away"),
        "removed_entity": N_("Thing goes away"),
    },
    Fit: {"laminar": N_("Fits what is approved"), "turbulent": N_("Needs a new kind or relation")},
    Decision: {
        "undecided": N_("Undecided"),
        "accepted": N_("Accepted"),
        "rejected": N_("Rejected"),
        "edited": N_("Corrected and accepted"),
    },
    Waits: {
        "mention": N_("Somebody speaks to you"),
        "request": N_("Changes are asked for"),
        "failed": N_("Stopped by an error"),
        "again": N_("Needs another look"),
        "decide": N_("Waits for decisions"),
        "approve": N_("Waits for approval"),
    },
    Verdict: {
        "conflict": N_("Contradicts what is approved"),
        "no_evidence": N_("No quote"),
        "needs_ontology": N_("Needs a new kind or relation"),
        "stated": N_("A member says so"),
        "single_source": N_("One source"),
        "corroborated": N_("Several sources"),
    },
}

STEP_DOES: Mapping[StepName, str] = {
    StepName.graphrag: N_(
        "Every passage is read for people, organisations, places, events and what links them."
    ),
    StepName.schema: N_("Names that mean the same thing are brought together."),
    StepName.merge_onto: N_(
        "Kinds of things and relations are matched with those that you already approved."
    ),
    StepName.merge_triples: N_("What is new, what changes and what contradicts is worked out."),
    StepName.staging: N_("The proposal is laid out for you to decide."),
}

TONES: Mapping[str, str] = {
    "gone": "mute",
    "to-review": "warn",
    # verdicts
    "conflict": "bad",
    "no_evidence": "warn",
    "needs_ontology": "odd",
    "stated": "info",
    "single_source": "info",
    "corroborated": "good",
    # decisions
    "accepted": "good",
    "edited": "good",
    "rejected": "bad",
    "undecided": "mute",
    # what waits for somebody
    "mention": "info",
    "request": "warn",
    "again": "warn",
    "decide": "mute",
    "approve": "good",
    # documents
    "removing": "warn",
    "extracting": "info",
    "reading": "info",
    "left-out": "mute",
    # cycles
    "waiting": "mute",
    "running": "info",
    "paused": "warn",
    "review": "warn",
    "publishing": "info",
    "approved": "good",
    "failed": "bad",
    "cancelled": "mute",
}

PARTS: Mapping[str, str] = {
    "database": N_("Database"),
    "store": N_("Graph store"),
    "queue": N_("Queue"),
    "files": N_("File store"),
    "index": N_("Search index"),
    "model": N_("Language model"),
    "worker": N_("Workers"),
    "web": N_("Web application"),
}

MODES: Mapping[str, str] = {
    "auto": N_("Automatic"),
    "path": N_("Along connections"),
    "local": N_("Around things"),
    "global": N_("Overview"),
    "hybrid": N_("Things and overview"),
    "naive": N_("Passages only"),
    "mix": N_("Everything together"),
}

TABS: Mapping[str, str] = {
    "ontology": N_("Kinds and relations"),
    "things": N_("Things"),
    "facts": N_("Facts"),
    "conflicts": N_("Contradictions"),
}

# What kg says about a file, in its own words
_FILE_WORDS: Mapping[str, str] = {
    "mojibake repaired": N_("garbled characters were repaired"),
}
_SAID_AS_IT_IS = (
    N_("this is not a text file"),
    N_("the file is empty"),
    N_("some characters were damaged before this file was saved"),
    N_("this is an old office document: save it as .docx, .xlsx or .pptx"),
    N_("this is a program"),
    N_("this is a picture"),
    N_("this is a compressed file"),
    N_("this is an archive; of archives only .zip can be opened"),
    N_("this is a database"),
    N_("this is a recording"),
    N_("this is an archive with files of its own inside"),
    N_("this kind of document cannot be read"),
    N_("the file is damaged: it cannot be opened"),
    N_("the file is locked with a password"),
    N_("the file unfolds to far more than it should: it was not opened"),
    N_("the pages are pictures without text"),
    N_("reading it took too long: it was given up"),
    N_("reading it needed more memory or time than a file may: it was given up"),
    N_("it holds more than 300,000 statements: take it in in parts"),
    N_("its XML entities are made of other entities: that is how files are made to explode"),
    N_("it names a context on the web, and nothing is fetched: write the context into the file"),
    N_("it is nested too deeply"),
    N_("it says nothing: it holds no statement"),
)

# What is said of a passage that could not be read, by how it begins
_ASIDE: Mapping[str, str] = {
    "the model's answer is not of the form": N_(
        "the model's answer could not be used, not even when asked again"
    ),
    "the workers that read this text died": N_("the workers that read this passage were ended by it"),
    "it took longer than": N_("it took too long"),
}


def of(word: StrEnum) -> str:
    """The word of a code."""
    return gettext(WORDS[type(word)][word.value])


def tone(word: StrEnum) -> str:
    return TONES[word.value]


def tab(name: str) -> str:
    return gettext(TABS[name])


def mode(name: str) -> str:
    """A way of searching."""
    return gettext(MODES.get(name, name))


def part(name: str) -> str:
    return gettext(PARTS.get(name, name))


def step_does(step: StepName) -> str:
    """What a step is about."""
    return gettext(STEP_DOES[step])


def step_error(error: str) -> str:
    """Why a step stopped: a code of the portal's messages, or what was said there and then."""
    return gettext(PortalError(error).message) if error in MESSAGES else error


def file_note(note: str) -> str:
    """What was noticed while a file was read."""
    if note.startswith("decoded as "):
        return _("read as {encoding}").format(encoding=note.removeprefix("decoded as "))
    if note.startswith("statements left out: "):
        return _("statements without a place in the graph: {n}").format(n=note.rpartition(" ")[2])
    known = note if note in _SAID_AS_IT_IS else _FILE_WORDS.get(note)
    return gettext(known) if known else note


def unread(name: str, why: str) -> str:
    """Why the document of this name could not be read."""
    return file_note(why.removeprefix(f"{name}: "))


def aside(why: str) -> str:
    """Why a passage could not be read; what a library said stays as it is."""
    for known, told in _ASIDE.items():
        if why.startswith(known):
            return gettext(told)
    return why


def refused(name: str, code: str, why: str, limit_mb: int) -> str:
    """Why a file was not taken."""
    if code == "unreadable":
        return f"{name}: {unread(name, why)}"
    return gettext(PortalError(code).message).format(name=name, limit=limit_mb)


def sentence(error: Exception) -> str:  # noqa: PLR0911  # one case per kind of error
    """What happened, for somebody who can do something about it."""
    match error:
        case NotFound() if error.code == "no-such":
            return _("That is not here: it was removed, or the address is wrong.")
        case PartDown() if error.code == "part-down":
            return _("{part} does not answer.").format(part=gettext(PARTS.get(error.part, error.part)))
        case PortalError():
            values = {k: _value(v) for k, v in error.words.items()}
            return gettext(error.message).format(**values)
        case StoreDown():
            return _("The graph store does not answer. Nothing is lost; try again in a minute.")
        case TooSlow():
            return _("The graph store took too long to answer. Try something smaller.")
        case QueryRefused():
            return _("This question cannot be put to the graph.")
        case StoreError():
            return _("The graph store could not do this. An administrator finds the reason in the log.")
        case IndexMissing():
            return _("The search index is not ready yet. An administrator can rebuild it: ferag reindex.")
        case ModelDown():
            return _("The language model does not answer.")
        case ModelError():
            return _("The language model refused. An administrator finds the reason in the log.")
        case redis.RedisError():
            return _("The queue does not answer. What you did is kept, and the work starts when it is back.")
        case _:
            return _("This did not work. An administrator finds the reason in the log.")


@contextmanager
def explained() -> Iterator[None]:
    """What goes wrong inside is said as a sentence, in place of what could not be drawn."""
    try:
        yield
    except (PortalError, KgError, redis.RedisError) as e:
        st.error(sentence(e), icon=":material/error:")


@contextmanager
def kept() -> Iterator[None]:
    """What goes wrong inside is kept for `remembered`: a button's callback has no place of its own."""
    try:
        yield
    except (PortalError, KgError, redis.RedisError) as e:
        st.session_state[FAILED] = e


def remembered() -> None:
    """What the last click did or could not do, said once."""
    failed = st.session_state.pop(FAILED, None)
    if failed is not None:
        st.error(sentence(failed), icon=":material/error:")
    also = st.session_state.pop(ALSO, 0)
    if also:
        text = ngettext(
            "{n} other change was decided along with it, because they hang together.",
            "{n} other changes were decided along with it, because they hang together.",
            also,
        )
        st.info(text.format(n=also), icon=":material/link:")
    said = st.session_state.pop(SAID, None)
    if said:
        st.toast(said, icon=":material/check_circle:")


def logged_out() -> None:
    """The login has ended while the page was open."""
    title = escape(_("You are logged out"))
    text = escape(_("Your login has ended here. Log in again to go on where you were."))
    link = escape(_("Log in"))
    st.html(
        f'<div class="f-empty"><h3>{title}</h3><p>{text}</p>'
        f'<p style="margin-top:1rem"><a href="/auth/login" target="_self">{link}</a></p></div>'
    )


def closed(why: str) -> None:
    """Only administrators get in for now."""
    title = escape(_("The portal is under maintenance"))
    text = escape(why or _("Nothing is lost; come back later."))
    st.html(f'<div class="f-empty"><h3>{title}</h3><p>{text}</p></div>')


def _value(value: object) -> object:
    return of(value) if isinstance(value, StrEnum) and type(value) in WORDS else value
