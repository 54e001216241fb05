"""Every command is one bounded transaction, at its largest."""

from datetime import date, datetime
from typing import Any

import pytest

from services.notifications.templates.repository import Templates
from shared.events.base import Event
from tests.notifications.fakes import NotificationsHarness
from tests.support.world import at
from tools.event_catalogue import by_type

EXAMPLES: dict[Any, Any] = {
    str: "req_01J8000000000000000000000A", int: 1, bool: False,
    date: date(2026, 10, 2), datetime: datetime.fromisoformat("2026-10-02T10:00:00+00:00"),
}  # fmt: skip
SPECIAL = {
    "region": "ZR", "reason": "all_needs_met", "district_id": "D01", "issued_month": "2026-09",
    "month": "2026-09",
    "kind": "two_weeks", "decision": "one_time", "result": "needs_changed", "by": "regional_hq",
    "audience": "family", "wants_call": True, "by_family": True, "final": True, "via": "bot",
    "source": "club", "uncovered": ("food_aid",), "asked": "family",
    "next_guardian_ids": ("gua_1",), "guardian_ids": ("gua_1",), "both": True, "hidden": True,
}  # fmt: skip

BY_CLUB: dict[str, object] = {"own": False, "reachable": True}


OF_ONE_EVENT: dict[str, dict[str, object]] = {
    "AidCorrected": {
        "former": {"category": "food_aid", "persons": 1},
        "corrected": None,
        "to_review": True,
    },
    "CaseTaken": {"taken_from": "HQ-2"},
    "RequestJoined": {"opened": True},
    "RequestLeftCase": {"open": True},
    "CallBackEnded": {"reason": "not_reached"},
    "InterviewHeld": {"result": "passed"},
    "CardHoldDecided": {"decision": "same_person", "office_id": "D01"},
    "CardHeld": {"because": "same_file", "other_card_ids": ("crd_2",), "activated": True},
    "FollowUpCorrected": {"not_made": True},
    "MatchNeedsSettled": {"settled": True},
    "NoticeWithdrawn": {"by": "family"},
    "PlacementEndReported": {"closes_on": "2026-11-04"},
    "HolderContactChanged": {"notifies_former": True},
    "FamilyContactChanged": {"notifies_former": True},
    "SignInRequested": {"known": True, "use": "sign_in", "expires_at": "2100-01-01T00:00:00Z"},
    "PersonRequested": {"kind": "export", "due_on": "2026-11-01"},
    "PersonAnswered": {"kind": "export", "outcome": "done"},
    "DisclosedToOffice": {"reason": "child_in_danger", "until": "2026-11-01T09:00:00Z"},
    "MessageWithheld": {
        "audience": "holder",
        "reason": "contact_stolen",
        "template": "card_issued_holder",
    },
    "PaperCodesWaiting": {"role": "district_office", "cards": 2},
    "CardBlocked": {"reason": "stolen", "unreachable": True, "by_hotline": True},
    "PartnerActivated": BY_CLUB,
    "PartnerPaused": BY_CLUB,
    "PartnerOfferChanged": {**BY_CLUB, "from_date": "2026-11-01"},
    "PartnerOfferWithdrawn": {**BY_CLUB, "from_date": "2026-11-01"},
    "PartnerProposalWithdrawn": BY_CLUB,
    "PartnerWithdrawalNoticed": {**BY_CLUB, "last_day": "2026-11-01"},
    "PartnerNoticeWithdrawn": {**BY_CLUB, "last_day": "2026-11-01"},
    "PartnerEnded": {"announced": False},
    "PartnerOutletChanged": {"change": "closed", "only_one": True},
    "PartnerOfferProposed": {"confirm_by": "2026-11-01"},
    "PartnerOfferEnding": {"last_day": "2026-11-01", "reachable": True},
    "PartnerKeysEnding": {"last_day": "2026-11-01", "reachable": True},
    "ConsultationHeld": {"family_id": EXAMPLES[str]},
    "EngagementEnded": {"family_id": EXAMPLES[str]},
    "FeedbackReceived": {"form": "care_feedback", "case_id": EXAMPLES[str]},
    "LowScoreReceived": {"form": "care_feedback", "case_id": EXAMPLES[str]},
    "PreferencesChanged": {"by": "word"},
    "PartnerNewsDue": {"news": "discount", "day": "2026-11-01"},
}


def largest(event: type[Event]) -> Event:
    """An event of that class with everything in it that makes messages."""
    special = SPECIAL | OF_ONE_EVENT.get(event.__name__, {})
    values = {
        name: special.get(name, EXAMPLES.get(info.annotation, ()))
        for name, info in event.model_fields.items()
        if info.is_required() or name in special
    }
    return event.model_validate(values)


@pytest.mark.parametrize("kind", sorted(Templates.connect().by_event))
def test_announcing_and_sending_stays_within_sixteen_items(
    harness: NotificationsHarness, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    whole = harness.world.dynamodb.transact_write_items

    def counting(**request: Any) -> Any:
        sizes.append(len(request["TransactItems"]))
        return whole(**request)

    monkeypatch.setattr(harness.world.dynamodb, "transact_write_items", counting)

    harness.tell(largest(by_type()[kind]))
    if any(each.after_days for each in Templates.connect().by_event[kind]):
        harness.world.advance(at("2026-09-15 09:00"))

    assert harness.gateway.messages
    assert max(sizes) <= 16
    assert {one["status"] for one in harness.docs("MESSAGE")} == {"sent"}
