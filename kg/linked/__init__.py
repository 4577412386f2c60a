"""Linked data read as the values of a cycle: an ontology, a SKOS list, any RDF graph, an export of ours.

kg.text.formats.statements   a hostile file as N-Quads lines, in a process of its own
kg.linked.statements         the lines as subjects with what is said of them
kg.linked.terms              classes and properties: OWL, RDFS, schema.org's domainIncludes
kg.linked.things             everything else: things with their facts
kg.linked.own                the portal's own exports, with dates, sources and confidence
kg.linked.told               what was read as lines of plain text: the document, and the evidence in it
kg.linked.joined             beside what the cycle read in texts, and what is approved
"""

from kg.linked import own, told
from kg.linked.joined import into, known_as, namesakes
from kg.linked.model import Linked, Read
from kg.linked.statements import statements
from kg.linked.terms import Terms
from kg.linked.things import things
from kg.linked.told import in_units
from kg.text.formats import sandbox
from kg.text.formats.rdf_kinds import RDF_KINDS, rdf_kind
from kg.vocab import Dataset

__all__ = ["RDF_KINDS", "Linked", "Read", "in_units", "into", "known_as", "namesakes", "rdf_kind", "read"]


def read(data: bytes, name: str, document_id: str, media_type: str, dataset: Dataset) -> Read:
    """NotText if the file cannot be read as RDF; its sentence says where it breaks off."""
    said = statements(sandbox.read(data, name, media_type).text)
    root = own.root(said)
    if root:
        found = own.read(said, root, dataset)
    else:
        terms = Terms.of(said)
        found = things(said, terms, dataset, document_id)
    return told.document(found, name, document_id, media_type)
