"""The closed lists of intake agree with each other."""

from services.intake.cases.domain import CLOSING
from services.intake.codes.values import ClosedReason, EraseReason, NeedCategory, TriageDecision
from services.intake.providers.values import AidCategory


def test_every_need_can_be_met_by_a_kind_of_help_that_is_recorded() -> None:
    assert set(NeedCategory) <= set(AidCategory)


def test_every_decision_but_help_once_and_care_closes_the_case() -> None:
    open_still = {TriageDecision.ONE_TIME, TriageDecision.CARE}

    assert set(CLOSING) == set(TriageDecision) - open_still


def test_consent_withdrawn_is_one_code_in_every_list_that_has_it() -> None:
    assert ClosedReason.CONSENT_WITHDRAWN == EraseReason.CONSENT_WITHDRAWN
