"""The closed lists a partner is described with, and the steps each status allows."""

from shared.domain import CodeEnum


class Status(CodeEnum, of="partner_status"):
    """Where a partner stands."""

    LEAD = "lead"
    NEGOTIATING = "negotiating"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    DECLINED = "declined"


class Category(CodeEnum, of="partner_category"):
    """What the partner sells."""

    GROCERY = "grocery"
    CLOTHING = "clothing"
    HOUSEHOLD = "household"
    BUILDING = "building"
    PHARMACY = "pharmacy"
    SERVICES = "services"
    OTHER = "other"


class Source(CodeEnum, of="partner_source"):
    """Who brought the partner."""

    AUTHORITY = "authority"
    DISTRICT_OFFICE = "district_office"
    CLUB = "club"
    PARTNER = "partner"


class DeclineReason(CodeEnum, of="partner_decline_reason"):
    """Why no agreement came about."""

    VARIABLE_DISCOUNT = "variable_discount"
    WANTS_PAYMENT = "wants_payment"
    NOT_INTERESTED = "not_interested"
    OTHER = "other"


class EndReason(CodeEnum, of="partner_end_reason"):
    """Why a partner left."""

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
