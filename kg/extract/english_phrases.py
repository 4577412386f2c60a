"""English noun phrases as words: roles with what they are over, short phrases of content."""

import re

from spacy.tokens import Token

from kg.extract.english_names import clean
from kg.extract.english_sentence import Sentence
from kg.extract.words import english as words


def role_of(s: Sentence, v: Token) -> tuple[tuple[str, str], ...]:
    """ "works at X as a senior engineer", "joined X as the head of …": in which role."""
    for p in v.children:
        found = [p] if p.dep_ == "prep" else []
        found += (
            [c for q in p.children if q.dep_ == "pobj" for c in q.children if c.dep_ == "prep"]
            if found
            else []
        )
        for as_ in found:
            if as_.lower_ == "as":
                for q in as_.children:
                    if q.dep_ == "pobj" and q.lemma_.lower() in words("roles"):
                        return (("role", role_phrase(q)),)
    return ()


def role_phrase(t: Token) -> str:
    """The role with what it is over: "head of their Knowledge Engineering division" without "their"."""
    doc = t.doc
    lefts = [c for c in t.lefts if c.dep_ in {"amod", "compound", "nmod"}]
    said = doc[(lefts[0].left_edge.i if lefts else t.i) : t.i + 1].text
    for p in t.children:
        if p.dep_ == "prep" and p.lower_ in {"of", "for"} and p.i == t.i + 1:
            for q in p.children:
                if q.dep_ == "pobj":
                    inner = " ".join(
                        c.text
                        for c in doc[q.left_edge.i : q.i + 1]
                        if c.dep_ not in {"poss", "det"} or c.lower_ == "of"
                    )
                    return f"{said} {p.lower_} {inner}"
    return said


def noun_phrase(t: Token) -> str:
    """A short noun phrase of content, in lower case unless it is a name; "" for one that says little."""
    if t.pos_ not in {"NOUN", "PROPN"} or t.lemma_.lower() in words("generic"):
        return ""
    said = chunk(t)
    if not 1 <= len(said.split()) <= 5 or re.search(r"[^\w\s'’-]", said):
        return ""
    return said


def chunk(t: Token) -> str:
    kept = {"compound", "amod", "nmod", "advmod", "punct"}
    lefts = [
        c for c in t.lefts if c.dep_ in kept and c.lower_ not in {"its", "such", "other", "more", "various"}
    ]
    first = lefts[0].left_edge.i if lefts else t.i
    return clean(t.doc[first : t.i + 1].text)
