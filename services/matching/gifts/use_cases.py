"""A family whose cases are over gives something to others, or takes it back."""

from collections.abc import Sequence

from services.matching.bonds.policy import FAMILY
from services.matching.bonds.repository import Bonds
from services.matching.bonds.use_cases import save_said, speak_for
from services.matching.gifts.commands import OfferGift, WithdrawGift
from services.matching.gifts.domain import Gift, Graduate, check_day, require_graduate
from services.matching.gifts.policy import gift_resource, load_authorised
from services.matching.gifts.repository import Gifts, Graduates
from services.matching.gifts.values import GiftId
from services.matching.policy import POLICY
from services.matching.resources.domain import OfferedResource
from services.matching.resources.events import offered_event
from services.matching.resources.repository import OfferedResources
from services.matching.volunteers.values import Sector
from shared import clock, ids
from shared.errors import IllegalStep, Invalid, NotFound
from shared.events.matching_volunteers import GiftOffered, GiftWithdrawn
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import Row

PAPER = "/paper_ref"


def offer_gift(
    body: OfferGift,
    context: CommandContext,
    gifts: Gifts,
    graduates: Graduates,
    resources: OfferedResources,
    bonds: Bonds,
    vault: Vault,
) -> Receipt:
    """Offer a gift: of one's own accord, and not before a day after the last case was closed."""
    family_id, now = _giver(body, context), clock.now()
    known = graduates.get_many(bonds.records_of(family_id))
    region = _authorised_region(family_id, known, context.actor)
    speak_for(family_id, body.paper_ref, PAPER, context)
    vault.require_living(family_id)
    require_graduate([case for record in known for case in record.cases], now)
    check_day(body.on, regions.local_date(region, now))
    gift = Gift(
        gift_id=ids.new("gft"),
        family_id=family_id,
        region=region,
        kind=body.kind,
        on=body.on,
        resource_id=ids.new("rsc"),
        offered_at=now,
    )
    offered = _as_offer(gift, body)
    thanks = GiftOffered(region=region, gift_id=gift.gift_id, family_id=family_id)
    events = [offered_event(offered), thanks]
    row = resources.row(offered)
    return save_said(gift, body.paper_ref, PAPER, context, gifts, row, events=events)


def _as_offer(gift: Gift, body: OfferGift) -> OfferedResource:
    """Return a gift as what is offered for families; it does not say whose it is."""
    return OfferedResource(
        resource_id=gift.resource_id,
        region=gift.region,
        district=None,
        category=body.category,
        unit=body.unit,
        sector=Sector.CITIZENS,
        provider_id=None,
        gift_id=gift.gift_id,
        quantity=body.quantity,
        available_on=gift.on,
        offered_at=gift.offered_at,
    )


def _giver(body: OfferGift, context: CommandContext) -> str:
    """Return the family that gives: the caller's own, or the one that said so on paper."""
    if context.actor.role == FAMILY:
        if body.family_id not in (None, context.actor.acts_for):
            raise Invalid("not_your_side", "/family_id")
        return context.actor.acts_for
    if body.family_id is None:
        raise Invalid("family_missing", "/family_id")
    return body.family_id


def _authorised_region(family_id: str, known: Sequence[Graduate], actor: Principal) -> str:
    """Return the region of a family for which the caller may give; matching has heard of it."""
    if known:
        region = known[0].region
        POLICY.require_create(actor, "offer_gift", gift_resource(family_id, region))
        return region
    if actor.role == FAMILY:
        raise IllegalStep("family_has_no_closed_case")
    raise NotFound("family")


def withdraw_gift(
    gift_id: GiftId,
    body: WithdrawGift,
    context: CommandContext,
    gifts: Gifts,
    resources: OfferedResources,
) -> Receipt:
    """Take a gift back; what was promised of it to another family is still given."""
    gift = load_authorised(gift_id, "withdraw_gift", context.actor, gifts)
    speak_for(gift.family_id, body.paper_ref, PAPER, context)
    withdrawn, rows, event = taken_back(gift, resources)
    return save_said(withdrawn, body.paper_ref, PAPER, context, gifts, *rows, events=[event])


def taken_back(
    gift: Gift, resources: OfferedResources
) -> tuple[Gift, Sequence[Row], GiftWithdrawn]:
    """Return a gift as it is when it is taken back, its offer's row, and the event."""
    resource = resources.get(gift.resource_id)
    may_withdraw = "withdraw_resource" in resource.legal_steps
    event = GiftWithdrawn(
        region=gift.region,
        gift_id=gift.gift_id,
        family_id=gift.family_id,
        promised=resource.reserved > 0,
    )
    rows = [resources.row(resource.withdraw())] if may_withdraw else []
    return gift.withdraw(), rows, event
