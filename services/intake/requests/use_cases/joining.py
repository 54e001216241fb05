"""What becomes of a request that is kept: it joins the open case of its family, or makes one."""

from services.intake.cases import events as case_events
from services.intake.cases.coordination.limits import OPENED
from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases, follow
from services.intake.cases.values import Need
from services.intake.codes.values import EndReason, Relation
from services.intake.families import events as family_events
from services.intake.families.domain import Family
from services.intake.families.policy import stamp
from services.intake.families.repository import Families
from services.intake.requests import events
from services.intake.requests.commands import EndRequest
from services.intake.requests.domain import MOST_FORGOTTEN, Request
from services.intake.requests.policy import load_authorised
from services.intake.requests.repository import Requests
from services.intake.requests.values import RequestId, RequestStatus
from shared import ids
from shared.errors import IllegalStep, VersionConflict
from shared.events.base import Received
from shared.events.intake import FamilyErased
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt

# As many as one commit ends of what a forgotten family asked; one more then goes on.
MOST_ENDED = 5


def join_due(
    request_id: str,
    context: CommandContext,
    requests: Requests,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> None:
    """Add a request to the open case of its family, or forget words that are kept no longer."""
    request = requests.get(request_id)
    if request.words_with is not None:
        context.reason = EndReason.OTHER_FAMILY
        gone = request.words_left[:MOST_FORGOTTEN]
        writes = [row for each in gone for row in vault.forget(request.words_with, each)]
        requests.save(context, request.forget_more(), writes=writes)
    elif request.family_id is None and request.ended_at is not None:
        context.reason = "purpose_ended"
        requests.save(context, request.forget_words(), writes=vault.erase(request_id))
    elif request.joins and request.family_id is not None:
        _join(request, request.family_id, context, requests, families, cases)


def _join(
    request: Request,
    family_id: str,
    context: CommandContext,
    requests: Requests,
    families: Families,
    cases: Cases,
) -> None:
    family = families.get(family_id)
    open_case = family.open_case_of(request.programme)
    if family.erased:
        _end_questions(family_id, context, requests)
    elif open_case is None:  # one that was closed meanwhile is not opened again
        _save_with_case(request, family, context, requests, families, cases)
    else:
        case = cases.get(open_case)
        if not case.open:  # closed since its family was read
            raise VersionConflict
        after = case.join(
            request.stamp,
            request.request_id,
            request.needs,
            urgent=request.urgent,
            heard=request.heard,
            check=family.needs_check,
        )
        joined = request.join(open_case)
        changes = case_events.of_change(case, after, family)
        known = case_events.as_guardians_see(family, after)
        published = [events.of_joining(joined, opened=False), *changes, *known]
        requests.save(context, joined, cases.row(after), events=published)


def open_case(
    request_id: RequestId,
    context: CommandContext,
    requests: Requests,
    families: Families,
    cases: Cases,
) -> Receipt:
    """Make a case of a request that was only a question at first."""
    request = load_authorised(request_id, "open_case", context.actor, requests)
    if request.family_id is None:
        raise IllegalStep("request_without_family", ("register_again", *request.of_next("end")))
    family = families.get(request.family_id)
    if family.erased:
        last = tuple(step for step in request.next_steps if step == "end")
        raise IllegalStep("person_was_erased", last)
    asked = request.ask_for_case(family)
    if asked.joins:
        return requests.save(context, asked)
    return _save_with_case(asked, family, context, requests, families, cases)


def end_request(
    request_id: RequestId, body: EndRequest, context: CommandContext, requests: Requests
) -> Receipt:
    """End a request that is no case: the question is answered, or no family needs help."""
    request = load_authorised(request_id, "end_request", context.actor, requests)
    return _end(request, body.reason, context, requests)


def end_questions(
    received: Received[FamilyErased], context: CommandContext, requests: Requests
) -> None:
    """End what a family asked that is forgotten: no one can answer it any more."""
    _end_questions(received.event.family_id, context, requests)


def _end_questions(family_id: str, context: CommandContext, requests: Requests) -> None:
    asked = requests.of_family([family_id])
    waiting = [each for each in asked if each.status is RequestStatus.RECEIVED]
    if not waiting:
        return
    context.reason, now = EndReason.FAMILY_ERASED, stamp(context)
    ended = [each.end(now, EndReason.FAMILY_ERASED) for each in waiting[:MOST_ENDED]]
    next_one = (each.go_on() for each in waiting[MOST_ENDED : MOST_ENDED + 1])
    first, *others = (*ended, *next_one)
    changes = [events.of_end(each) for each in ended]
    requests.save(context, first, *map(requests.row, others), events=changes)


def _end(request: Request, reason: str, context: CommandContext, requests: Requests) -> Receipt:
    context.reason = reason
    ended = request.end(stamp(context), reason)
    return requests.save(context, ended, events=[events.of_end(ended)])


def _save_with_case(
    request: Request,
    family: Family,
    context: CommandContext,
    requests: Requests,
    families: Families,
    cases: Cases,
) -> Receipt:
    case = new_case(request, family, ids.new("cas"))
    case = case.record(stamp(context), OPENED, ref=request.request_id)
    left = follow(family, case)
    joined = request.join(case.case_id)
    return requests.save(
        context,
        joined,
        cases.row(case),
        families.row(left),
        events=[events.of_joining(joined, opened=True), *family_events.of_reach(family, left)],
    )


def new_case(request: Request, family: Family, case_id: str) -> Case:
    """Return the case that a request makes for its family."""
    stamp = request.stamp
    return Case.receive(
        stamp,
        case_id=case_id,
        number=request.number,
        family_id=request.family_id or family.family_id,
        requests=(request.request_id,),
        region=request.region,
        district=request.district or family.district,
        programme=request.programme,
        purpose=request.purpose,
        channel=request.channel,
        urgent=request.urgent,
        needs_check=family.needs_check or request.applicant_relation == Relation.OTHER,
        beneficiary_key=family.beneficiary_key,
        needs=tuple(Need.of_asked(each, stamp.by, stamp.at) for each in request.needs),
    )
