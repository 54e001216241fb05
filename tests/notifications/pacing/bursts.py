"""Small news for a card's holder, and much of it at once."""

from datetime import timedelta
from typing import Any

from shared.events import cards, cards_partners, matching_volunteers
from shared.events.base import Event
from tests.notifications.fakes import CARD, OF_HOLDER, NotificationsHarness
from tests.support.world import at

MORNING = at("2026-09-14 10:00")


def news(number: int, partner: str = "leaving") -> Event:
    """Small news for the holder of a card."""
    return cards_partners.PartnerNewsDue(
        region="ZR", announcement_id=f"ann_{number}", reference=f"ann_{number}.{CARD}",
        holder_id="hol_1", news=partner, day=f"2026-10-0{number + 1}",
    )  # fmt: skip


def revoked(number: int = 0, **more: Any) -> Event:
    of = OF_HOLDER | {"card_id": f"{CARD[:-1]}{number}"}
    return cards.CardRevoked.model_validate(of | {"reason": "other"} | more)


def statuses(harness: NotificationsHarness) -> list[str]:
    return [one["status"] for one in harness.docs("MESSAGE") if one["audience"] == "holder"]


def to_holder(harness: NotificationsHarness) -> list[str]:
    sent = harness.gateway.messages.values()
    return [one.text for one in sent if one.recipient_role == "foster_parent"]


def bursted(harness: NotificationsHarness, number: int = 4) -> None:
    """The first at once; the others come while it is fresh, and are due together."""
    for each in range(number):
        harness.world.set_time(MORNING + timedelta(seconds=20 * each))
        harness.tell(news(each))
    assert statuses(harness).count("sent") == 1


VOLUNTEER = {"region": "ZR", "volunteer_id": "vol_1", "district_id": "D05"}


def offer(number: int, hours: float) -> Event:
    """A task for a volunteer that begins so many hours after the morning."""
    starts_at = MORNING + timedelta(hours=hours, minutes=number)
    of_task = {"task_id": f"vtk_{number}", "category": "food_aid", "starts_at": starts_at}
    return matching_volunteers.VolunteerTaskOffered.model_validate(VOLUNTEER | of_task)


def to_volunteer(harness: NotificationsHarness) -> list[str]:
    sent = harness.gateway.messages.values()
    return [one.text for one in sent if one.recipient_role == "volunteer"]
