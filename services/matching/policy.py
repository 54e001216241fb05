"""Who may do what in matching."""

from shared.errors import Invalid
from shared.identity.policy import Policy

POLICY = Policy.beside(__file__)


def whole_own_list(region: str | None) -> None:
    """Refuse a region where a caller lists all of its own: a filter is never passed over."""
    if region is not None:
        raise Invalid("own_list_has_no_region", "region")
