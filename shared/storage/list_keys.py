"""Keys of the partitions that lists are read from; repositories file rows under them."""

UNASSIGNED = "FEDERAL#unassigned"
# The region of what concerns all of them.
EVERYWHERE = "ALL"


def region_key(region: str) -> str:
    """Return the list partition of a region; a repository files rows under it."""
    return f"REGION#{region}"


def org_key(org: str) -> str:
    """Return the list partition of an organisation."""
    return f"ORG#{org}"


def person_key(person: str) -> str:
    """Return the list partition of a person or family."""
    return f"PERSON#{person}"
