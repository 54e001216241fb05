"""An organisation applies, and how its contact person is reached from then on."""

from datetime import timedelta

from services.matching.guardians.commands import ApplyAsGuardian
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianStatus
from services.matching.guardians.views import GuardianContact
from services.matching.matches.domain import Match
from services.matching.policy import POLICY, guardian_resource, match_resource
from services.matching.words import LegalForm
from shared import clock, ids
from shared.errors import IllegalStep, RateLimited
from shared.events.matching import GuardianApplied, GuardianRejected
from shared.identity.policy import Resource
from shared.messaging.recipients import Addressee, RecipientQuery
from shared.principal import Principal, system
from shared.privacy.contact import FIELDS, Contact
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import UniqueName
from shared.storage.store import NameTaken

CONTACT = "contact"
NUMBER_DIGITS = 8
DUPLICATE_WINDOW = timedelta(hours=24)
APPLICATIONS_PER_HOUR = 20
HOUR = 3600


def apply_publicly(
    body: ApplyAsGuardian, address: str, context: CommandContext, guardians: Guardians, vault: Vault
) -> Receipt:
    """Anybody may apply; one address may do so a few times an hour."""
    counted = f"application#{vault.blind_index('address', address)}"
    if not guardians.store.count(counted, APPLICATIONS_PER_HOUR, HOUR):
        raise RateLimited("too_many_applications", HOUR)
    return _apply(body, context, guardians, vault)


def register_application(
    body: ApplyAsGuardian, context: CommandContext, guardians: Guardians, vault: Vault
) -> Receipt:
    """A headquarters or a portal writes down an application that reached it."""
    target = Resource(type="Guardian", id="new", region=body.region)
    POLICY.require_create(context.actor, "register_application", target)
    return _apply(body, context, guardians, vault)


def _apply(
    body: ApplyAsGuardian, context: CommandContext, guardians: Guardians, vault: Vault
) -> Receipt:
    regions.region(body.region)
    body.check_districts(body.region)
    guardian = _applicant(body)
    events = [
        GuardianApplied(
            region=body.region,
            programme=guardian.programme.value,
            guardian_id=guardian.guardian_id,
            legal_form=guardian.legal_form.value,
        )
    ]
    try:
        return guardians.save(
            context,
            guardian,
            events=[*events, *_refused_at_once(guardian)],
            unique=[_once_a_day(body, guardian.guardian_id, vault)],
            writes=vault.seal(guardian.guardian_id, CONTACT, _sealed(body), new_subject=True),
        )
    except NameTaken:
        raise IllegalStep("application_already_received") from None


def _applicant(body: ApplyAsGuardian) -> Guardian:
    # The title of a sole proprietor is a person's name and stays in the vault alone.
    lone = body.legal_form is LegalForm.SOLE_PROPRIETOR_WITH_TEAM
    return Guardian.apply(
        applied_at=clock.now(),
        guardian_id=ids.new("gua"),
        number=ids.number(NUMBER_DIGITS),
        programme=body.programme,
        title=None if lone else body.title,
        requested_region=body.region,
        legal_form=body.legal_form,
        team_kind=body.team_kind,
        team_size=body.team_size,
        capabilities=body.facts(),
        districts=tuple(body.districts),
        capacity_families=body.capacity_families,
    )


def _refused_at_once(guardian: Guardian) -> list[GuardianRejected]:
    if guardian.status is not GuardianStatus.REJECTED:
        return []
    return [
        GuardianRejected(
            region=guardian.requested_region,
            programme=guardian.programme.value,
            guardian_id=guardian.guardian_id,
            reason=guardian.decision_reason or "",
        )
    ]


def _once_a_day(body: ApplyAsGuardian, guardian_id: str, vault: Vault) -> UniqueName:
    reached_at = body.contact.phone or body.contact.address or ""
    who = vault.blind_index("applicant", f"{reached_at}|{body.title.casefold()}")
    return UniqueName(f"APPLICATION#{who}", guardian_id, clock.now() + DUPLICATE_WINDOW)


def _sealed(body: ApplyAsGuardian) -> dict[str, str]:
    return body.contact.fields() | {
        "title": body.title,
        "person_role": body.contact_role.value,
    }


# the contact ------------------------------------------------------------------------------


def view_contact(
    guardian_id: str, caller: Principal, guardians: Guardians, vault: Vault
) -> GuardianContact:
    """Whom to call at the organisation."""
    guardian = guardians.get(guardian_id)
    POLICY.require(caller, "view_contact", guardian_resource(guardian))
    fields = ("title", "name", "person_role", "phone", "address")
    opened = vault.open(guardian_id, CONTACT, fields, caller, "guardian_contact")
    return GuardianContact(guardian_id=guardian_id, **opened)


def view_contact_for_family(
    match: Match, caller: Principal, guardians: Guardians, vault: Vault
) -> GuardianContact:
    """Whom the family may call, once it has met the guardian."""
    POLICY.require(caller, "view_guardian_contact", match_resource(match))
    guardian = guardians.get(match.guardian_id)
    fields = ("title", "name", "person_role", "phone", "address")
    opened = vault.open(guardian.guardian_id, CONTACT, fields, caller, "guardian_of_my_family")
    return GuardianContact(guardian_id=guardian.guardian_id, **opened)


def erase_contact(
    guardian_id: str, context: CommandContext, guardians: Guardians, vault: Vault
) -> Receipt:
    """Whoever has left, or was never taken, may have their contact erased for good."""
    guardian = guardians.get(guardian_id)
    POLICY.require(context.actor, "erase_contact", guardian_resource(guardian))
    erased = guardian.erase_contact()
    return guardians.save(context, erased, writes=vault.erase(guardian_id))


def resolve_guardian(ask: RecipientQuery, guardians: Guardians, vault: Vault) -> Addressee:
    """Where to reach a guardian's contact person, for one message."""
    guardian = guardians.get(ask.reference)
    asker = system("notifications")
    fields = vault.open(ask.reference, CONTACT, FIELDS, asker, "send_message")
    return Addressee(Contact.model_validate(fields), {"number": guardian.number})
