"""A holder: one person, whatever cards she has had, and the phone by which she proves herself."""

from datetime import datetime
from typing import Self

from shared.domain import Aggregate
from shared.errors import IllegalStep


class Holder(Aggregate):
    """The person behind file numbers of the offices.

    `contact` is the keyed index of the phone that is hers alone, `contact_since` when it became
    so; None while another holder has it, or she is erased. `phone` is the index of the phone that
    she gave last, hers alone or not; `shared` that of another holder's which she uses as well, as a
    leader knows. From `stolen_at` on the contact proves nothing, until it changes or is found.
    Devices that were signed in before `signed_out_at` (by the wall's time) are out.
    """

    id: str
    region: str
    file_numbers: tuple[str, ...]
    contact: str | None = None
    contact_since: datetime | None = None
    signed_out_at: datetime | None = None
    phone: str | None = None
    shared: str | None = None
    stolen_at: datetime | None = None

    def bind(self, contact: str | None, at: datetime) -> Self:
        """Take a contact as the one that proves her; the one before proves nothing any more."""
        if contact == self.contact:
            return self
        bound = self._with(contact=contact, contact_since=at)
        return bound if contact is None else bound._with(phone=contact, shared=None, stolen_at=None)

    def prove_anew(self, contact: str, at: datetime) -> Self:
        """Take a contact that the staff knows to be hers: a stolen SIM comes back by number."""
        return self.bind(None, at).bind(contact, at)

    def give(self, phone: str) -> Self:
        """Note the phone by which she is reached, also where it proves another."""
        return self if phone == self.phone else self._with(phone=phone)

    def forget(self, at: datetime) -> Self:
        """Let no phone be hers."""
        return self.bind(None, at)._with(shared=None, phone=None)

    def share(self, contact: str) -> Self:
        """Note that she uses a phone which proves another person."""
        return self._with(shared=contact)

    def report_theft(self, at: datetime) -> Self:
        """Note that the contact is in other hands."""
        return self._with(stolen_at=at)

    def found(self, before: datetime | None) -> Self:
        """Note that the contact is in her hands again; one that was stolen before is not."""
        return self._with(stolen_at=before if self._is_as_old_as(before) else None)

    def is_proved_by(self, contact: str, asked_at: datetime) -> bool:
        """Whether a code proves her that was asked for to a contact, then hers as it is now."""
        since = self.contact_since
        return self.contact == contact and not self.stolen_at and not (since and asked_at < since)

    def require_contact(self) -> None:
        """Refuse what the contact would prove while it is in other hands."""
        if self.stolen_at is not None:
            raise IllegalStep("contact_stolen")

    def had_stolen_contact(self, theft: datetime | None) -> bool:
        """Whether her contact is in other hands, or as old as a theft that was reported."""
        return self._is_as_old_as(theft) or self.stolen_at is not None

    def _is_as_old_as(self, theft: datetime | None) -> bool:
        return theft is not None and (self.contact_since is None or self.contact_since <= theft)

    def sign_out(self, at: datetime) -> Self:
        """Sign her out everywhere."""
        return self._with(signed_out_at=at)

    def is_signed_in(self, since: datetime) -> bool:
        """Return whether a device that was signed in then still is."""
        return self.signed_out_at is None or since > self.signed_out_at
