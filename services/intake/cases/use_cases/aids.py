"""Help that was given once: recorded, corrected, or taken out where it was none."""

from typing import Any

from services.intake.cases.commands import AidFacts, CorrectAid, RecordAid, WithdrawAid
from services.intake.cases.decisions import Aid
from services.intake.cases.domain import Case
from services.intake.cases.policy import load_authorised
from services.intake.cases.repository import Cases
from services.intake.cases.values import AidId, CaseId
from services.intake.families.policy import stamp
from services.intake.providers.domain import Provider
from services.intake.providers.repository import Providers
from shared import ids
from shared.errors import Invalid, Labels, NotFound
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
        provider_of(file.case, body.provider_id, providers)
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
    former = _aid(file.case, aid_id)
    if body.provider_id is not None:
        provider_of(file.case, body.provider_id, providers)
    context.reason = body.reason
    aid = former.model_copy(update=_facts(body))
    after = file.case.correct_aid(stamp(context), aid, file.family, body.reason)
    return cases.save_change(context, file, after)


def withdraw_aid(
    case_id: CaseId, aid_id: AidId, body: WithdrawAid, context: CommandContext, cases: Cases
) -> Receipt:
    """Take out an aid that was recorded twice, for the wrong family or before it was given.

    A case that it has closed is reopened first, where it can be.
    """
    file = load_authorised(case_id, "correct_aid", context.actor, cases)
    aid = _aid(file.case, aid_id)
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


def _aid(case: Case, aid_id: str) -> Aid:
    found = next((aid for aid in case.aids if aid.aid_id == aid_id), None)
    if found is None:
        raise NotFound("aid")
    return found


def provider_of(case: Case, provider_id: str, providers: Providers) -> Provider:
    """Return a provider; refuse one that is not of the family's region."""
    provider = providers.find(provider_id)
    if provider is None or provider.region != case.region:
        raise Invalid("unknown_provider", "/provider_id")
    return provider
