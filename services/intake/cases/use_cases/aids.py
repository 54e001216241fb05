"""Help that was given once: recorded, corrected, or taken out where it was none."""

from typing import Any

from services.intake.cases.commands import AidFacts, CorrectAid, RecordAid, WithdrawAid
from services.intake.cases.decisions import Aid
from services.intake.cases.domain import Case
from services.intake.cases.policy import load_authorised
from services.intake.cases.repository import Cases
from services.intake.cases.values import AidId, CaseId
from services.intake.families.policy import stamp
from services.intake.providers.policy import load_chosen
from services.intake.providers.repository import Providers
from shared import ids
from shared.errors import Invalid, Labels, NotFound
from shared.principal import Principal
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


def record_aid(
    case_id: CaseId,
    body: RecordAid,
    context: CommandContext,
    cases: Cases,
    providers: Providers,
) -> Receipt:
    """Record help that was given; the last one of a one-time help closes the case."""
    file = load_authorised(case_id, "record_aid", context.actor, cases)
    now = stamp(context)
    if body.provider_id is not None:
        # What was given before an organisation retired is often recorded after that.
        load_chosen(body.provider_id, file.case.region, context.actor, providers)
    aid = Aid(aid_id=ids.new("aid"), **_facts(body), at=now.at, by=now.by)
    after = file.case.record_aid(now, aid, file.family, last=body.last)
    if not body.again:
        _refuse_known(file.case, aid)
    return cases.save_change(context, file, after)


def correct_aid(
    case_id: CaseId,
    aid_id: AidId,
    body: CorrectAid,
    context: CommandContext,
    cases: Cases,
    providers: Providers,
) -> Receipt:
    """Put right what was recorded about an aid, also after the case was closed."""
    file = load_authorised(case_id, "correct_aid", context.actor, cases)
    former = _aid(file.case, aid_id, context.actor, providers)
    if body.provider_id is not None:
        load_chosen(body.provider_id, file.case.region, context.actor, providers)
    context.reason = body.reason
    aid = former.model_copy(update=_facts(body))
    after = file.case.correct_aid(stamp(context), aid, file.family, body.reason)
    return cases.save_change(context, file, after)


def withdraw_aid(
    case_id: CaseId,
    aid_id: AidId,
    body: WithdrawAid,
    context: CommandContext,
    cases: Cases,
    providers: Providers,
) -> Receipt:
    """Take out an aid that was recorded twice, for the wrong family or before it was given.

    A case that it has closed is reopened first, where it can be.
    """
    file = load_authorised(case_id, "correct_aid", context.actor, cases)
    aid = _aid(file.case, aid_id, context.actor, providers)
    context.reason = body.reason
    after = file.case.withdraw_aid(stamp(context), aid, body.reason)
    return cases.save_change(context, file, after)


def _refuse_known(case: Case, aid: Aid) -> None:
    """Refuse help that looks like one of today: what two people record would count twice."""
    zone = regions.zone(case.region)
    if known := [one for one in case.aids if aid.repeats(one, zone)]:
        kind = Labels("aid_category", (aid.category,))
        raise Invalid("aid_recorded_today", "/again", aid=kind, by=known[-1].by)


def _facts(body: AidFacts) -> dict[str, Any]:
    return {
        "category": body.category,
        "persons": body.persons,
        "legal_basis": body.legal_basis,
        "provider": body.provider_id,
        "funding_project": body.funding_project,
    }


def _aid(case: Case, aid_id: str, principal: Principal, providers: Providers) -> Aid:
    """Return an aid that the caller's own organisation did not give."""
    found = next((aid for aid in case.aids if aid.aid_id == aid_id), None)
    if found is None:
        raise NotFound("aid")
    if found.provider is not None:
        load_chosen(found.provider, case.region, principal, providers)
    return found
