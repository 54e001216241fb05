"""The codes of intake agree with each other."""

from services.intake.cases.domain import CLOSING
from services.intake.codes.values import ClosedReason, EraseReason, LiftReason, TriageDecision


def test_every_decision_but_help_once_and_care_closes_the_case() -> None:
    open_still = {TriageDecision.ONE_TIME, TriageDecision.CARE}

    assert set(CLOSING) == set(TriageDecision) - open_still


def test_consent_withdrawn_is_one_code_in_every_list_that_has_it() -> None:
    lists = (ClosedReason, EraseReason, LiftReason)
    assert {str(each.CONSENT_WITHDRAWN) for each in lists} == {"consent_withdrawn"}
