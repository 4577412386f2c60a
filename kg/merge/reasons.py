"""Why a change is what it is: codes that the portal translates; some carry a value after ": "."""

from enum import StrEnum


class Reason(StrEnum):
    """A code, or `code: value` in `Change.reasons`."""

    # why turbulent
    new_class = "new_class"  # it needs a class that is not approved: its label
    new_property = "new_property"  # it needs a property that is not approved: its label
    outside_domain = "outside_domain"  # the subject is not of the property's domain: the domain's label
    outside_range = "outside_range"  # the object is not of the property's range: the range's label
    wrong_datatype = "wrong_datatype"  # the literal is not of the property's datatype: the datatype
    untyped = "untyped"  # nothing says what kind of thing it is
    no_evidence = "no_evidence"  # no document says it in words that can be shown
    invalid = "invalid"  # SHACL found this wrong in the staged result: what
    # why a conflict
    functional = "functional"  # it can have one value only and has another: the approved fact in words
    dated_role = "dated_role"  # it usually holds with one at a time: the approved fact in words
    excludes = "excludes"  # the two cannot hold together: the approved fact in words
    ended = "ended"  # the documents say that it is over: the approved fact in words
    out_of_use = "out_of_use"  # the documents say that what it uses is out of use: the approved fact
    stated = "stated"  # the sentence that says so
    denied = "denied"  # the documents say both that it holds and that it does not
    # what a changed value brings
    source = "source"  # one more document says so
    alias = "alias"  # another name: the name
    description = "description"
    period = "period"  # when it holds
    refined = "refined"  # the same value, more precisely
    updated = "updated"  # a value that changes with time
    source_withdrawn = "source_withdrawn"  # a document that said so is gone: its name
    # ontology
    unlocks = "unlocks"  # how many facts or things need it
    nearest = "nearest"  # the approved term that is most like it: its label
    wider_domain = "wider_domain"  # the old domain → the new one, "" for anything
    wider_range = "wider_range"  # the old range → the new one, "" for anything
    synonyms = "synonyms"
    # types
    narrower_type = "narrower_type"
    other_type = "other_type"
    # corrections by people
    was = "was"  # what is approved instead: the fact in words, or the old name
    not_called = "not_called"  # a name that it loses
    described = "described"  # its description is another
    split_from = "split_from"  # the thing that it was a part of until now
    goes_along = "goes_along"  # how many facts, or things of a kind, change or go with it
    used_instead = "used_instead"  # what stands for a term that is removed
    parents = "parents"  # the old kinds above → the new ones
    inverse = "inverse"  # the old inverse → the new one
    only_one = "only_one"  # it can have one value from now on
    many = "many"  # it can have several values from now on
    removed_before = "removed_before"  # a member took it away: who, when, why
    # merges carry the resolver's own codes beside
    replacement = "replacement"  # stands in for this one, that is out of use: its label


def said(code: Reason, value: object = "") -> str:
    """
    >>> said(Reason.unlocks, 4), said(Reason.source)
    ('unlocks: 4', 'source')
    """
    return f"{code.value}: {value}" if value != "" else code.value
