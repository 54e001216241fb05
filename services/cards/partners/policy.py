"""A partner as the policy sees it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.cards.partners.domain import Partner
from services.cards.partners.repository import Partners
from services.cards.partners.values import NEXT_STEPS
from services.cards.policy import POLICY, require
from shared import clock
from shared.errors import IllegalStep, Invalid
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.reference import calendar, regions


def resource(partner: Partner) -> Resource:
    """Return a partner as a Cedar resource; its territory is all its districts."""
    return Resource(
        type="Partner",
        id=partner.id,
        region=partner.region,
        org=partner.org,
        status=partner.status,
        more={"districts": partner.district_ids},
    )


# Steps of a partner that the policy calls otherwise.
ACTIONS = {
    step: f"{step}_partner" for step in ("decline", "publish", "pause", "resume", "end", "edit")
} | {"take": "take_lead"}
_OF_STATES = {step for steps in NEXT_STEPS.values() for step in steps}


def new_partner(region: str, districts: tuple[str, ...]) -> Resource:
    """Return a partner that is about to be proposed as a Cedar resource."""
    return Resource(type="Partner", id="new", region=region, more={"districts": districts})


def managers_org(named: str | None, proposer: Principal) -> str | None:
    """Return whose managers a business is proposed for; a manager proposes for her own alone."""
    own = proposer.org if proposer.role == "partner_manager" else None
    if own is not None and named not in (None, own):
        raise Invalid("not_your_organisation", "/manager_org")
    return own or named


def require_of_another(partner: Partner, action: str, principal: Principal) -> None:
    """Refuse what would make a business the principal's own."""
    require(principal, action, resource(partner), "own_partner")


def load_authorised(
    partner_id: str, action: str, principal: Principal, partners: Partners
) -> Partner:
    """Return the partner when the principal may do this to it, with the steps it may take."""
    partner = partners.get(partner_id)
    require(principal, action, resource(partner), "own_partner")
    return shown_to(principal)(partner)


def shown_to(principal: Principal) -> Callable[[Partner], Partner]:
    """Return what shows partners to the principal: with those next steps that it can take.

    The policy looks at territory and organisation, so a list asks it once for each of them.
    """
    known: dict[tuple[str, tuple[str, ...], bool], Callable[[str], bool]] = {}

    def shown(partner: Partner) -> Partner:
        place = (partner.region, partner.district_ids, partner.org == principal.org)
        may = known.setdefault(place, POLICY.may_take(principal, resource(partner), ACTIONS))
        return partner.shown_to(lambda step: may(step) and _useful(step, partner))

    return shown


def _useful(step: str, partner: Partner) -> bool:
    """Return whether a step that the state allows has what it needs."""
    match step:
        case "publish":
            return _publishable(partner)
        case "withdraw_notice":
            return partner.leaves_at is not None
        case "publish_offer":
            return any(_confirmable(offer.id, partner) for offer in partner.book.proposed)
        case "propose_offer":
            now = clock.now()
            today = calendar.local_date(regions.zone(partner.region), now)
            return partner.can_propose(today, now)
        case "issue_key":
            return partner.shops.takes_keys(clock.now())
        case "add_outlet":
            return partner.shops.has_room
    return True


def _publishable(partner: Partner) -> bool:
    try:
        partner.publish("", clock.now(), regions.zone(partner.region))
    except IllegalStep:
        return False
    return True


def _confirmable(offer_id: str, partner: Partner) -> bool:
    zone = regions.zone(partner.region)
    try:
        partner.publish_offer(offer_id, calendar.local_date(zone, clock.now()), zone)
    except IllegalStep:
        return False
    return True


@contextmanager
def offering(partner: Partner, principal: Principal) -> Iterator[None]:
    """Let a refusal about a part of a partner offer what this principal can do with the partner."""
    try:
        yield
    except IllegalStep as refused:
        seen = resource(partner)
        refused.next_steps = tuple(
            step
            for step in refused.next_steps
            if step in partner.next_steps
            or (step not in _OF_STATES and POLICY.allows(principal, step, seen))
        )
        raise
