"""Columns of the tables that are written: GraphRAG's own of 2.x in its order, then ours."""

import pyarrow as pa

_TEXTS = pa.list_(pa.string())
_NUMBERS = pa.list_(pa.int64())
_EVIDENCE = pa.list_(
    pa.struct(
        [
            ("document_id", pa.string()),
            ("document", pa.string()),
            ("text_unit_id", pa.string()),
            ("page", pa.int64()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("quote", pa.string()),
        ]
    )
)
_PERIODS = pa.list_(pa.struct([("start", pa.string()), ("end", pa.string())]))
_ROW = [("id", pa.string()), ("human_readable_id", pa.int64())]
_OF_COMMUNITY = [
    ("community", pa.int64()),
    ("level", pa.int64()),
    ("parent", pa.int64()),
    ("children", _NUMBERS),
    ("title", pa.string()),
]

SCHEMAS = {
    "documents": pa.schema(
        [
            *_ROW,
            ("title", pa.string()),
            ("text", pa.string()),
            ("text_unit_ids", _TEXTS),
            ("creation_date", pa.string()),
            ("metadata", pa.string()),
            ("language", pa.string()),
            ("media_type", pa.string()),
        ]
    ),
    "text_units": pa.schema(
        [
            *_ROW,
            ("text", pa.string()),
            ("n_tokens", pa.int64()),
            ("document_ids", _TEXTS),
            ("entity_ids", _TEXTS),
            ("relationship_ids", _TEXTS),
            ("covariate_ids", _TEXTS),
            ("number", pa.int64()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("page", pa.int64()),
            ("heading", _TEXTS),
            ("language", pa.string()),
            ("problem", pa.string()),
        ]
    ),
    "entities": pa.schema(
        [
            *_ROW,
            ("title", pa.string()),
            ("type", pa.string()),
            ("description", pa.string()),
            ("text_unit_ids", _TEXTS),
            ("frequency", pa.int64()),
            ("degree", pa.int64()),
            ("x", pa.float64()),
            ("y", pa.float64()),
            ("iri", pa.string()),
            ("label", pa.string()),
            ("language", pa.string()),
            ("types", _TEXTS),
            ("aliases", _TEXTS),
            ("approved", pa.bool_()),
            ("evidence", _EVIDENCE),
        ]
    ),
    "relationships": pa.schema(
        [
            *_ROW,
            ("source", pa.string()),
            ("target", pa.string()),
            ("description", pa.string()),
            ("weight", pa.float64()),
            ("combined_degree", pa.int64()),
            ("text_unit_ids", _TEXTS),
            ("source_iri", pa.string()),
            ("predicate", pa.string()),
            ("target_iri", pa.string()),
            ("confidence", pa.float64()),
            ("periods", _PERIODS),
            ("qualifiers", _TEXTS),
            ("evidence", _EVIDENCE),
        ]
    ),
    # values, which are no relation between two entities: GraphRAG's claims
    "covariates": pa.schema(
        [
            *_ROW,
            ("covariate_type", pa.string()),
            ("type", pa.string()),
            ("description", pa.string()),
            ("subject_id", pa.string()),
            ("object_id", pa.string()),
            ("status", pa.string()),
            ("start_date", pa.string()),
            ("end_date", pa.string()),
            ("source_text", pa.string()),
            ("text_unit_id", pa.string()),
            ("subject_iri", pa.string()),
            ("value", pa.string()),
            ("confidence", pa.float64()),
            ("evidence", _EVIDENCE),
        ]
    ),
    "communities": pa.schema(
        [
            *_ROW,
            *_OF_COMMUNITY,
            ("entity_ids", _TEXTS),
            ("relationship_ids", _TEXTS),
            ("text_unit_ids", _TEXTS),
            ("period", pa.string()),
            ("size", pa.int64()),
        ]
    ),
    "community_reports": pa.schema(
        [
            *_ROW,
            *_OF_COMMUNITY,
            ("summary", pa.string()),
            ("full_content", pa.string()),
            ("rank", pa.float64()),
            ("rating_explanation", pa.string()),
            ("findings", pa.list_(pa.struct([("explanation", pa.string()), ("summary", pa.string())]))),
            ("full_content_json", pa.string()),
            ("period", pa.string()),
            ("size", pa.int64()),
        ]
    ),
}
