"""Every event whose catalogue names notifications as a listener is told, or it is said why not.

The list is that of intake, matching, cards and of answers to forms, which notifications publishes
itself.
"""

from collections.abc import Mapping

import pytest

from services.notifications.templates.repository import Templates
from services.notifications.work_items.endings import ENDED_BY
from tools.event_catalogue import by_type

LATER = "plans are a service of their own, which does not exist yet"
TOLD: Mapping[str, tuple[str, ...]] = {
    "intake": (
        "RequestReceived", "RequestTriaged", "NeedsChanged", "ServicePlanAgreed",
        "ResponsibilityAssigned", "CaseClosed", "CaseReopened",
    ),
    "matching": (
        "GuardianApplied", "GuardianApproved", "GuardianRejected", "ClarificationRequested",
        "GuardianAssigned", "MatchProposed", "MatchDeclined", "MatchCancelled",
        "IntroductionDueSoon", "IntroductionOverdue", "CareAgreementSigned", "CareStarted",
        "FollowUpDue", "FollowUpDone", "FollowUpMissed", "GuardianReported", "StorySubmitted",
        "StoryCleared", "TerminationNotified", "CareEnded",
    ),
    "cards": (
        "CardIssued", "CardActivated", "CardBlocked", "CardReplaced", "CardRevoked",
        "PartnerLeadAdded", "PartnerActivated", "PartnerOfferChanged", "PartnerEnded",
    ),
    "notifications": ("FeedbackReceived", "LowScoreReceived"),
}  # fmt: skip
# Event -> (who tells it instead, why).
INSTEAD: Mapping[str, tuple[str | None, str]] = {
    "intake.ServicePlanAgreed": (None, LATER),
    "intake.ResponsibilityAssigned": (None, LATER),
}  # fmt: skip
NAMES = [f"{service}.{event}" for service, events in TOLD.items() for event in events]


@pytest.mark.parametrize("name", NAMES)
def test_each_event_that_is_to_be_heard_is_told_or_it_is_said_why_not(name: str) -> None:
    told = Templates.connect().by_event
    if name not in INSTEAD:
        assert told[name]
        return
    instead, why = INSTEAD[name]
    assert name not in told and len(why.split()) > 5
    # What is to come is told when it comes; what has come is told by another event.
    assert (name in by_type()) == (instead is not None)
    assert instead is None or told[instead]


def test_work_about_a_partner_ends_with_it_though_nobody_is_written_to() -> None:
    ends = {
        event.__name__ for lines in ENDED_BY.values() for each in lines for event in each.events
    }

    assert {"PartnerActivated", "PartnerOffersRenewed", "PartnerEnded"} <= ends


def test_what_is_for_a_district_or_told_of_one_finds_it_in_its_event() -> None:
    places = {"district_id", "district_ids"}
    lost = [
        template.name
        for template in Templates.connect().by_name.values()
        for fields in [set(by_type()[template.event_type].model_fields)]
        if (template.audience.of_districts or fields & places) and template.district not in fields
    ]

    assert lost == []
