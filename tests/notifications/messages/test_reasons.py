"""Why a message was not sent is a code of a list, so that every page has words for it."""

import ast

import pytest

from services.notifications.messages import domain
from services.notifications.preferences.domain import UNWANTED
from services.notifications.sendings import calls, outdating, use_cases
from shared.reference.code_lists import shipped
from tests.guards.code import modules

REASONS = shipped()["message_failure_reason"].codes


def refusals() -> set[str]:
    """The codes with which the owners of contacts refuse to give them."""
    return {
        str(each.value.value)
        for module in modules("services", "shared/messaging")
        for node in module.nodes
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused"
        for each in node.keywords
        if each.arg == "refused" and isinstance(each.value, ast.Constant)
    }


def test_every_reason_that_is_given_here_has_words() -> None:
    ours = {
        UNWANTED,
        use_cases.REPEATED,
        outdating.OUTDATED,
        calls.NOT_REACHED,
        domain.NOT_DELIVERED,
        domain.OUTCOME_UNKNOWN,
        domain.UNSERVED,
    }

    assert ours <= {*REASONS}


def test_every_refusal_of_the_owner_of_a_contact_has_words() -> None:
    found = refusals()

    assert "no_consent" in found
    assert found <= {*REASONS}


@pytest.mark.parametrize("said", shipped()["work_done_reason"].codes)
def test_what_a_caller_says_of_a_call_has_words_as_the_reason_of_its_news(said: str) -> None:
    assert said in REASONS
