"""Footer links as `policy.cedar` sees them."""

from shared.identity.policy import Resource


def resource(region: str) -> Resource:
    """Return the links of a region, or of all, as a resource."""
    return Resource("Lines", region, region=region)
