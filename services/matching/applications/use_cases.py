"""An organisation applies, and its contact is erased when it takes no part any more."""

from datetime import timedelta

from services.matching.applications.commands import (
    ApplyAsGuardian,
    CorrectApplication,
    RenameGuardian,
)
from services.matching.applications.vault_records import (
    CONTACT,
    contact_fields,
    contact_index,
    retitled,
)
from services.matching.evidence.domain import oldest_day
from services.matching.evidence.values import Check
from services.matching.guardians.commands import check_day
from services.matching.guardians.domain import Guardian
from services.matching.guardians.events import event_fields, renewed_events
from services.matching.guardians.policy import load_authorised
from services.matching.guardians.repository import Guardians, inn_name
from services.matching.guardians.values import GuardianId, GuardianStatus
from services.matching.organisations.values import CheckCode, LegalForm
from services.matching.policy import POLICY
from shared import clock, ids
from shared.api.inputs import Request
from shared.errors import IllegalStep, Invalid, PreconditionFailed, RateLimited
from shared.events.base import Event
from shared.events.matching import GuardianApplied, GuardianRejected
from shared.events.matching_guardians import GuardianContactErased, GuardianRenamed
from shared.identity.policy import Resource
from shared.privacy import strangers
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import UniqueName
from shared.storage.transaction import NameTaken

NUMBER_DIGITS = 8
DUPLICATE_WINDOW = timedelta(hours=24)
APPLICATIONS_PER_HOUR = 20
HOUR = 3600


def apply_as_guardian(
    body: ApplyAsGuardian,
    request: Request,
    context: CommandContext,
    guardians: Guardians,
    vault: Vault,
) -> Receipt:
    """Apply to become a guardian; no account is needed."""
    guardians.store.require_first(context)
    counted = f"application#{vault.blind_index('address', request.source_address)}"
    if not guardians.store.count(counted, APPLICATIONS_PER_HOUR, HOUR):
        raise RateLimited("too_many_applications", HOUR)
    return _apply(body, context, guardians, vault, from_stranger=True)


def register_application(
    body: ApplyAsGuardian, context: CommandContext, guardians: Guardians, vault: Vault
) -> Receipt:
    """Register an application that reached a headquarters or a portal."""
    target = Resource(type="Guardian", id="new", region=body.region)
    POLICY.require_create(context.actor, "register_application", target)
    return _apply(body, context, guardians, vault, from_stranger=False)


def _apply(
    body: ApplyAsGuardian,
    context: CommandContext,
    guardians: Guardians,
    vault: Vault,
    *,
    from_stranger: bool,
) -> Receipt:
    """Store an application; a stranger does not learn that the same one came today."""
    regions.region(body.region)
    body.check_new()
    body.check_districts(body.region)
    body.check_registration()
    registrar = None if from_stranger else context.actor.id
    guardian = _applicant(body, vault, registrar)
    reached_at = vault.blind_index("applicant", _reached_at(body))
    answered = not from_stranger or strangers.may_write(reached_at, guardians.store)
    events = _events(guardian, acknowledged=answered)
    sealed = vault.seal(guardian.guardian_id, CONTACT, contact_fields(body), new_subject=True)
    held = inn_name(guardian)
    lasting = [] if held is None or guardian.decided_against else [held]
    today = _once_a_day(body, guardian.guardian_id, vault)
    for unique in ([today, *lasting], lasting):
        try:
            return guardians.save(context, guardian, events=events, unique=unique, writes=sealed)
        except NameTaken as taken:
            known = guardians.get(taken.owner)
            if not known.decided_against:
                break
            # One of today that was decided against is no bar to a right one.
    if not from_stranger:
        raise IllegalStep("application_already_received")
    repeated = guardian.model_copy(update={"duplicate_of": known.guardian_id})
    return guardians.save(context, repeated, events=events, writes=sealed)


