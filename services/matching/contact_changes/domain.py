"""The change of the contact by which a guardian's people sign in."""

from datetime import datetime
from typing import Self

from shared.domain import Aggregate


class ContactChange(Aggregate):
    """One change: the guardian's own waits for two codes, that of headquarters is done at once.

    `contact` is the blind index of the new phone; the codes are sign-ins to the old and the new
    contact. The vault keeps the new contact for it, and the former one from the change on.
    """

    id: str
    guardian_id: str
    region: str
    contact: str
    old_code: str | None = None
    new_code: str | None = None
    done_at: datetime | None = None

    def finish(self, at: datetime) -> Self:
        """Note that the new contact proves the guardian's people now."""
        return self._with(done_at=at)
