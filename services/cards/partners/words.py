"""The closed lists a partner is described with, and the steps each status allows."""

from enum import StrEnum


class Status(StrEnum):
    """Where a partner stands."""

    __list__ = "partner_status"

    LEAD = "lead"
    NEGOTIATING = "negotiating"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    DECLINED = "declined"


class Category(StrEnum):
    """What the partner sells."""

    __list__ = "partner_category"

    GROCERY = "grocery"
    CLOTHING = "clothing"
    HOUSEHOLD = "household"
    BUILDING = "building"
    PHARMACY = "pharmacy"
    SERVICES = "services"
    OTHER = "other"


class Source(StrEnum):
    """Who brought the partner."""

    __list__ = "partner_source"

    AUTHORITY = "authority"
    DISTRICT_OFFICE = "district_office"
    CLUB = "club"
    PARTNER = "partner"


class DeclineReason(StrEnum):
    """Why no agreement came about."""

    __list__ = "partner_decline_reason"

    VARIABLE_DISCOUNT = "variable_discount"
    WANTS_PAYMENT = "wants_payment"
    NOT_INTERESTED = "not_interested"
    OTHER = "other"


class EndReason(StrEnum):
    """Why a partner left."""

    __list__ = "partner_end_reason"

    PARTNER_LEFT = "partner_left"
    CLOSED_DOWN = "closed_down"
    RULES_BROKEN = "rules_broken"
    AGREEMENT_OVER = "agreement_over"
    OTHER = "other"


_BUSY = ("propose_offer", "add_outlet", "issue_key")

STEPS: dict[Status, tuple[str, ...]] = {
    Status.LEAD: ("take", "decline"),
    Status.NEGOTIATING: ("record_agreement", "publish", "decline", *_BUSY),
    Status.ACTIVE: ("record_agreement", "pause", "give_notice", "end", "publish_offer", *_BUSY),
    Status.PAUSED: ("record_agreement", "resume", "give_notice", "end", *_BUSY),
    Status.ENDED: (),
    Status.DECLINED: (),
}
