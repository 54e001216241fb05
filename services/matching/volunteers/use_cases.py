"""From the wish to help to the volunteer network, and out of it."""

from services.matching.policy import POLICY
from services.matching.volunteers.commands import (
    Availability,
    LeaveVolunteers,
    RegisterVolunteer,
    VolunteerAccount,
    VolunteerDescription,
)
from services.matching.volunteers.domain import Volunteer
from services.matching.volunteers.events import event_fields
from services.matching.volunteers.policy import load_authorised
from services.matching.volunteers.repository import Volunteers, person_name
from services.matching.volunteers.values import VolunteerId
from services.matching.volunteers.vault_records import CONTACT, contact_index, person_index
from shared import clock, ids
from shared.errors import IllegalStep
from shared.events.matching_volunteers import (
    VolunteerApproved,
    VolunteerLeft,
    VolunteerRegistered,
)
from shared.identity.policy import Resource
from shared.privacy.vault import Vault
from shared.reference import code_lists, regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.transaction import NameTaken


def register_volunteer(
    body: RegisterVolunteer, context: CommandContext, volunteers: Volunteers, vault: Vault
) -> Receipt:
    """Register who wants to help; the volunteer coordinator decides later."""
    target = Resource(type="Volunteer", id="new", region=body.region)
    POLICY.require_create(context.actor, "register_volunteer", target)
    body.check_new()
    regions.check_district(body.region, body.district_id, "/district_id")
    body.check_sector()
    volunteer = Volunteer(
        volunteer_id=ids.new("vol"),
        region=body.region,
        district=body.district_id,
        kind=body.kind,
        sector=body.sector,
        large_family=body.large_family,
        skills=body.known_skills(),
        availability=body.slots(),
        applied_at=clock.now(),
        contact_index=contact_index(body.contact, vault),
        person_index=person_index(body.contact, vault),
    )
    sealed = vault.seal(volunteer.volunteer_id, CONTACT, body.contact.fields(), new_subject=True)
    event = VolunteerRegistered(**event_fields(volunteer))
    unique = [person_name(volunteer)]
    try:
        return volunteers.save(context, volunteer, events=[event], unique=unique, writes=sealed)
    except NameTaken as taken:
        raise IllegalStep("volunteer_known", volunteer=taken.owner) from None


def approve_volunteer(
    volunteer_id: VolunteerId,
    body: VolunteerAccount,
    context: CommandContext,
    volunteers: Volunteers,
) -> Receipt:
    """Take a volunteer into the network."""
    volunteer = _with_another("approve", volunteer_id, body, context, volunteers)
    approved = volunteer.approve(body.account)
    event = VolunteerApproved(**event_fields(volunteer))
    return volunteers.save(context, approved, events=[event])


def change_account(
    volunteer_id: VolunteerId,
    body: VolunteerAccount,
    context: CommandContext,
    volunteers: Volunteers,
) -> Receipt:
    """Correct under which account a volunteer logs in; the one before sees nothing any more."""
    volunteer = _with_another("change_account", volunteer_id, body, context, volunteers)
    return volunteers.save(context, volunteer.change_account(body.account))


def _with_another(
    step: str,
    volunteer_id: str,
    body: VolunteerAccount,
    context: CommandContext,
    volunteers: Volunteers,
) -> Volunteer:
    """Return a volunteer that gets an account which is not the caller's own."""
    volunteer = load_authorised(volunteer_id, step, context.actor, volunteers)
    if body.account == context.actor.id:
        raise IllegalStep("own_account", volunteer.next_steps)
    return volunteer


def correct_volunteer(
    volunteer_id: VolunteerId,
    body: VolunteerDescription,
    context: CommandContext,
    volunteers: Volunteers,
) -> Receipt:
    """Correct what was written down of a volunteer; figures count it by that."""
    volunteer = load_authorised(volunteer_id, "correct_volunteer", context.actor, volunteers)
    body.check_sector()
    if body.kind != volunteer.kind:  # a retired one may be kept
        code_lists.check("volunteer_kind", body.kind, "/kind")
    corrected = volunteer.correct(body.kind, body.sector, large_family=body.large_family)
    return volunteers.save(context, corrected)


def change_availability(
    volunteer_id: VolunteerId, body: Availability, context: CommandContext, volunteers: Volunteers
) -> Receipt:
    """Change what a volunteer can do, where and when."""
    volunteer = load_authorised(volunteer_id, "change_availability", context.actor, volunteers)
    body.check_new(volunteer.skills)
    regions.check_district(volunteer.region, body.district_id, "/district_id")
    changed = volunteer.change_availability(body.district_id, body.known_skills(), body.slots())
    return volunteers.save(context, changed)


def leave_volunteers(
    volunteer_id: VolunteerId,
    body: LeaveVolunteers,
    context: CommandContext,
    volunteers: Volunteers,
    vault: Vault,
) -> Receipt:
    """Leave the network; the contact is forgotten at once and for good."""
    context.reason = body.reason
    volunteer = load_authorised(volunteer_id, "leave", context.actor, volunteers)
    left = volunteer.leave(body.reason)
    event = VolunteerLeft(**event_fields(volunteer), reason=body.reason)
    gone, free = vault.erase(volunteer_id), [person_name(volunteer)]
    return volunteers.save(context, left, events=[event], writes=gone, release=free)
