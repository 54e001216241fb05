"""Families as `policy.cedar` sees them, and who acts on them."""

from datetime import datetime, timedelta

from services.intake.families.domain import Family
from services.intake.families.repository import Families
from services.intake.families.values import Stamp
from services.intake.policy import POLICY
from shared import clock
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.storage.command_context import CommandContext

FAMILY = "Family"
# Steps that have another name where it is decided who may take them.
ACTIONS = {
    "change_contact": "replace_contact",
    "correct": "correct_family",
    "end_disclosure": "disclose",
    "erase": "erase_person",
    "merge": "merge_family",
    "separate": "merge_family",
}
# By which right an office looks at a family's case.
BY_CONSENT, BY_DISCLOSURE = "office_by_consent", "office_by_disclosure"
REGISTRAR_SEES = timedelta(days=30)


def resource(family: Family) -> Resource:
    """Return a family as a resource of the policy; its own people are `people`."""
    return Resource(
        type=FAMILY,
        id=family.family_id,
        region=family.region,
        district=family.district,
        person=family.family_id,
        more={"team": family.team, "people": family.record_ids},
    )


def load_authorised(
    family_id: str, action: str, principal: Principal, families: Families
) -> Family:
    """Load a family for a caller who may do this; a foreign one is as absent as none."""
    family = families.get(family_id)
    about = resource(family)
    POLICY.require(principal, action, about)
    may = POLICY.may_take(principal, about, ACTIONS)
    return family.shown_to(lambda step: may(step) and (step != "end_disclosure" or shows(family)))


def shows(family: Family) -> bool:
    """Whether an office is shown the family now that it has not allowed to."""
    return bool(family.disclosed_to(clock.now()))


def offices_now(family: Family) -> tuple[str, ...]:
    """Return the districts whose office may see its case: allowed by it, or without that."""
    return (*family.offices, *family.disclosed_to(clock.now()))


def right_of_office(family: Family, principal: Principal) -> str:
    """Return by which right an office sees a family's case: the family allowed it, or not."""
    return BY_CONSENT if {*principal.districts} & {*family.offices} else BY_DISCLOSURE


def is_recent(received_at: datetime) -> bool:
    """Whether the registrar of a request may still follow it."""
    return clock.now() - received_at < REGISTRAR_SEES


def stamp(context: CommandContext) -> Stamp:
    """Return who acts now, and for which family.

    Who came by a link is the family: which link it was is for the audit.
    """
    actor = context.actor
    by = actor.on_behalf_of if actor.kind == "link" else None
    return Stamp(by=by or actor.id, role=actor.role, at=clock.now(), for_whom=actor.on_behalf_of)
