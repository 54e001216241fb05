"""From what people write about needs to values of the case and words for the vault."""

from collections.abc import Sequence

from services.intake.cases.commands import ClarifyNeeds, NeedCommand, NewNeed
from services.intake.cases.values import Need, NeedChanges, NeedEdit, Stamp
from services.intake.codes.values import Category
from shared import ids
from shared.errors import Invalid

Words = dict[str, str]


def new_needs(
    wanted: Sequence[NewNeed], now: Stamp, record: str, pointer: str
) -> tuple[tuple[Need, ...], Words]:
    """Return the needs with their ids, and the words about them for the vault's `record`."""
    needs: list[Need] = []
    words: Words = {}
    for place, new in enumerate(wanted):
        _check_described(new.category, new.text, f"{pointer}/{place}/text")
        need_id = ids.new("ned")
        if new.text is not None:
            words[need_id] = new.text
        needs.append(
            Need(
                need_id=need_id,
                category=new.category,
                urgency=new.urgency,
                text_ref=None if new.text is None else record,
                changed_by=now.by,
                changed_at=now.at,
            )
        )
    return tuple(needs), words


def need_changes(
    body: NeedCommand, now: Stamp, record: str, *, clarified: bool
) -> tuple[NeedChanges, Words]:
    """Return what a command changes about needs, and the new words for the vault's `record`."""
    added, words = new_needs(body.add, now, record, "/add")
    if clarified:
        added = tuple(need.model_copy(update={"clarified": True}) for need in added)
    for place, change in enumerate(body.change):
        _check_described(change.category, change.text, f"/change/{place}/text")
        if change.text is not None:
            words[change.need_id] = change.text
    changes = NeedChanges(
        added=added,
        edited=tuple(
            NeedEdit(
                need_id=change.need_id,
                category=change.category,
                urgency=change.urgency,
                text_ref=None if change.text is None else record,
            )
            for change in body.change
        ),
        confirmed=tuple(body.confirm) if isinstance(body, ClarifyNeeds) else (),
        met=tuple(body.met),
        dropped={drop.need_id: drop.reason for drop in body.drop},
    )
    if changes == NeedChanges():
        raise Invalid("nothing_to_change")
    return changes, words


def _check_described(category: str | None, text: str | None, pointer: str) -> None:
    """Refuse a need of another kind that no words describe."""
    if category == Category.OTHER and text is None:
        raise Invalid("describe_other_need", pointer)
