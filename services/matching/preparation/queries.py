"""What is read before an agreement on taking part is signed."""

from services.matching.participation.values import ParticipationText, current, texts
from services.matching.preparation.commands import TextQuery
from shared.errors import NotFound


def view_participation_text(query: TextQuery) -> ParticipationText:
    """Show the text that guardian and headquarters sign, or one of before, with its hash."""
    if query.version is None:
        return current()
    if query.version not in texts():
        raise NotFound("participation_text")
    return texts()[query.version]
