"""What a test of a language model found, in plain words."""

from collections.abc import Mapping, Sequence

from kg.llm.outcomes import Check, Outcome, Why
from portal.i18n import N_, gettext
from portal.i18n import gettext as _
from portal.model_trials import Tried
from portal.ui import html, table
from portal.ui.times import number

CHECKS: Mapping[Check, str] = {
    Check.reachable: N_("Server reached"),
    Check.key: N_("Key accepted"),
    Check.model: N_("Model known"),
    Check.answer: N_("Answers"),
    Check.streaming: N_("Streaming"),
    Check.schema: N_("JSON by a schema"),
    Check.embeddings: N_("Embeddings"),
    Check.rerank: N_("Reranking"),
    Check.context: N_("Length of the context"),
}
REASONS: Mapping[Why, str] = {
    Why.nobody: N_("Nobody answers at this address. Is the server running, and is the address right?"),
    Why.slow: N_("No answer within 20 seconds. A model that is just being loaded may need a second test."),
    Why.key_refused: N_("The server does not accept the key, or wants one."),
    Why.unknown_model: N_("The server does not know a model of this name."),
    Why.no_such_path: N_("The server has no such path ({number}). Does the address lack its /v1?"),
    Why.refused: N_("The server refuses the call ({number})."),
    Why.busy: N_("The server says that it is too busy, or that the account is used up ({number})."),
    Why.broken: N_("The server failed, or its answer cannot be read."),
    Why.unread: N_("It answers, but not in the form that was asked for."),
    Why.short: N_("Only {number} tokens: the profile says {context}. Make it smaller there."),
    Why.untold: N_("The server does not tell."),
}
# what a model has to be able to do for what it does; the first three always
NEEDED: Mapping[str, frozenset[Check]] = {
    "extract": frozenset({Check.answer, Check.context}),
    "chat": frozenset({Check.answer, Check.streaming, Check.context}),
    "embed": frozenset({Check.embeddings}),
    "rerank": frozenset({Check.rerank}),
}
ALWAYS = frozenset({Check.reachable, Check.key, Check.model})


def show(tried: Tried | None, roles: Sequence[str]) -> None:
    if tried is None:
        return
    needed = ALWAYS.union(*(NEEDED.get(role, frozenset()) for role in roles))
    tried_out = [o for o in tried.outcomes if o.why is not Why.not_tried]
    rows = [(gettext(CHECKS[o.check]), _state(o, needed), _said(o, tried), _took(o)) for o in tried_out]
    table.show((_("What"), _("Works"), _("Note"), _("ms")), rows)


def _state(outcome: Outcome, needed: frozenset[Check]) -> html.Markup:
    if outcome.works is None:
        return html.chip(_("not known"), "mute")
    if outcome.works:
        return html.chip(_("yes"), "good")
    return html.chip(_("no"), "bad" if outcome.check in needed else "mute")


def _said(outcome: Outcome, tried: Tried) -> str:  # noqa: PLR0911  # one line per thing to say
    what, many = outcome.check, number(outcome.number or 0)
    if what is Check.embeddings and outcome.works:
        return _("dimensions: {n}").format(n=many)
    if what is Check.context and outcome.works:
        return _("tokens, as the server says: {n}").format(n=many)
    if what is Check.context and outcome.why is Why.untold:
        return _("The server does not tell; a text of {n} tokens is taken.").format(n=many)
    if what is Check.schema and outcome.works is False and outcome.why in (Why.refused, Why.unread):
        return _("It is asked for JSON in words instead, which works less often.")
    if outcome.why is Why.no_such_path and any(o.works for o in tried.outcomes if o.check is Check.key):
        return _("The server does not offer this ({number}).").format(number=many)  # as it offers others
    if outcome.why is Why.nothing:
        return ""
    return gettext(REASONS[outcome.why]).format(number=many, context=number(tried.context_window))


def _took(outcome: Outcome) -> str:
    return number(round(outcome.milliseconds)) if outcome.milliseconds else ""
