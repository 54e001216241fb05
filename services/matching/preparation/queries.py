"""What is read before an agreement on taking part is signed."""

from services.matching.preparation.values import ParticipationText, current


def view_participation_text() -> ParticipationText:
    """Show the text that guardian and headquarters sign, with its version and hash."""
    return current()
