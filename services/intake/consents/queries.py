"""Which texts families are asked to consent to."""

from services.intake.codes.values import ConsentPurpose
from services.intake.consents.repository import text_in_force
from services.intake.consents.views import ConsentTextsView, ConsentTextView


def list_consent_texts() -> ConsentTextsView:
    """Show the texts that are read to families, and what follows from a yes and a no."""
    texts = (text_in_force(purpose) for purpose in ConsentPurpose)
    return ConsentTextsView(items=tuple(ConsentTextView.of(each) for each in texts))
