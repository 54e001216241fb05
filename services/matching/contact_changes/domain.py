"""The change of the contact by which a guardian's people or a volunteer are reached."""

from typing import Self

from shared.domain import Aggregate


class ContactChange(Aggregate):
    """One change: the owner's own waits for two codes, that of headquarters is done at once.

    `owner_id` is a guardian or a volunteer, `contact` the blind index of the new contact; the codes
    are sign-ins to the old and the new one. The vault keeps the new contact for it, and the former
    one from the change on.
    """

    id: str
    owner_id: str
    region: str
    contact: str
    old_code: str | None = None
    new_code: str | None = None

    def await_codes(self, old_code: str, new_code: str) -> Self:
        """Wait for the codes that go to both contacts."""
        return self._with(old_code=old_code, new_code=new_code)
