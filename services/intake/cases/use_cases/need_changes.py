"""From what people write about needs to facts for the case and words for the vault."""

from collections.abc import Sequence

from services.intake.cases.commands import ClarifyNeeds, NewNeed, OwnNeeds
from services.intake.cases.needs import Need, NeedChanges, NeedEdit
from services.intake.cases.values import Stamp
from shared import ids
from shared.errors import Invalid

Words = dict[str, str]


def new_needs(
    wanted: Sequence[NewNeed], now: Stamp, record: str, pointer: str
) -> tuple[tuple[Need, ...], Words]:
    """The needs with ids, and the words about them for the vault's `record`."""
    needs: list[Need] = []
    words: Words = {}
    for place, new in enumerate(wanted):
        if new.category == "other" and new.text is None:
            raise Invalid("describe_other_need", f"{pointer}/{place}/text")
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
    command: OwnNeeds, now: Stamp, record: str, *, clarified: bool
) -> tuple[NeedChanges, Words]:
    """What a call changes about needs, and the new words for the vault's `record`."""
    added, words = new_needs(command.add, now, record, "/add")
    if clarified:
        added = tuple(need.model_copy(update={"clarified": True}) for need in added)
    for place, change in enumerate(command.change):
        if change.category == "other" and change.text is None:
            raise Invalid("describe_other_need", f"/change/{place}/text")
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
            for change in command.change
        ),
        confirmed=tuple(command.confirm) if isinstance(command, ClarifyNeeds) else (),
        met=tuple(command.met),
        dropped={drop.need_id: drop.reason for drop in command.drop},
    )
    if changes == NeedChanges():
        raise Invalid("nothing_to_change")
    return changes, words
