"""What is put right about a case, because a request was written down wrongly."""

from services.intake.cases.domain import Case
from services.intake.cases.values import Need, NeedChanges, NeedEdit, Status, joined
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
) -> Case:
    """Put right what a request was written down with; only before headquarters takes the case.

    District and urgency are the request's only while the case has no other.
    """
    require_open(case)
    if case.status is not Status.RECEIVED:
        raise IllegalStep("case_is_with_headquarters", ("add", "leave_note"))
    own = case.requests == (before.request_id,)
    needs = _changed(case, before, changes).apply(
        case.needs, by=stamp.by, at=stamp.at, clarifies=False
    )
    return case.record(
        stamp,
        "mended",
        ref=before.request_id,
        needs=_joined_anew(needs, stamp, before, after),
        district=district if own and district else case.district,
        urgent=after.urgent if own else case.urgent,
    )


def _changed(case: Case, request: Request, changes: NeedChanges) -> NeedChanges:
    """Return the changes of needs that the request brought; what other calls say of them stays."""
    former = {need.need_id: need.text_ref for need in request.needs}
    others = {
        need.need_id: tuple(ref for ref in need.text_refs if ref != former.get(need.need_id))
        for need in case.needs
    }

    def whole(edit: NeedEdit) -> NeedEdit:
        refs = None if edit.text_refs is None else (*edit.text_refs, *others[edit.need_id])
        return edit.model_copy(update={"text_refs": refs})

    ours = changes.about(case.needs)
    dropped = {each: reason for each, reason in ours.dropped.items() if not others[each]}
    return ours.model_copy(update={"edited": tuple(map(whole, ours.edited)), "dropped": dropped})


def _joined_anew(
    needs: tuple[Need, ...], stamp: Stamp, before: Request, after: Request
) -> tuple[Need, ...]:
    """Return needs with what is put right of those that an earlier call had asked for already."""
    kept = {need.need_id for need in needs} & {need.need_id for need in after.needs}
    wrong = {
        need.need_id: need.text_ref
        for need in before.needs
        if need not in after.needs and need.need_id not in kept
    }
    gone = wrong.values()
    right = (need for need in after.needs if need.need_id in wrong)
    others = tuple(
        need.model_copy(
            update={"text_refs": tuple(ref for ref in need.text_refs if ref not in gone)}
        )
        for need in needs
    )
    return joined(others, right, stamp.by, stamp.at)
