"""Which waiting families a guardian suits since it became ready."""

from datetime import datetime
from typing import Self

from shared.domain import Aggregate


class SecondLook(Aggregate):
    """The latest look at the waiting families for one guardian; `open` until it is proposed."""

    look_id: str
    guardian_id: str
    region: str
    programme: str
    looked_at: datetime
    case_ids: tuple[str, ...] = ()
    open: bool = True

    def end(self) -> Self:
        """Note that the guardian was proposed to a family."""
        return self._with(open=False)


def look_id(guardian_id: str) -> str:
    """Return the id of the one look for a guardian."""
    return guardian_id.replace("gua_", "loo_", 1)
