"""The change of the phone that proves a holder."""

from typing import Self

from shared.domain import Aggregate


class ContactChange(Aggregate):
    """One change: the holder's own waits for two codes, that of the staff is done at once.

    `contact` is the keyed index of the new phone; the codes are sign-ins to the old and the new
    one. `notifies_former` says whether the old contact gets a message.
    """

    id: str
    holder_id: str
    region: str
    contact: str
    old_code: str | None = None
    new_code: str | None = None
    notifies_former: bool = False

    def awaiting(self, old_code: str, new_code: str) -> Self:
        """Let the change wait for both codes."""
        return self._with(old_code=old_code, new_code=new_code)
