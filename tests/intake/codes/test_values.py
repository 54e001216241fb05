"""The codes of intake agree with each other."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.cases.commands import LiftCare
from services.intake.cases.domain import CLOSING
from services.intake.codes.values import (
    ClosedReason,
    CorrectionReason,
    EndReason,
    EraseReason,
    LiftReason,
    TriageDecision,
)
from services.intake.corrections.commands import CorrectFamily
from services.intake.requests.commands import EndRequest, RegisterEndedRequest
from shared.domain import UNKNOWN_CODE


def test_every_decision_but_help_once_and_care_closes_the_case() -> None:
    open_still = {TriageDecision.ONE_TIME, TriageDecision.CARE}

    assert set(CLOSING) == set(TriageDecision) - open_still


def test_consent_withdrawn_is_one_code_in_every_list_that_has_it() -> None:
    lists = (ClosedReason, EraseReason, LiftReason)
    assert {str(each.CONSENT_WITHDRAWN) for each in lists} == {"consent_withdrawn"}


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (EndRequest, EndReason.FAMILY_ERASED),
        (RegisterEndedRequest, EndReason.FAMILY_ERASED),
        (LiftCare, LiftReason.CONSENT_WITHDRAWN),
        (CorrectFamily, CorrectionReason.SAID_BY_FAMILY),
    ],
)
def test_nobody_says_by_hand_what_the_programme_alone_knows(command: Any, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        command.model_validate({"reason": said})

    assert ("/reason", UNKNOWN_CODE) in {
        (f"/{each['loc'][0]}", each["type"]) for each in refused.value.errors()
    }