def _applicant(body: ApplyAsGuardian, vault: Vault, registrar: str | None) -> Guardian:
    # Title and numbers of a sole proprietor are a person's and stay in the vault alone.
    lone = body.legal_form is LegalForm.SOLE_PROPRIETOR_WITH_TEAM
    return Guardian.apply(
        applied_at=clock.now(),
        guardian_id=ids.new("gua"),
        number=ids.number(NUMBER_DIGITS),
        programme=body.programme,
        title=None if lone else body.title,
        host_title=None if lone else body.host_title,
        inn=None if lone else body.inn,
        ogrn=None if lone else body.ogrn,
        contact_index=contact_index(body, vault),
        inn_index=vault.blind_index("inn", body.inn),
        registered_by=registrar,
        requested_region=body.region,
        legal_form=body.legal_form,
        team_kind=body.team_kind,
        team_size=body.team_size,
        capabilities=body.offered(),
        district_ids=tuple(body.district_ids),
        capacity_families=body.capacity_families,
        terms=body.terms(),
    )


def _events(guardian: Guardian, *, acknowledged: bool) -> list[Event]:
    """Return the application, and its refusal when it was refused at once."""
    fields = event_fields(guardian)
    events: list[Event] = [
        GuardianApplied(**fields, legal_form=guardian.legal_form.value, acknowledged=acknowledged)
    ]
    if guardian.decided_against:
        events.append(GuardianRejected(**fields, reason=guardian.decision_reason or ""))
    return events


def _once_a_day(body: ApplyAsGuardian, guardian_id: str, vault: Vault) -> UniqueName:
    applicant = vault.blind_index("applicant", f"{_reached_at(body)}|{body.title.casefold()}")
    return UniqueName(f"APPLICATION#{applicant}", guardian_id, clock.now() + DUPLICATE_WINDOW)


def _reached_at(body: ApplyAsGuardian) -> str:
    return body.contact.phone or body.contact.address or ""


def correct_application(
    guardian_id: GuardianId,
    body: CorrectApplication,
    context: CommandContext,
    guardians: Guardians,
    vault: Vault,
) -> Receipt:
    """Put right what the organisation has said of its name and its team."""
    guardian = load_authorised(guardian_id, "correct_application", context.actor, guardians)
    checked = guardian.status is not GuardianStatus.APPLIED
    if body.title and checked and context.actor.org == guardian_id:
        raise Invalid("title_is_checked", "/title")
    corrected = guardian.correct(body.title, body.team_kind, body.team_size, body.host_title)
    if context.if_match not in (None, guardian.version):
        raise PreconditionFailed  # before the contact is read, which would be on record
    renamed = retitled(guardian_id, body.title, context, vault) if body.title else []
    return guardians.save(context, corrected, writes=renamed)


def rename_guardian(
    guardian_id: GuardianId,
    body: RenameGuardian,
    context: CommandContext,
    guardians: Guardians,
    vault: Vault,
) -> Receipt:
    """Change the title of an approved organisation; the registry is checked anew by the same paper.

    The organisation hears of it, and so does each family that it has met.
    """
    guardian = load_authorised(guardian_id, "rename", context.actor, guardians)
    region, now = guardian.home_region, clock.now()
    first = oldest_day(guardian.legal_form, CheckCode.REGISTRY, regions.local_date(region, now))
    check_day(body.checked_on, region, "/checked_on", first=first)
    registry = Check(
        code=CheckCode.REGISTRY,
        passed=True,
        checked_on=body.checked_on,
        evidence_ref=body.evidence_ref,
        recorded_by=context.actor.id,
        recorded_at=now,
    )
    renamed = guardian.rename(body.title, body.host_title, registry)
    if context.if_match not in (None, guardian.version):
        raise PreconditionFailed  # before the contact is read, which would be on record
    events = [GuardianRenamed(**event_fields(renamed)), *renewed_events(guardian, renamed)]
    sealed = retitled(guardian_id, body.title, context, vault)
    return guardians.save(context, renamed, events=events, writes=sealed)


def erase_guardian_contact(
    guardian_id: GuardianId, context: CommandContext, guardians: Guardians, vault: Vault
) -> Receipt:
    """Erase the contact of a guardian that takes no part any more, for good."""
    guardian = load_authorised(guardian_id, "erase_contact", context.actor, guardians)
    erased = guardian.erase_contact()
    event = GuardianContactErased(**event_fields(erased))
    return guardians.save(context, erased, events=[event], writes=vault.erase(guardian_id))
