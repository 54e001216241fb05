"""Cases as `policy.cedar` sees them: what the family allows decides who else may look.

Who may `view` a case knows that it exists; the case file is another right, `view_file`.
"""

from services.intake.cases.repository import CaseFile, Cases
from services.intake.codes.values import ConsentPurpose
from services.intake.families.policy import is_recent
from services.intake.policy import POLICY
from shared import clock
from shared.identity.policy import Resource
from shared.principal import Principal

CASE = "Case"


def resource(file: CaseFile) -> Resource:
    """Return a case as a resource of the policy."""
    case, family = file
    guardian = case.match.guardian_id if case.match and case.match.introduced else ""
    return Resource(
        type=CASE,
        id=case.case_id,
        region=case.region,
        district=case.district,
        person=family.family_id,
        status=case.status,
        more={
            "registered_by": case.registered_by,
            "recent": is_recent(case.received_at),
            "released_to": guardian if family.allows(ConsentPurpose.CONTACT) else "",
            "offices": family.offices(clock.now()),
        },
    )


def load_authorised(case_id: str, action: str, principal: Principal, cases: Cases) -> CaseFile:
    """Load a case for a caller who may do this; a foreign one is as absent as none."""
    file = cases.open_file(case_id)
    POLICY.require(principal, action, resource(file))
    return file
