"""From what people write about needs to values of the case and words for the vault."""

from collections.abc import Iterable, Sequence

from services.intake.cases.commands import (
    MAX_AT_ONCE,
    ChangedNeed,
    ClarifyNeeds,
    DroppedNeed,
    NeedCommand,
    NewNeed,
)
from services.intake.cases.domain import Case
from services.intake.cases.repository import sealed_words
from services.intake.cases.values import AskedNeed, Need, NeedChanges, NeedEdit
from services.intake.codes.values import Category
from services.intake.families.values import Stamp
from services.intake.families.vault_records import forget_words, text_ref
from shared import ids
from shared.errors import Invalid
from shared.privacy.vault import Vault
from shared.storage.rows import RawWrite

Words = dict[str, str]
# Records of words that are in no request; a need has words in one of them at most.
OF_CASE = "txt"


def asked_needs(
    wanted: Sequence[NewNeed], record: str, pointer: str
) -> tuple[tuple[AskedNeed, ...], Words]:
    """Return the needs with their ids, and the words about them for the vault's `record`."""
    needs: list[AskedNeed] = []
    words: Words = {}
    for place, new in enumerate(wanted):
        _check_described(new.category, new.text, f"{pointer}/{place}/text")
        need_id = ids.new("ned")
        if new.text is not None:
            words[need_id] = new.text
        needs.append(
            AskedNeed(
                need_id=need_id,
                category=new.category,
                urgency=new.urgency,
                text_ref=None if new.text is None else text_ref(record, need_id),
            )
        )
    return tuple(needs), words


def need_changes(
    body: NeedCommand, now: Stamp, record: str, *, clarified: bool
) -> tuple[NeedChanges, Words]:
    """Return what a command changes about needs, and the new words for the vault's `record`."""
    asked, words = asked_needs(body.add, record, "/add")
    added = (Need.of_asked(each, now.by, now.at) for each in asked)
    known = {"clarified": clarified}
    for place, change in enumerate(body.change):
        if (change.category, change.text, change.urgency) == (None, None, None):
            raise Invalid("nothing_to_change", f"/change/{place}")
        _check_described(change.category, change.text, f"/change/{place}/text")
        if change.text is not None:
            words[change.need_id] = change.text
    changes = NeedChanges(
        added=tuple(need.model_copy(update=known) for need in added),
        edited=tuple(_edit(each, record) for each in body.change),
        confirmed=tuple(body.confirm) if isinstance(body, ClarifyNeeds) else (),
        met=tuple(body.met),
        dropped=_dropped(body.drop),
    )
    says_urgency = isinstance(body, ClarifyNeeds) and body.urgency is not None
    if changes == NeedChanges() and not says_urgency:
        raise Invalid("nothing_to_change")
    return changes, words


def _edit(change: ChangedNeed, record: str) -> NeedEdit:
    """Return what is changed about a need; new words of it are in the vault's `record`."""
    refs = None if change.text is None else (text_ref(record, change.need_id),)
    return NeedEdit(
        need_id=change.need_id, category=change.category, urgency=change.urgency, text_refs=refs
    )


def _dropped(drops: Iterable[DroppedNeed]) -> dict[str, str]:
    """Return why each need goes off the list; of two reasons for one need one would be lost."""
    reasons: dict[str, str] = {}
    for place, drop in enumerate(drops):
        if drop.need_id in reasons:
            raise Invalid("need_not_open", f"/drop/{place}")
        reasons[drop.need_id] = drop.reason
    return reasons


def changed_words(
    before: Case, after: Case, record: str, words: Words, vault: Vault
) -> list[RawWrite]:
    """Return the rows that keep new words about needs, and no more those that they replace.

    What a request says stays with the request.
    """
    known = {ref for need in before.needs for ref in need.text_refs if ref.startswith(OF_CASE)}
    replaced = known.difference(*(need.text_refs for need in after.needs))
    forgotten = forget_words(before.family_id, replaced, vault, MAX_AT_ONCE)
    return [*sealed_words(before.family_id, record, words, vault), *forgotten]


def _check_described(category: str | None, text: str | None, pointer: str) -> None:
    """Refuse a need of another kind that no words describe."""
    if category == Category.OTHER and text is None:
        raise Invalid("describe_other_need", pointer)
