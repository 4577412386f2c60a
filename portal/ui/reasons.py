"""Why a change is what it is: the library's codes as sentences."""

from collections.abc import Mapping

from portal.i18n import N_, gettext

REASONS: Mapping[str, str] = {
    "new_class": N_("It needs a new kind of thing: {value}."),
    "new_property": N_("It needs a new relation: {value}."),
    "outside_domain": N_("So far this relation is only used for: {value}."),
    "outside_range": N_("So far this relation only leads to: {value}."),
    "wrong_datatype": N_("The value is of an unexpected sort."),
    "untyped": N_("No document says what kind of thing it is."),
    "no_evidence": N_("No document says it in words that can be shown."),
    "invalid: domain": N_("The relation is not used for things of this kind."),
    "invalid: range": N_("The relation does not lead to things of this kind."),
    "invalid: kind": N_(
        "The relation needs a thing where there is a value, or a value where there is a thing."
    ),
    "invalid: datatype": N_("The value is not of the sort that the relation needs."),
    "invalid: single": N_("There can be only one, and with this there would be more."),
    "functional": N_("There can be only one, and approved is: {value}"),
    "dated_role": N_("Usually there is one at a time, and approved is: {value}"),
    "excludes": N_("This cannot hold together with: {value}"),
    "ended": N_("The documents say that this is over: {value}"),
    "out_of_use": N_("The documents say that this is out of use: {value}"),
    "stated": N_("It says so here: {value}"),
    "denied": N_("The documents say both that it holds and that it does not."),
    "source": N_("One more document says so."),
    "alias": N_("It is also called {value}."),
    "description": N_("More is said about it."),
    "period": N_("It is said when this holds."),
    "refined": N_("The same, more precisely."),
    "updated": N_("The value has changed with time."),
    "source_withdrawn": N_("A document that said so is gone: {value}"),
    "unlocks": N_("{value} other changes need it."),
    "nearest": N_("The nearest that is approved: {value}"),
    "wider_domain": N_("It would be used for more: {value}"),
    "wider_range": N_("It would lead to more: {value}"),
    "synonyms": N_("Other words for it: {value}"),
    "narrower_type": N_("A more exact kind than before: {value}"),
    "other_type": N_("Another kind than before: {value}"),
    "replacement": N_("In its place: {value}"),
    # of corrections
    "was": N_("Until now: {value}"),
    "not_called": N_("It is not called {value} any more."),
    "described": N_("Its description is another."),
    "split_from": N_("Until now it was a part of: {value}"),
    "goes_along": N_("Things and facts that change or go with it: {value}"),
    "used_instead": N_("In its place: {value}"),
    "parents": N_("What it is a kind of: {value}"),
    "inverse": N_("The other way round: {value}"),
    "only_one": N_("There can be only one from now on."),
    "many": N_("There can be several from now on."),
    "removed_before": N_("It was taken out before. {value}"),
    # of merges
    "same-name": N_("They have the same name."),
    "transliteration": N_("One name is the other in another alphabet."),
    "spacing": N_("The names differ only by spaces or hyphens."),
    "plural": N_("One name is the plural of the other."),
    "spelling": N_("The names are spelt almost alike."),
    "word-order": N_("The names hold the same words in another order."),
    "kind-word": N_("The names differ by a word for their kind: {value}"),
    "acronym": N_("One name is short for the other: {value}"),
    "initials": N_("One name has the initials of the other: {value}"),
    "type": N_("They are of different kinds: {value}"),
    "birth-year": N_("They were born in different years: {value}"),
    "role": N_("They have different roles: {value}"),
    "employer": N_("They work at different places: {value}"),
}


# where no document says it but a member
CORRECTED: Mapping[str, str] = {
    "wider_domain": N_("What it is said of: {value}"),
    "wider_range": N_("What it leads to: {value}"),
    "untyped": N_("Nobody says what kind of thing it is."),
    "source": "",
    "unlocks": "",
}


def sentence(reason: str, corrected: bool = False) -> str:
    """The sentence of `code` or `code: value`; "" for a code that says nothing to people.

    `corrected`: of a correction by a member.
    """
    code, _colon, value = reason.partition(": ")
    if code not in REASONS:  # a code whose values are codes too has a sentence for each
        code = reason
    known = CORRECTED.get(code, REASONS.get(code)) if corrected else REASONS.get(code)
    return gettext(known).format(value=value) if known else ""
