"""What may be read before one consents."""

from services.intake.codes.values import ConsentPurpose
from shared.api.models import View


class ConsentTextView(View):
    """A text with its consequences; `hash` is SHA-256 of the three, a line each."""

    purpose: ConsentPurpose
    version: str
    text: str
    if_given: str
    if_not: str
    hash: str


class ConsentTextsView(View):
    """The texts in force, one per purpose."""

    items: tuple[ConsentTextView, ...]
