"""A store that honours the card: from lead to active partner, and how it leaves."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from services.cards.offers.offering import ENDING_NOTICE, OfferingPartner
from services.cards.partners.values import NEXT_STEPS, PartnerStatus, Source
from shared.domain import Deadline
from shared.errors import IllegalStep, Invalid
from shared.reference import calendar

NOTICE_DAYS = 14


class Partner(OfferingPartner):
    """One business; it pays nothing, and its discount is one agreed figure."""

    STEPS: ClassVar = NEXT_STEPS
    REFUSAL: ClassVar = "partner_{status}"
    DEADLINES: ClassVar = (
        Deadline("notice_over", lambda partner, _: partner.leaves_at if partner.in_touch else None),
        Deadline("offer_lapsed", lambda p, zone: p.book.lapses_at(zone) if p.in_touch else None),
        Deadline("offer_ending", lambda p, _: (end := p.runs_out_at) and end - ENDING_NOTICE),
        Deadline("keys_ending", lambda partner, _: partner.keys_due_at),
    )

    id: str
    region: str
    title: str
    category: str
    district_ids: tuple[str, ...]
    source: Source
    proposed_by: str
    org: str
    has_contact: bool = False
    status: PartnerStatus = PartnerStatus.LEAD
    agreement_ref: str | None = None
    confirmed_by: str | None = None
    reason: str | None = None

    @property
    def in_touch(self) -> bool:
        """Whether the partner takes part, if only after a break."""
        return self.status in (PartnerStatus.ACTIVE, PartnerStatus.PAUSED)

    @property
    def left_as_announced(self) -> bool:
        """Whether the partner has left after the last day of its notice."""
        return "notice_over" in self.fired

    def edit(self, title: str, category: str, districts: tuple[str, ...]) -> Self:
        """Replace what describes the partner; a district with an open outlet stays."""
        self._require("edit")
        for place in self.shops.open.values():
            if place.district_id not in districts:
                raise Invalid("district_has_outlets", "/district_ids", district=place.district_id)
        return self._with(title=title, category=category, district_ids=districts)

    def change_contact(self) -> Self:
        """Note that there is a person of the business to ask; who it is is sealed elsewhere."""
        self._require("edit")
        return self._with(has_contact=True)

    def take(self) -> Self:
        """Begin to talk with the lead."""
        return self._advanced("take")

    def decline(self, reason: str) -> Self:
        """Note that no agreement came about."""
        return self._advanced("decline", reason=reason, has_contact=False)

    def record_agreement(self, agreement_ref: str, org: str) -> Self:
        """Note the reference of the signed agreement, and the organisation of the managers."""
        self._require("record_agreement")
        return self._with(agreement_ref=agreement_ref, org=org)

    def publish(self, by: str, at: datetime, zone: ZoneInfo) -> Self:
        """Confirm for the club: the partner and the offers agreed so far are public."""
        self._require("publish")
        if self.agreement_ref is None:
            raise IllegalStep("agreement_missing", ("record_agreement",))
        self.shops.require_connected(at)
        book = self.book
        for offer in self.book.proposed:
            book = book.publish(offer, zone)
        published = self._advanced("publish", confirmed_by=by, active_since=at, book=book)
        if published.ends_for_good(at):
            raise IllegalStep("offer_missing", ("propose_offer",))
        return published

    def pause(self) -> Self:
        """Take a break."""
        return self._advanced("pause")

    def resume(self) -> Self:
        """End the break."""
        return self._advanced("resume")

    def give_notice(self, last_day: date, reason: str, today: date, zone: ZoneInfo) -> Self:
        """Announce the last day; it is so late that holders can still plan with it."""
        self._require("give_notice")
        earliest = today + timedelta(days=NOTICE_DAYS)
        if last_day < earliest:
            raise Invalid("notice_too_short", "/last_day", earliest=earliest)
        leaves_at, start = calendar.end_of_day(zone, last_day), calendar.start_of_day(zone, today)
        shops = self.shops.need_keys_until(leaves_at)
        leaving = self._with(last_day=last_day, leaves_at=leaves_at, reason=reason, shops=shops)
        return leaving._reminding_again(self, start)

    def withdraw_notice(self) -> Self:
        """Note that the partner stays after all."""
        self._require("withdraw_notice")
        if self.leaves_at is None:
            raise self._refusal("no_notice")
        return self._with(last_day=None, leaves_at=None, reason=None)

    def end(self, reason: str) -> Self:
        """End the partnership for either side; the store keys are refused from now on."""
        return self._ended(reason=reason)

    def leave(self) -> Self:
        """End the partnership after its notice, whose reason stays."""
        return self._ended()._fire("notice_over")

    def add_outlet(self, outlet_id: str, district: str, at: datetime, mark: str = "") -> Self:
        """Register a shop under the next number."""
        self._require_place(district)
        register = self.shops.add(outlet_id, district, mark)
        return self._with(shops=register)._reminding_again(self, at)

    def move_outlet(self, outlet_id: str, district: str, mark: str = "") -> Self:
        """Note where a shop is now, in a district of the partner."""
        self._require_place(district)
        return self._with(shops=self.shops.replace(outlet_id, district_id=district, mark=mark))

    def close_outlet(self, outlet_id: str, at: datetime) -> Self:
        """Take a shop out of the programme; its keys are revoked one by one before or after."""
        self._require("add_outlet")
        register = self.shops.replace(outlet_id, closed=True)
        return self._with(shops=register)._reminding_again(self, at)

    def require_stores(self) -> None:
        """Refuse what is done about shops and store keys where none can be added any more."""
        self._require("issue_key")

    def issue_key(self, outlet_id: str, until: int, full_until: int) -> Self:
        """Note until when a live store key connects the till of an open outlet."""
        self._require("issue_key")
        return self.note_keys(outlet_id, until, full_until)

    def note_keys(self, outlet_id: str, until: int, full_until: int) -> Self:
        """Note what is left of an outlet's store keys."""
        if outlet_id not in (place.outlet_id for place in self.shops.open.values()):
            return self
        return self._with(shops=self.shops.note_keys(outlet_id, until, full_until))

    def _require_place(self, district: str) -> None:
        self._require("add_outlet")
        if district not in self.district_ids:
            raise Invalid("outlet_in_other_district", "/district_id")

    @property
    def keys_due_at(self) -> datetime | None:
        """When the next end of store keys is announced."""
        return self.shops.keys_due_at(self.leaves_at) if self.in_touch else None

    def remind_of_keys(self) -> Self:
        """Note that the end of store keys is announced."""
        return self._with(shops=self.shops.remind_of_keys().need_keys_until(self.leaves_at))

    def _ended(self, **more: Any) -> Self:
        return self._advanced("end", leaves_at=None, has_contact=False, **more)

    def _advanced(self, step: str, **more: Any) -> Self:
        self._require(step)
        return self._with(status=self.STEPS[self.status][step], **more)
