"""What is put right about a case, because a request was written down wrongly."""

from collections.abc import Collection, Sequence

from services.intake.cases.domain import Case
from services.intake.cases.values import (
    AskedNeed,
    Need,
    NeedChanges,
    NeedEdit,
    Status,
    joined,
)
from services.intake.codes.values import ClosedReason, Urgency
from services.intake.families.domain import Family
from services.intake.families.values import Stamp
from services.intake.requests.domain import Request
from shared.domain import Moment
from shared.errors import IllegalStep, NotFound


def require_open(case: Case) -> None:
    """Refuse to write down more about what is over: the caller asks anew."""
    if case.closed_reason is ClosedReason.ERASED:
        raise IllegalStep("person_was_erased", ("register_again",))
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
        raise IllegalStep("case_is_with_headquarters", (*before.of_next("add"), "leave_note"))
    also = tuple(need for each in others for need in each.needs)
    return case.record(
        stamp,
        "mended",
        ref=before.request_id,
        needs=_mended_needs(case.needs, stamp, before.needs, after.needs, changes, also),
        district=case.district if others else district or case.district,
        urgent=any(each.urgent for each in (after, *others)),
    )


def without_addition(request: Request, addition: str) -> Request:
    """Return a request without what was added to it at one time; how urgent it is stays."""
    if addition not in request.all_additions:
        raise NotFound("addition")
    return request._with(
        additions=tuple(each for each in request.additions if each != addition),
        needs=tuple(need for need in request.needs if need.addition != addition),
    )


def take_out_addition(
    case: Case,
    stamp: Stamp,
    wrong: Sequence[AskedNeed],
    left: Sequence[Request],
    reason: str,
) -> Case:
    """Take out what was added to a request by mistake; what the requests `left` ask for stays.

    What a guardian is searched for stays without its words, until headquarters has looked.
    """
    also = tuple(need for each in left for need in each.needs)
    needs = _without_asked(case, stamp, wrong, also)
    if _lacks_needs(case._with(needs=needs)):
        needs = _without_asked(case, stamp, wrong, also, keeps_needs=True)
    return case.record(stamp, "addition_withdrawn", reason, left[0].request_id, needs=needs)


def disown_case(case: Case, stamp: Stamp, request: Request, others: Sequence[Request]) -> Case:
    """Take out what a request asked for that was another family's; the `others` keep theirs."""
    if case.open and not others:
        steps = case.of_next("take", "take_over", "triage", "withdraw")
        raise IllegalStep("case_is_of_this_request", steps)
    left = _without_requests(case, stamp, [request], others)
    if _lacks_needs(left):
        steps = case.of_next("take_over", "clarify_needs", "lift_care", "withdraw")
        raise IllegalStep("search_is_of_this_request", steps)
    return left


def disown_facts(record: Family, request: Request, at: Moment) -> Family:
    """Let a record have no contact, groups and consents that another family's request said.

    A consent stays as evidence, and holds no more.
    """
    consents = tuple(
        each.withdrawn_for(each.purpose, each.recipient, at)
        if each.given_at == request.received_at
        else each
        for each in record.consents
    )
    contacts = tuple(each for each in record.contacts if each != request.noted_contact(record))
    refs = tuple(each for each in record.sensitive_refs if each != request.request_id)
    return record._with(contacts=contacts, consents=consents, sensitive_refs=refs)


def separate_case(
    case: Case, stamp: Stamp, leaving: Sequence[Request], others: Sequence[Request]
) -> Case:
    """Take out what requests of a family asked for that was held for this one.

    What a guardian is searched for stays without its words, until headquarters has looked.
    """
    left = _without_requests(case, stamp, leaving, others)
    if _lacks_needs(left):
        return _without_requests(case, stamp, leaving, others, keeps_needs=True)
    return left


def _lacks_needs(case: Case) -> bool:
    return case.status in (Status.CARE_REQUIRED, Status.MATCHED) and not case.open_needs


def _without_requests(
    case: Case,
    stamp: Stamp,
    leaving: Sequence[Request],
    others: Sequence[Request],
    *,
    keeps_needs: bool = False,
) -> Case:
    """Return a case without some requests, and without what they alone asked for."""
    asked, also = (tuple(n for each in some for n in each.needs) for some in (leaving, others))
    needs = _without_asked(case, stamp, asked, also, keeps_needs=keeps_needs)
    gone = {each.request_id: each.number for each in leaving}
    requests = tuple(each for each in case.requests if each not in gone)
    # Once a coordinator has the case, it says itself whether the case can wait.
    early = case.status is Status.RECEIVED
    urgent = any(each.urgent for each in others) if early else case.urgent
    left = case._with(needs=needs, requests=requests, urgent=urgent)
    if case.number in gone.values():  # its family names a call of its own
        left = left._with(number=next((one.number for one in others if one.heard), case.number))
    for each in leaving:
        left = left.record(stamp, "disowned", ref=each.request_id)
    return left


