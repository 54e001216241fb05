"""The cases of a coordinator who is ill or leaves go over to a colleague, a few at a time."""

from collections.abc import Iterable

from services.intake.caseloads import events
from services.intake.caseloads.commands import TransferCaseload
from services.intake.caseloads.domain import MOST_CASES, CaseloadTransfer
from services.intake.caseloads.policy import ACTION, require_transfer
from services.intake.caseloads.repository import CaseloadTransfers
from services.intake.caseloads.values import CaseResult
from services.intake.cases.coordination import taking
from services.intake.cases.coordination.limits import COORDINATOR
from services.intake.cases.repository import Cases
from services.intake.families.policy import stamp
from shared import clock, ids
from shared.errors import IllegalStep, Invalid
from shared.principal import Principal
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt

# A case takes some reads and one commit; a step ends long before its worker's time does.
CASES_OF_STEP = 25
# By so many of a colleague's own cases it is seen in which roles the colleague works.
MOST_LOOKED_AT = 100
# By so many of the caseloads that a colleague gave away it is seen when none is left.
MOST_GIVEN = 10


def transfer_caseload(
    body: TransferCaseload, context: CommandContext, transfers: CaseloadTransfers, cases: Cases
) -> Receipt:
    """Hand open cases of a coordinator over to a colleague of the same role and region."""
    transfer = _opened(body, context.actor)
    require_transfer(transfer, context.actor)
    if body.district_id is not None:
        regions.check_district(body.region, body.district_id)
    if body.taken_from == body.taken_by:
        raise Invalid("caseload_stays", "/taken_by")
    roles = _roles(transfer, context.actor, transfers, cases)
    if not roles:
        raise Invalid("colleague_unknown", "/taken_by")
    known = transfer.model_copy(update={"roles": roles})
    if body.case_ids:
        planned = known.choose(body.case_ids, cases.get_many(body.case_ids))
    else:
        planned = _look(known, cases)
    if not planned.cases:
        raise Invalid("caseload_empty", "/taken_from")
    context.reason = body.reason
    return transfers.save(context, planned)


def move_cases(
    transfer_id: str, context: CommandContext, transfers: CaseloadTransfers, cases: Cases
) -> None:
    """Hand the next cases over, each in a commit of its own; after the last one look once more."""
    transfer = transfers.get(transfer_id)
    if transfer.due_at is None:
        return
    part = transfer.of_part(CASES_OF_STEP)
    results = {each.case_id: _move(each.case_id, transfer, context, cases) for each in part}
    after = transfer.note(results, clock.now())
    if not (after.waiting or after.chosen):
        # The list by which they were found may not have shown the last one that was taken.
        after = _look(after, cases)
    if not after.waiting:
        after = after.end(clock.now())
    transfers.save(context, after, events=events.of_end(after))


def _opened(body: TransferCaseload, actor: Principal) -> CaseloadTransfer:
    """Return what is asked for, before it is known in which roles and with which cases."""
    now = clock.now()
    return CaseloadTransfer(
        transfer_id=ids.new("trf"),
        region=body.region,
        district=body.district_id,
        taken_from=body.taken_from,
        taken_by=body.taken_by,
        roles=(),
        reason=body.reason,
        opened_by=actor.id,
        opened_as=actor.role,
        opened_at=now,
        moved_at=now,
    )


def _look(transfer: CaseloadTransfer, cases: Cases) -> CaseloadTransfer:
    return transfer.plan(cases.taken_in(transfer.region, transfer.taken_from, MOST_CASES + 1))


def _roles(
    transfer: CaseloadTransfer, actor: Principal, transfers: CaseloadTransfers, cases: Cases
) -> tuple[str, ...]:
    """Return in which roles the cases may go over: a case manager's word is of her own alone."""
    known = set(_known_roles(transfer, actor, transfers, cases))
    return tuple(sorted(known if actor.role == COORDINATOR else known & {actor.role}))


def _known_roles(
    transfer: CaseloadTransfer, actor: Principal, transfers: CaseloadTransfers, cases: Cases
) -> Iterable[str]:
    """Yield in which roles a colleague is known to work in the region.

    By a case that the colleague has taken there, or has had until they went over to another one,
    by the region's lead, or by the caller's token: an account that was mistyped has none of these,
    and would keep the cases for good.
    """
    if transfer.taken_by == actor.id:
        yield actor.role
    if transfer.taken_by in regions.region(transfer.region).lead:
        yield COORDINATOR
    for case in cases.taken_in(transfer.region, transfer.taken_by, MOST_LOOKED_AT):
        yield case.coordinator_role
    for former in transfers.given_by(transfer.region, transfer.taken_by, MOST_GIVEN):
        yield from former.roles if former.moved else ()


def _move(
    case_id: str, transfer: CaseloadTransfer, context: CommandContext, cases: Cases
) -> CaseResult:
    """Hand one case over, unless it has gone its own way meanwhile."""
    file = cases.open_file(case_id)
    result = transfer.result_of(file.case)
    if result is not CaseResult.WAITING:
        return result
    asked = Principal(transfer.opened_by, "person", transfer.opened_as)
    of_case = CommandContext(
        asked, ACTION, context.correlation_id, context.causation_id, reason=transfer.reason
    )
    try:
        after = taking.hand_over(file.case, stamp(of_case), transfer.taken_by, transfer.reason)
        cases.save_change(of_case, file, after)
    except IllegalStep:  # one case that stays holds up no other
        return CaseResult.REFUSED
    return CaseResult.MOVED
