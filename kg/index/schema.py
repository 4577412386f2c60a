"""The columns of the index's tables.

A row never changes: it holds from `from_version` until a newer row of its `key` or a removal. `row`
is its number, `..._id` the 63-bit form of a key (see words), `terms` the stems of its full text.
"""

import pyarrow as pa

UNITS, ENTITIES, FACTS = "units", "entities", "facts"
REMOVALS, APPLIED, PREPARED, SAID = "removals", "applied", "prepared", "said"
COMMUNITIES = "communities"
GENERATIONS = "generations-5"  # the number goes up with what the columns hold: older tables are made anew
SEARCHED = (UNITS, ENTITIES, FACTS)

SHOWN = {
    UNITS: (
        *("key", "document_id", "document", "title", "start", "end", "page", "heading", "language"),
        *("tokens", "text"),
    ),
    ENTITIES: ("key", "label", "description"),
    FACTS: ("key", "sentence", "subject", "predicate", "object", "evidence", "statements", "periods"),
}  # what is told of a row that was found

_EVIDENCE = pa.struct(
    [
        ("document_id", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("quote", pa.string()),
        ("document", pa.string()),
        ("unit_id", pa.string()),
        ("page", pa.int32()),
    ]
)
_STATEMENT = pa.struct(
    [("by", pa.string()), ("day", pa.string()), ("reason", pa.string()), ("person", pa.string())]
)
_PERIOD = pa.struct([("start", pa.string()), ("end", pa.string())])


def _row(dimensions: int) -> list[pa.Field]:
    return [
        pa.field("row", pa.int64()),
        pa.field("key", pa.string()),
        pa.field("key_id", pa.int64()),
        pa.field("from_version", pa.int32()),
        pa.field("terms", pa.string()),
        pa.field("vector", pa.list_(pa.float32(), dimensions)),
    ]


def schemas(dimensions: int) -> dict[str, pa.Schema]:
    """Table name -> its columns, for vectors of so many dimensions."""
    row = _row(dimensions)
    return {
        UNITS: pa.schema(
            [
                *row,
                pa.field("document_id", pa.string()),
                pa.field("document_key", pa.int64()),
                pa.field("document", pa.string()),
                pa.field("title", pa.string()),
                pa.field("number", pa.int32()),
                pa.field("start", pa.int64()),
                pa.field("end", pa.int64()),
                pa.field("page", pa.int32()),
                pa.field("heading", pa.list_(pa.string())),
                pa.field("language", pa.string()),
                pa.field("tokens", pa.int32()),
                pa.field("text", pa.string()),
                pa.field("windows", pa.binary()),  # float16[windows, dimensions]
                pa.field("names", pa.list_(pa.int64())),  # one for each name and window
                pa.field("name_windows", pa.list_(pa.int32())),  # -1: the title's
                pa.field("name_texts", pa.list_(pa.string())),
            ]
        ),
        ENTITIES: pa.schema(
            [
                *row,
                pa.field("label", pa.string()),
                pa.field("description", pa.string()),
                pa.field("names", pa.list_(pa.int64())),
                pa.field("name_texts", pa.list_(pa.string())),
                pa.field("units", pa.list_(pa.int64())),
            ]
        ),
        FACTS: pa.schema(
            [
                *row,
                pa.field("sentence", pa.string()),
                pa.field("subject", pa.string()),
                pa.field("predicate", pa.string()),
                pa.field("object", pa.string()),  # in N-Triples form
                pa.field("subject_id", pa.int64()),
                pa.field("predicate_id", pa.int64()),
                pa.field("object_id", pa.int64()),  # 0 for a literal
                pa.field("periods", pa.list_(_PERIOD)),
                pa.field("status", pa.int8()),  # see kg.periods: -1 former, 1 current, 0 not said
                pa.field("units", pa.list_(pa.int64())),
                pa.field("evidence", pa.list_(_EVIDENCE)),
                pa.field("statements", pa.list_(_STATEMENT)),
            ]
        ),
        REMOVALS: pa.schema(
            [pa.field("kind", pa.string()), pa.field("key_id", pa.int64()), pa.field("version", pa.int32())]
        ),
        COMMUNITIES: pa.schema(
            [
                pa.field("version", pa.int32()),
                pa.field("key", pa.string()),
                pa.field("level", pa.int32()),
                pa.field("title", pa.string()),
                pa.field("summary", pa.string()),
                pa.field("entities", pa.list_(pa.string())),
                pa.field("facts", pa.list_(pa.string())),
                pa.field("units", pa.list_(pa.string())),
                pa.field("vector", pa.list_(pa.float32(), dimensions)),
            ]
        ),
        APPLIED: pa.schema([pa.field("version", pa.int32()), pa.field("token", pa.string())]),
        PREPARED: pa.schema(
            [
                pa.field("key", pa.string()),
                pa.field("vector", pa.list_(pa.float32(), dimensions)),
                pa.field("windows", pa.binary()),
            ]
        ),
        SAID: pa.schema(
            [
                pa.field("key", pa.string()),  # of the text, see ahead
                pa.field("vector", pa.list_(pa.float32(), dimensions)),
            ]
        ),
    }


def generations() -> pa.Schema:
    """The index's folders in the order they were made; the last one that is `ready` serves."""
    return pa.schema(
        [
            pa.field("number", pa.int64()),
            pa.field("embedder", pa.string()),
            pa.field("dimensions", pa.int32()),
            pa.field("ready", pa.bool_()),
        ]
    )
