"""What happens to a family and to a card's holder, as events tell it."""

from datetime import date

from shared.events import cards, intake, matching
from tests.notifications.fakes import ASKED, OF_CASE, OF_HOLDER, OF_MATCH
from tests.support.world import at

RECEIVED = intake.RequestReceived(**ASKED, district_id="D05")
CALL_DUE = matching.FollowUpDue(**OF_MATCH, kind="two_weeks", due_on=date(2026, 9, 14))
ENDED = cards.CardRevoked(**OF_HOLDER, reason="other")


def required(again: bool = False) -> intake.CareRequired:
    return intake.CareRequired(
        **OF_CASE, district_id="D05", needs=(), flagged_at=at("2026-09-14 10:00"),
        size_band="one_or_two", number="12345674", again=again,
    )  # fmt: skip


REQUIRED = required()
