"""A guardian as `policy.cedar` sees it."""

from collections.abc import Callable, Container
from datetime import date

from services.matching.evidence.domain import has_failed, missing
from services.matching.evidence.values import Side
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.participation.values import current
from services.matching.policy import POLICY
from shared import clock
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.reference import regions


def guardian_resource(guardian: Guardian) -> Resource:
    """Return a guardian, which belongs to its region's headquarters and to its own people."""
    return Resource(
        type="Guardian",
        id=guardian.guardian_id,
        region=guardian.visible_region,
        org=guardian.guardian_id,
        status=guardian.status.value,
        more={"registered_by": guardian.registered_by or ""},
    )


def load_authorised(
    guardian_id: str, action: str, principal: Principal, guardians: Guardians
) -> Guardian:
    """Return the guardian when the caller may do this to it."""
    guardian = guardians.get(guardian_id)
    POLICY.require(principal, action, guardian_resource(guardian))
    return shown_to(principal, guardians.repeated([guardian]))(guardian)


def shown_to(principal: Principal, repeated: Container[str] = ()) -> Callable[[Guardian], Guardian]:
    """Return what shows guardians to a caller: with those next steps that the caller may take.

    Of an organisation that has applied before nothing is looked at twice: `repeated` are these.
    The policy looks at region and organisation alone, so a list asks it once for each of them.
    """
    known: dict[tuple[str | None, bool], Callable[[str], bool]] = {}

    def shown(guardian: Guardian) -> Guardian:
        about = guardian_resource(guardian)
        place = (about.region, about.org == principal.org)
        may = known.setdefault(place, POLICY.may_take(principal, about, {}))
        return guardian.shown_to(
            lambda step: may(step) and _useful(step, guardian, principal, repeated)
        )

    return shown


def _useful(step: str, guardian: Guardian, principal: Principal, repeated: Container[str]) -> bool:
    """Return whether a step would succeed, as far as the record shows, and is this caller's."""
    if step == "take_into_vetting":
        return guardian.guardian_id not in repeated
    if step == "approve":
        forms, checks = guardian.legal_form, guardian.checks
        proved = not has_failed(checks) and not missing(forms, checks, today(guardian))
        return proved and principal.id not in guardian.checkers
    if step == "hold_interview":
        return principal.id != guardian.approved_by
    if step == "sign_participation_agreement":
        side = Side.GUARDIAN if principal.org == guardian.guardian_id else Side.HEADQUARTERS
        return guardian.awaits_consent(side, principal.id, current().text_hash)
    if step == "resume":
        return guardian.checklist_done and not guardian.unproved(today(guardian))
    return step != "withdraw" or not guardian.places


def today(guardian: Guardian) -> date:
    """Return the day that it is in a guardian's region."""
    return regions.local_date(guardian.home_region, clock.now())
