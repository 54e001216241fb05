"""What a caller may do in cards, as `policy.cedar` beside this module decides."""

from shared.api.models import RegionQuery
from shared.errors import Invalid
from shared.identity.policy import Policy

POLICY = Policy.beside(__file__)


def check_undivided(query: RegionQuery) -> None:
    """Refuse a query that asks a list of one's own for a part that it does not have."""
    for part in ("region", "district_id"):
        if getattr(query, part, None) is not None:
            raise Invalid("own_list_undivided", part)
