"""Events of the register of partners and of their shops; cards publishes them."""

from typing import Literal

from pydantic import BaseModel

from shared.events.base import Event


class _OfPartner(BaseModel, defer_build=True):
    """What every fact about a partner says; no event itself."""

    partner_id: str
    district_ids: tuple[str, ...]
    category: str


class _OwnOrNot(_OfPartner, defer_build=True):
    """What the business or the club does about a partner; no event itself.

    What is not its `own` deed is news to the person at the business, if one is `reachable`.
    """

    own: bool = True
    reachable: bool = False


class PartnerLeadAdded(_OfPartner, Event):
    """A business was proposed as a partner."""

    source: Literal["authority", "district_office", "club", "partner"]


class PartnerDeclined(_OfPartner, Event):
    """No agreement was reached with a business that had been proposed."""

    reason: str


class PartnerActivated(_OwnOrNot, Event):
    """The partner is published; `again` after a pause."""

    again: bool = False


class PartnerChanged(_OfPartner, Event):
    """The title, category or districts of a partner were edited; these are the new ones."""


class PartnerContactChanged(_OfPartner, Event):
    """Another person of the business is asked from now on, or the same one in another way."""


class PartnerPaused(_OwnOrNot, Event):
    """The partner takes a break; its tills are refused until it resumes."""


class PartnerOfferProposed(_OfPartner, Event):
    """A partner at work proposes a new version of its discount, which the club may confirm.

    It can be confirmed until the end of `confirm_by`, the region's date.
    """

    offer_id: str
    confirm_by: str


class PartnerProposalWithdrawn(_OwnOrNot, Event):
    """A version of a discount is taken back that was proposed and never confirmed.

    It has `lapsed` when its first day came without a word of the club.
    """

    offer_id: str
    lapsed: bool = False


class PartnerOfferChanged(_OwnOrNot, Event):
    """A new version of a fixed discount is published; `from_date` is the region's date.

    It is `discount_percent` of the price, or, when that is 0, `discount_kopecks` off a purchase of
    at least `minimum_purchase_kopecks`.
    """

    offer_id: str
    discount_percent: int
    discount_kopecks: int = 0
    minimum_purchase_kopecks: int = 0
    from_date: str
    to_date: str | None = None


class PartnerOfferWithdrawn(_OwnOrNot, Event):
    """A published version of a discount is taken back before `from_date`, its first day."""

    offer_id: str
    from_date: str


class PartnerOutletChanged(Event):
    """A shop of a partner was added, edited or closed; `district_id` is where it is now.

    It is the `only_one` when a partner that takes part has no other open shop.
    """

    outlet_id: str
    partner_id: str
    district_id: str
    change: str
    only_one: bool = False


class PartnerOfferEnding(_OfPartner, Event):
    """Outlets of a partner will be without a discount after `last_day`, the region's date.

    `outlets` is their number; `reachable`, whether a person of the business is; `followed`, whether
    each of them has a discount again later.
    """

    last_day: str
    outlets: int
    reachable: bool
    followed: bool = False


class PartnerOffersMissing(_OfPartner, Event):
    """An open outlet of a partner has no discount and none to come, since a step that was taken."""


class PartnerOffersRenewed(_OfPartner, Event):
    """Each open outlet of a partner has a discount again, though its end or lack was announced."""


class PartnerKeysEnding(_OfPartner, Event):
    """Store keys of a partner end on `last_day`, the region's date, or in the week after.

    Without new ones the tills of `outlets` outlets check no card; `reachable`, as above.
    """

    last_day: str
    outlets: int
    reachable: bool


class PartnerKeysRenewed(_OfPartner, Event):
    """No open outlet of a partner needs later keys: it has them, or the partner leaves before."""


class PartnerWithdrawalNoticed(_OwnOrNot, Event):
    """The partner will leave after `last_day`, the region's date."""

    last_day: str
    reason: str


class PartnerNoticeWithdrawn(_OwnOrNot, Event):
    """The partner stays after all; `last_day` is the one that was announced."""

    last_day: str


class PartnerEnded(_OfPartner, Event):
    """The partner left; its store keys are refused for good.

    `announced`: after the last day that it had named, and not at once.
    """

    reason: str
    announced: bool = True


class PartnerNewsDue(Event):
    """News of a partner is due to a holder who agreed to letters.

    It is a new partner (`joined`), whose discount begins on `day`, a new discount, that one which
    was announced is `withdrawn`, a last day to come, that it is `staying` after that was announced,
    or that it has `left` without one. `reference` names the news and the card, `district_id` is the
    card's; `day` is the region's.
    """

    announcement_id: str
    reference: str
    holder_id: str | None = None
    district_id: str | None = None
    news: Literal["joined", "discount", "withdrawn", "leaving", "staying", "left"]
    day: str
