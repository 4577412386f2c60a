"""Ontology induction: plain-word types and predicates become classes and properties, approved ones first."""

from kg.ontology.induction import Induction, induce

__all__ = ["Induction", "induce"]
