"""An office sees a case without the family's consent: by headquarters, with a reason, for a time.

The family gets a message at once, and finds it in its export.
"""

from datetime import timedelta

from services.intake.cases.repository import Cases
from services.intake.families.policy import load_authorised, stamp
from services.intake.families.repository import Families
from services.intake.families.values import Disclosure, FamilyId
from services.intake.rights import domain
from services.intake.rights.commands import DiscloseToOffice, EndDisclosure
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt

LASTS = timedelta(days=14)


def disclose_to_office(
    family_id: FamilyId,
    body: DiscloseToOffice,
    context: CommandContext,
    families: Families,
    cases: Cases,
) -> Receipt:
    """Show a case to a district office without the family's consent, for 14 days."""
    family = load_authorised(family_id, "disclose", context.actor, families)
    regions.check_district(family.region, body.recipient, "/recipient")
    context.reason, now = body.reason, stamp(context)
    disclosure = Disclosure(
        recipient=body.recipient,
        reason=body.reason,
        at=now.at,
        by=now.by,
        role=now.role,
        until=now.at + LASTS,
    )
    return cases.save_family(context, family, domain.disclose(family, disclosure), ())


def end_disclosure(
    family_id: FamilyId,
    body: EndDisclosure,
    context: CommandContext,
    families: Families,
    cases: Cases,
) -> Receipt:
    """Show a family to a district office no more that was shown it without consent."""
    family = load_authorised(family_id, "disclose", context.actor, families)
    context.reason = body.reason
    ended = domain.end_disclosure(family, body.recipient, stamp(context).at)
    return cases.save_family(context, family, ended, ())
