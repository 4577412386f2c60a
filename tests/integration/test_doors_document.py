"""schemathesis over the OpenAPI document: no 5xx, and no answer that the document does not promise."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation

from portal import cycles
from portal.models import CycleState
from tests.conftest import _next_rag, absent
from tests.doors import Doors, doors
from tests.servers import Missing

EXAMPLES = 12  # of each operation
# 422 for what no schema can say: content of files, versions there are, visible characters, order of messages,
# what an IRI is, whether there is anything to send
BEYOND_A_SCHEMA = {
    *("all-refused", "no-such-version", "rag-name-empty"),
    *("no_question", "question_empty", "question_long", "only_text"),
    *("not-an-iri", "no-edits"),
}


def refused_only_for_what_no_schema_says(
    _: checks.CheckContext, answer: Response, case: schemathesis.Case
) -> None:
    """A request that fits the document is not refused as one that does not fit."""
    if case.meta is None or case.meta.generation.mode.is_negative or answer.status_code != 422:
        return
    told = answer.json()
    code = told["code"] if "code" in told else told["error"]["code"]
    assert code in BEYOND_A_SCHEMA, told


checks.load_all_checks()
KEPT = [
    refused_only_for_what_no_schema_says,
    *checks.CHECKS.get_by_names(
        [
            "not_a_server_error",
            "status_code_conformance",
            "content_type_conformance",
            "response_headers_conformance",
            "response_schema_conformance",
            "negative_data_rejection",
        ]
    ),
]


@pytest.fixture(scope="module")
def made(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    try:
        folder, rag = tmp_path_factory.mktemp("document"), _next_rag(run_folder)
        with doors(run_folder, folder, rag, approved=False) as ready:
            yield ready
    except Missing as e:
        absent(e)


def test_nothing_is_answered_that_is_not_in_the_document(made: Doors) -> None:
    """What fits and what does not, half of it about the knowledge base that is there."""
    document = schemathesis.openapi.from_url(f"{made.url}/api/openapi.json")
    headers = {"authorization": f"Bearer {made.token()}"}
    wrong: dict[str, str] = {}
    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) > 20
    for operation in operations:
        _end_cycles(made)  # whoever follows one that nobody works on waits for ever

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        )
        @given(case=_cases(operation), here=st.booleans())
        def answered_as_promised(case: schemathesis.Case, here: bool) -> None:
            assert case.meta is not None
            if (
                here
                and "rag" in case.path_parameters
                and not case.meta.is_negative_at(ParameterLocation.PATH)
            ):
                case.path_parameters["rag"] = made.rag
            shown = {} if case.meta.is_negative_at(ParameterLocation.HEADER) else headers
            answer = case.call(base_url=made.url, headers=shown, timeout=60)
            case.validate_response(answer, checks=KEPT)

        try:
            answered_as_promised()
        except (AssertionError, FailureGroup) as e:
            wrong[operation.label] = str(e)[:2000]
    assert not wrong, "\n\n".join(f"{name}: {why}" for name, why in wrong.items())


def _end_cycles(made: Doors) -> None:
    for view in cycles.recent(made.parts, made.ann, made.rag, 200):
        if view.state in (CycleState.waiting, CycleState.running):
            cycles.cancel(made.parts, made.ann, made.rag, view.number)


def _cases(operation: APIOperation) -> st.SearchStrategy[schemathesis.Case]:
    return st.one_of(
        operation.as_strategy(generation_mode=mode)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    )
