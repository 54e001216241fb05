"""A family's needs and the rules for changing them, all at once or not at all."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import BaseModel

from services.intake.cases.values import HELD
from services.intake.codes.values import DropReason, NeedStatus, Urgency
from shared.errors import Invalid

MAX_NEEDS = 30


class Need(BaseModel):
    """One kind of help the family waits for; its words lie in the vault under `text_ref`."""

    model_config = HELD

    need_id: str
    category: str
    urgency: Urgency = Urgency.NORMAL
    status: NeedStatus = NeedStatus.OPEN
    clarified: bool = False
    text_ref: str | None = None
    drop_reason: DropReason | None = None
    changed_by: str
    changed_at: datetime

    @property
    def open(self) -> bool:
        """Whether somebody still has to help with it."""
        return self.status is NeedStatus.OPEN


class NeedEdit(BaseModel):
    """New words, urgency or category for one need; what is None stays."""

    model_config = HELD

    need_id: str
    category: str | None = None
    urgency: Urgency | None = None
    text_ref: str | None = None


class NeedChanges(BaseModel):
    """Everything one call changes about a family's needs."""

    model_config = HELD

    added: tuple[Need, ...] = ()
    edited: tuple[NeedEdit, ...] = ()
    confirmed: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    dropped: Mapping[str, DropReason] = {}

    def apply(
        self, needs: tuple[Need, ...], *, by: str, at: datetime, clarifies: bool
    ) -> tuple[Need, ...]:
        """The needs afterwards; `clarifies` says that headquarters has spoken with the family."""
        open_needs = {need.need_id: need for need in needs if need.open}
        changed: dict[str, Need] = {}
        for group, need_id, update in self._updates():
            if need_id not in open_needs or need_id in changed:
                raise Invalid("need_not_open", pointer=f"/{group}", need_id=need_id)
            stamped = update | {"changed_by": by, "changed_at": at}
            if clarifies:
                stamped["clarified"] = True
            changed[need_id] = open_needs[need_id].model_copy(update=stamped)
        result = tuple(changed.get(need.need_id, need) for need in needs) + self.added
        if len(result) > MAX_NEEDS:
            raise Invalid("too_many_needs", pointer="/add", most=MAX_NEEDS)
        return result

    def _updates(self) -> Iterable[tuple[str, str, dict[str, object]]]:
        for edit in self.edited:
            yield "change", edit.need_id, edit.model_dump(exclude_none=True)
        for need_id in self.confirmed:
            yield "confirm", need_id, {}
        for need_id in self.met:
            yield "met", need_id, {"status": NeedStatus.MET}
        for need_id, reason in self.dropped.items():
            yield "drop", need_id, {"status": NeedStatus.DROPPED, "drop_reason": reason}


def open_needs(needs: Iterable[Need]) -> tuple[Need, ...]:
    """The needs that still wait."""
    return tuple(need for need in needs if need.open)
