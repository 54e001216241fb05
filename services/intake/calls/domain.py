"""What is put right about a case, because a request was written down wrongly."""

from collections.abc import Sequence

from services.intake.cases.domain import Case
from services.intake.cases.values import (
    AskedNeed,
    Need,
    NeedChanges,
    NeedEdit,
    Status,
    joined,
)
from services.intake.codes.values import Urgency
from services.intake.families.values import Stamp
from services.intake.requests.domain import Request
from shared.errors import IllegalStep


def require_open(case: Case) -> None:
    """Refuse to write down more about what is over: the caller asks anew."""
    if not case.open:
        raise IllegalStep("request_is_over", ("register_again",))


def mend_case(
    case: Case,
    stamp: Stamp,
    before: Request,
    after: Request,
    changes: NeedChanges,
    district: str | None,
    others: Sequence[Request],
) -> Case:
    """Put right what a request was written down with; only before headquarters takes the case.

    The `others` of the case keep what they say: the case has a district of its own then.
    """
    require_open(case)
    if case.status is not Status.RECEIVED:
        raise IllegalStep("case_is_with_headquarters", ("add", "leave_note"))
    also = tuple(need for each in others for need in each.needs)
    return case.record(
        stamp,
        "mended",
        ref=before.request_id,
        needs=_mended_needs(case.needs, stamp, before, after, changes, also),
        district=case.district if others else district or case.district,
        urgent=any(each.urgent for each in (after, *others)),
    )


def _mended_needs(
    needs: tuple[Need, ...],
    stamp: Stamp,
    before: Request,
    after: Request,
    changes: NeedChanges,
    also: tuple[AskedNeed, ...],
) -> tuple[Need, ...]:
    """Return needs as if the request had been right at first; what others `also` ask for stays.

    What is wrong is taken out of each need of its kind, with what others say, who ask for it again.
    """
    wrong = tuple(need for need in before.needs if need not in after.needs)
    # What the family has changed or taken back since is asked again by no one.
    kinds = {need.category for need in wrong} & {need.category for need in needs if need.open}
    changed = {need.need_id for need in needs if need.category not in kinds}
    others = tuple(n for n in also if n.category in kinds and n.need_id not in changed)
    said = {need.text_ref for need in (*wrong, *others)}
    hasty = {need.category for need in wrong if need.urgency is Urgency.URGENT}
    right = {need.need_id: need for need in after.needs}
    left = {n.need_id: tuple(ref for ref in n.text_refs if ref not in said) for n in needs}

    def bare(need: Need) -> Need:
        """Return a need without these words; how urgent one is that is not ours others say."""
        eased = need.category in hasty and need.need_id not in right
        urgency = Urgency.NORMAL if eased else need.urgency
        return need.model_copy(update={"text_refs": left[need.need_id], "urgency": urgency})

    def whole(edit: NeedEdit) -> NeedEdit:
        """Return an edit with all that the request says of a need that it brought."""
        now = right[edit.need_id]
        own = () if now.text_ref is None else (now.text_ref,)
        refs = tuple(dict.fromkeys((*own, *left[edit.need_id])))
        urgency = edit.urgency if edit.category is None else now.urgency
        return edit.model_copy(update={"text_refs": refs, "urgency": urgency})

    ours = changes.about(needs)
    theirs = {n.category for n in others} - {n.category for n in needs if n.need_id in right}
    kept = {n.need_id for n in needs if left[n.need_id] or n.category in theirs}
    mended = ours.model_copy(
        update={
            "edited": tuple(map(whole, ours.edited)),
            "dropped": {each: why for each, why in ours.dropped.items() if each not in kept},
        }
    ).apply(tuple(map(bare, needs)), by=stamp.by, at=stamp.at, clarifies=False)
    ours_joined = (need for need in after.needs if need.need_id not in left)
    anew = (n for n in ours_joined if n not in before.needs or n.category in kinds)
    return joined(mended, (*others, *anew), stamp.by, stamp.at)
