"""A paper on which a family has said something: whose it is, so that it speaks for no other."""

from shared.storage.rows import UniqueName


def paper_of(family_id: str, region: str, ref: str | None) -> list[UniqueName]:
    """Return the name by which a paper belongs to the first family that it was named for."""
    if ref is None:
        return []
    return [UniqueName(f"PAPER#{region}#{ref}", family_id, taken_from=family_id)]
