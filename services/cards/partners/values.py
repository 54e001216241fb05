"""What a partner is described with: its id, its states and its codes."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum, KnownCodes
from shared.ids import pattern

PartnerId = Annotated[str, Field(pattern=pattern("par"))]


class PartnerStatus(CodeEnum, of="partner_status"):
    """Where a partner is between the first talk and the end."""

    LEAD = "lead"
    NEGOTIATING = "negotiating"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    DECLINED = "declined"


_AGREEING = {"edit": None, "propose_offer": None, "add_outlet": None, "issue_key": None}
_LEAVING = {"give_notice": None, "withdraw_notice": None, "end": PartnerStatus.ENDED}

NEXT_STEPS: Mapping[PartnerStatus, Mapping[str, PartnerStatus | None]] = {
    PartnerStatus.LEAD: {
        "take": PartnerStatus.NEGOTIATING,
        "decline": PartnerStatus.DECLINED,
        "edit": None,
    },
    PartnerStatus.NEGOTIATING: {
        "record_agreement": None,
        "publish": PartnerStatus.ACTIVE,
        "decline": PartnerStatus.DECLINED,
        **_AGREEING,
    },
    PartnerStatus.ACTIVE: {
        "record_agreement": None,
        "pause": PartnerStatus.PAUSED,
        **_LEAVING,
        "publish_offer": None,
        **_AGREEING,
    },
    PartnerStatus.PAUSED: {
        "record_agreement": None,
        "resume": PartnerStatus.ACTIVE,
        **_LEAVING,
        "publish_offer": None,
        **_AGREEING,
    },
    PartnerStatus.ENDED: {},
    PartnerStatus.DECLINED: {},
}


class Source(CodeEnum, of="partner_source"):
    """Who proposed the partner."""

    AUTHORITY = "authority"
    DISTRICT_OFFICE = "district_office"
    CLUB = "club"
    PARTNER = "partner"


class EndReason(KnownCodes, of="partner_end_reason"):
    """Why a partner left, where no person says it."""

    PARTNER_LEFT = "partner_left"
    OTHER = "other"
