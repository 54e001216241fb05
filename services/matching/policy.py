"""Who may do what in matching."""

from shared.errors import Invalid
from shared.identity.policy import Policy

POLICY = Policy.beside(__file__)


def whole_own_list(region: str | None, **filters: object) -> None:
    """Refuse a region, or another filter, where a caller lists all of its own: none is ignored."""
    if region is not None:
        raise Invalid("own_list_has_no_region", "region")
    for name, value in filters.items():
        if value is not None:
            raise Invalid("own_list_has_no_filter", name)
