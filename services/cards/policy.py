"""Who may do what here, decided by `policy.cedar` on the things themselves."""

from services.cards.cards.domain import Card
from services.cards.partners.domain import Partner
from shared.identity.policy import Policy, Resource

POLICY = Policy.beside(__file__)


def card(found: Card) -> Resource:
    """A card as the policy sees it."""
    return Resource(
        type="Card",
        id=found.id,
        region=found.region,
        district=found.district_id,
        person=found.holder,
        status=found.status,
        more={"on_order": found.on_order},
    )


def new_card(region: str, district: str, *, on_order: bool) -> Resource:
    """A card that is about to be issued."""
    more = {"on_order": on_order}
    return Resource(type="Card", id="new", region=region, district=district, more=more)


def batch(batch_id: str, region: str, district: str) -> Resource:
    """A table of holders, on the territory of whoever opened it."""
    more = {"on_order": False}
    return Resource(type="Card", id=batch_id, region=region, district=district, more=more)


def partner(found: Partner) -> Resource:
    """A partner as the policy sees it; its territory is all its districts."""
    return Resource(
        type="Partner",
        id=found.id,
        region=found.region,
        org=found.org,
        status=found.status,
        more={"districts": found.district_ids},
    )


def new_partner(region: str, districts: tuple[str, ...]) -> Resource:
    """A partner that is about to be proposed."""
    return Resource(type="Partner", id="new", region=region, more={"districts": districts})


def programme(region: str) -> Resource:
    """The programme and the figures of a region."""
    return Resource(type="Programme", id=region, region=region)
