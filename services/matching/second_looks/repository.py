"""Where looks are kept: `SECOND_LOOK#<id>`; the id is the guardian's under another prefix."""

from typing import ClassVar

from services.matching.second_looks.domain import SecondLook, look_id
from shared.storage.repository import Repository


class SecondLooks(Repository[SecondLook]):
    """The latest look for each guardian."""

    model: ClassVar[type[SecondLook]] = SecondLook
    prefix: ClassVar[str] = "SECOND_LOOK"
    id_field: ClassVar[str] = "look_id"

    def of(self, guardian_id: str) -> SecondLook | None:
        """Return the latest look for a guardian, if there was one."""
        return self.find(look_id(guardian_id))