def _without_asked(
    case: Case,
    stamp: Stamp,
    asked: Sequence[AskedNeed],
    also: tuple[AskedNeed, ...],
    *,
    keeps_needs: bool = False,
) -> tuple[Need, ...]:
    """Return needs without what was asked; of those that are kept the words alone go."""
    still = set() if keeps_needs else {need.need_id for need in case.open_needs}
    taken = {each.need_id: "mistake" for each in asked if each.need_id in still}
    return _mended_needs(case.needs, stamp, asked, (), NeedChanges(dropped=taken), also)


def _mended_needs(
    needs: tuple[Need, ...],
    stamp: Stamp,
    before: Sequence[AskedNeed],
    after: Sequence[AskedNeed],
    changes: NeedChanges,
    also: tuple[AskedNeed, ...],
) -> tuple[Need, ...]:
    """Return needs as if it had been asked right at first; what others `also` ask for stays.

    What is wrong is taken out of each need of its kind, with what others say of it; then the
    request is put right, and the others ask for theirs again.
    """
    wrong = tuple(need for need in before if need not in after)
    # What the family has changed or taken back since is asked again by no one.
    kinds = {need.category for need in wrong} & {need.category for need in needs if need.open}
    theirs = _asked_again(needs, kinds, also)
    bare = _without(needs, wrong, theirs, after)
    right = _keeping_theirs(changes.about(needs), bare, after, theirs)
    mended = right.apply(bare, by=stamp.by, at=stamp.at, clarifies=False)
    known = {need.need_id for need in needs}
    joins = (need for need in after if need.need_id not in known)
    anew = (each for each in joins if each not in before or each.category in kinds)
    return joined(mended, (*theirs, *anew), stamp.by, stamp.at)


def _asked_again(
    needs: Sequence[Need], kinds: Collection[str], also: Sequence[AskedNeed]
) -> tuple[AskedNeed, ...]:
    """Return what other requests ask for of these kinds, as far as it is of its kind still."""
    changed = {need.need_id for need in needs if need.category not in kinds}
    return tuple(n for n in also if n.category in kinds and n.need_id not in changed)


def _without(
    needs: Sequence[Need],
    wrong: Sequence[AskedNeed],
    theirs: Sequence[AskedNeed],
    right: Sequence[AskedNeed],
) -> tuple[Need, ...]:
    """Return needs without what was said of them wrongly, and without what others say again."""
    said = {need.text_ref for need in (*wrong, *theirs)}
    hasty = {need.category for need in wrong if need.urgency is Urgency.URGENT}
    own = {need.need_id for need in right}

    def bare(need: Need) -> Need:
        refs = tuple(ref for ref in need.text_refs if ref not in said)
        # How urgent a need is that another request brought, the others say.
        eased = need.category in hasty and need.need_id not in own
        urgency = Urgency.NORMAL if eased else need.urgency
        return need.model_copy(update={"text_refs": refs, "urgency": urgency})

    return tuple(map(bare, needs))


def _keeping_theirs(
    changes: NeedChanges,
    bare: Sequence[Need],
    right: Sequence[AskedNeed],
    theirs: Sequence[AskedNeed],
) -> NeedChanges:
    """Return changes that leave what others say: their words, and each need that they ask for."""
    own = {need.need_id: need for need in right}
    left = {need.need_id: need.text_refs for need in bare}
    ours = {need.category for need in bare if need.need_id in own}
    asked = {need.category for need in theirs} - ours
    kept = {need.need_id for need in bare if need.text_refs or need.category in asked}
    return changes.model_copy(
        update={
            "edited": tuple(
                _whole(each, own[each.need_id], left[each.need_id]) for each in changes.edited
            ),
            "dropped": {each: why for each, why in changes.dropped.items() if each not in kept},
        }
    )


def _whole(edit: NeedEdit, now: AskedNeed, others: Sequence[str]) -> NeedEdit:
    """Return an edit with all that is said of a need: by its own request `now`, and by others."""
    urgency = edit.urgency if edit.category is None else now.urgency
    refs = tuple(dict.fromkeys(ref for ref in (now.text_ref, *others) if ref is not None))
    return edit.model_copy(update={"text_refs": refs, "urgency": urgency})
