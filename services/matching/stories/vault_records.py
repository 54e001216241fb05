"""The sealed text of a story, under the family's case id."""

TEXT = "text"


def record_name(story_id: str) -> str:
    """Return the name of a story's record."""
    return f"story#{story_id}"
