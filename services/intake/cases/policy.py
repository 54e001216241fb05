"""Cases as `policy.cedar` sees them, and who acts on them."""

from datetime import datetime, timedelta

from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases
from services.intake.cases.values import Stamp
from services.intake.codes.values import Purpose
from services.intake.policy import POLICY
from shared import clock
from shared.errors import Invalid
from shared.identity.policy import Attribute, Resource
from shared.principal import Principal
from shared.storage.command_context import CommandContext

REGISTRAR_SEES = timedelta(days=30)
REQUEST = "Request"
NO_OWNER: dict[str, Attribute] = {
    "registered_by": "",
    "recent": False,
    "released_to": "",
    "offices": (),
}


def resource(case: Case) -> Resource:
    """Return a case as a resource of the policy."""
    guardian = case.match.guardian_id if case.match and case.match.introduced else ""
    offices = (
        consent.recipient
        for consent in case.consents
        if consent.holds and consent.purpose is Purpose.SHARE_WITH_OFFICE
    )
    return Resource(
        type=REQUEST,
        id=case.case_id,
        region=case.region,
        district=case.district,
        person=case.case_id,
        status=case.status,
        more={
            "registered_by": case.registered_by,
            "recent": is_recent(case.received_at),
            "released_to": guardian if case.allows(Purpose.CONTACT) else "",
            "offices": tuple(office for office in offices if office),
        },
    )


def new_request(region: str, district: str) -> Resource:
    """Return the resource of a request that is to be registered in a district."""
    return Resource(type=REQUEST, id="new", region=region, district=district, more=NO_OWNER)


def is_recent(received_at: datetime) -> bool:
    """Whether the registrar of a request may still view it."""
    return clock.now() - received_at < REGISTRAR_SEES


def load_authorised(request_id: str, action: str, principal: Principal, cases: Cases) -> Case:
    """Load a case for a caller who may do this; a foreign one is as absent as none."""
    case = cases.get(request_id)
    POLICY.require(principal, action, resource(case))
    return case


def load_for_family(
    request_id: str,
    action: str,
    context: CommandContext,
    evidence: str | None,
    cases: Cases,
) -> Case:
    """Load a case for a wish of its family; another actor gives evidence, which is recorded."""
    case = load_authorised(request_id, action, context.actor, cases)
    if context.actor.role != "family":
        if evidence is None:
            raise Invalid("evidence_required", "/evidence")
        context.actor = context.actor.acting_for(request_id, evidence)
    return case


def stamp(context: CommandContext) -> Stamp:
    """Return who acts now, and for which family."""
    actor = context.actor
    return Stamp(by=actor.id, role=actor.role, at=clock.now(), for_whom=actor.on_behalf_of)
