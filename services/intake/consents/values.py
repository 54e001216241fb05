"""A text that a family consents to, with what follows."""

from functools import cached_property
from hashlib import sha256

from services.intake.codes.values import ConsentPurpose
from shared.domain import ValueObject


class ConsentText(ValueObject):
    """One version of a text, as it is read to a family or shown to it."""

    purpose: ConsentPurpose
    version: str
    text: str
    if_given: str
    if_not: str

    @cached_property
    def hash(self) -> str:
        """SHA-256 in hex of what is shown: the text and both consequences, a line each."""
        shown = "\n".join((self.text, self.if_given, self.if_not))
        return sha256(shown.encode()).hexdigest()
