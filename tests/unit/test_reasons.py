"""Every reason that the library gives has a sentence for people."""

import pytest

from kg.merge.reasons import Reason, said
from portal.ui.reasons import sentence

CHECKS = ("domain", "range", "kind", "datatype", "single")  # of kg.validate.shapes
SILENT = {Reason.invalid}  # said check by check


@pytest.mark.parametrize("reason", sorted(set(Reason) - SILENT))
def test_each_reason_is_a_sentence(reason: Reason) -> None:
    assert "{" not in sentence(said(reason, "Acme"))
    assert sentence(said(reason, "Acme")).endswith((".", "Acme"))


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_of_the_staged_result_is_a_sentence(check: str) -> None:
    assert sentence(said(Reason.invalid, check)).endswith(".")


def test_an_unknown_code_says_nothing() -> None:
    assert sentence("unheard_of: x") == ""
    assert sentence("invalid: unheard_of") == ""
