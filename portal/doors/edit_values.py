"""Corrections as programs send them: one form for each, told apart by `do`; what is "" or absent stays."""

from abc import ABC, abstractmethod
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from kg.errors import BadInput
from kg.store.terms import iri
from portal import edit_facts, edit_terms, edit_things, edits
from portal.doors.caller import Asked, Caller, Line, Text
from portal.edit_terms import Relation
from portal.edits import LONGEST, Why
from portal.errors import Invalid, NotFound


def _absolute(text: str) -> str:
    """What is an IRI no schema can say."""
    try:
        iri(text)
    except BadInput:
        raise Invalid("iri", "not-an-iri") from None
    return text


Iri = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_absolute)]
IriOrNone = Literal[""] | Iri
FactIri = Annotated[Iri, Field(description="As `fact` of a citation, or `iri` of a fact that was found.")]
Names = Annotated[tuple[Line, ...], Field(max_length=100)]


class Correction(Asked, ABC):
    """How one knows is asked of programs as of people."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, pattern=r"^[^\x00]*$")]
    document: Annotated[Line, Field(description="A document's `revision`, if it says so too.")] = ""
    quote: Annotated[Text, Field(description="Its exact words.")] = ""

    @property
    def why(self) -> Why:
        return Why(self.reason, self.document, self.quote if self.document else "")

    @abstractmethod
    def keep(self, at: Caller, rag: int) -> str:
        """The IRI of what would be new, "" if nothing is."""


class AddFact(Correction):
    do: Literal["add_fact"]
    subject: Iri
    relation: Iri
    object: Annotated[Text, Field(description="The IRI of a thing, or a value as people type it.")]
    since: Line = ""
    until: Line = ""

    def keep(self, at: Caller, rag: int) -> str:
        edit_facts.new_fact(
            at.parts,
            at.actor,
            rag,
            self.subject,
            self.relation,
            self.object,
            self.why,
            self.since,
            self.until,
        )
        return ""


class Held(Asked):
    since: Line = ""
    until: Line = ""


class ChangeFact(Correction):
    do: Literal["change_fact"]
    fact: FactIri
    relation: IriOrNone = ""
    object: Text = ""
    periods: Annotated[list[Held] | None, Field(max_length=20)] = None

    def keep(self, at: Caller, rag: int) -> str:
        fact = edits.fact(at.parts, at.actor, rag, self.fact).fact
        periods = None if self.periods is None else tuple((p.since, p.until) for p in self.periods)
        edit_facts.change_fact(at.parts, at.actor, rag, fact, self.why, self.relation, self.object, periods)
        return ""


class RemoveFact(Correction):
    do: Literal["remove_fact"]
    fact: FactIri

    def keep(self, at: Caller, rag: int) -> str:
        fact = edits.fact(at.parts, at.actor, rag, self.fact).fact
        edit_facts.remove_fact(at.parts, at.actor, rag, fact, self.why)
        return ""


class AddThing(Correction):
    do: Literal["add_thing"]
    label: Line
    kind: IriOrNone = ""
    aliases: Names = ()
    description: Annotated[str, StringConstraints(max_length=edit_things.LONGEST_TEXT)] = ""

    def keep(self, at: Caller, rag: int) -> str:
        return edit_things.new_thing(
            at.parts, at.actor, rag, self.label, self.kind, self.why, self.aliases, self.description
        )


class NameThing(Correction):
    do: Literal["name_thing"]
    thing: Iri
    label: Line = ""
    aliases: Annotated[Names | None, Field(description="All that it is to have.")] = None
    description: Annotated[str | None, StringConstraints(max_length=edit_things.LONGEST_TEXT)] = None

    def keep(self, at: Caller, rag: int) -> str:
        now = edits.things(at.parts, at.actor, rag, [self.thing]).get(self.thing)
        if now is None:
            raise NotFound("thing", self.thing[:80])
        aliases = now.aliases if self.aliases is None else self.aliases
        description = now.description if self.description is None else self.description
        label = self.label or now.label
        edit_things.rename(at.parts, at.actor, rag, self.thing, label, aliases, description, self.why)
        return ""


class SortThing(Correction):
    do: Literal["sort_thing"]
    thing: Iri
    kinds: Annotated[list[Iri], Field(max_length=20)]

    def keep(self, at: Caller, rag: int) -> str:
        edit_things.retype(at.parts, at.actor, rag, self.thing, self.kinds, self.why)
        return ""


class MergeThings(Correction):
    do: Literal["merge_things"]
    keep_thing: Iri
    drop_thing: Iri

    def keep(self, at: Caller, rag: int) -> str:
        edit_things.merge(at.parts, at.actor, rag, self.keep_thing, self.drop_thing, self.why)
        return ""


class SplitThing(Correction):
    do: Literal["split_thing"]
    thing: Iri
    label: Annotated[Line, Field(description="Of the second thing.")]
    facts: Annotated[list[FactIri], Field(min_length=1, max_length=300, description="What goes to it.")]
    kind: IriOrNone = ""
    aliases: Names = ()

    def keep(self, at: Caller, rag: int) -> str:
        moved = [edits.fact(at.parts, at.actor, rag, fact).fact for fact in self.facts]
        edit_things.split(
            at.parts, at.actor, rag, self.thing, self.label, self.kind, moved, self.why, self.aliases
        )
        return ""


class RemoveThing(Correction):
    do: Literal["remove_thing"]
    thing: Iri

    def keep(self, at: Caller, rag: int) -> str:
        edit_things.remove_thing(at.parts, at.actor, rag, self.thing, self.why)
        return ""


class AddKind(Correction):
    do: Literal["add_kind"]
    label: Line
    parent: IriOrNone = ""

    def keep(self, at: Caller, rag: int) -> str:
        return edit_terms.new_class(at.parts, at.actor, rag, self.label, self.parent, self.why)


class ChangeKind(Correction):
    """As it is to be."""

    do: Literal["change_kind"]
    kind: Iri
    label: Line
    parent: IriOrNone = ""

    def keep(self, at: Caller, rag: int) -> str:
        edit_terms.change_class(at.parts, at.actor, rag, self.kind, self.label, self.parent, self.why)
        return ""


class Described(Correction):
    """A relation as it is to be."""

    label: Line
    holds_values: bool = False
    domain: IriOrNone = ""
    range: Annotated[IriOrNone, Field(description="A kind; of a relation with values an XSD datatype.")] = ""
    functional: bool = False
    inverse: IriOrNone = ""
    parent: IriOrNone = ""

    @property
    def described(self) -> Relation:
        return Relation(
            self.label,
            self.holds_values,
            self.domain,
            self.range,
            self.functional,
            self.inverse,
            self.parent,
        )


class AddRelation(Described):
    do: Literal["add_relation"]

    def keep(self, at: Caller, rag: int) -> str:
        return edit_terms.new_relation(at.parts, at.actor, rag, self.described, self.why)


class ChangeRelation(Described):
    do: Literal["change_relation"]
    relation: Iri

    def keep(self, at: Caller, rag: int) -> str:
        edit_terms.change_relation(at.parts, at.actor, rag, self.relation, self.described, self.why)
        return ""


class RemoveTerm(Correction):
    """A kind or a relation; what used it uses `instead`."""

    do: Literal["remove_term"]
    term: Iri
    instead: IriOrNone = ""

    def keep(self, at: Caller, rag: int) -> str:
        edit_terms.remove_term(at.parts, at.actor, rag, self.term, self.why, self.instead)
        return ""


AnyCorrection = Annotated[
    AddFact
    | ChangeFact
    | RemoveFact
    | AddThing
    | NameThing
    | SortThing
    | MergeThings
    | SplitThing
    | RemoveThing
    | AddKind
    | ChangeKind
    | AddRelation
    | ChangeRelation
    | RemoveTerm,
    Field(discriminator="do"),
]
