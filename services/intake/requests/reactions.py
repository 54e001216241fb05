"""What intake does about requests by itself: they join cases, a crisis makes one, some end."""

from contextlib import suppress

from services.intake.codes.values import (
    Channel,
    Confidentiality,
    FamilyKind,
    InitiatedBy,
    Programme,
    RequestPurpose,
    Urgency,
)
from services.intake.families.policy import stamp
from services.intake.families.repository import Families
from services.intake.families.values import FamilyFacts, Stamp
from services.intake.requests.domain import Request
from services.intake.requests.repository import NUMBER_DIGITS, Requests, external_name
from services.intake.requests.use_cases.arrivals import arrive, save_arrival
from services.intake.requests.use_cases.callers import Caller
from services.intake.requests.use_cases.joining import end_questions, join_due
from shared import ids
from shared.events.base import Received
from shared.events.community import CrisisFlagged
from shared.events.intake import FamilyErased
from shared.office_values import file_number
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext
from shared.storage.transaction import NameTaken

COMMUNITY = "community"
# The severity of a flag for which no one may wait.
URGENT = "urgent"


def receive_crisis(
    received: Received[CrisisFlagged],
    context: CommandContext,
    requests: Requests,
    families: Families,
    vault: Vault,
) -> None:
    """Make a request of a crisis flag that the family has agreed to; one flag is one request."""
    event = received.event
    if not event.consent:
        return
    request = _request_of(event, stamp(context))
    facts = FamilyFacts(kind=FamilyKind.FOSTER)
    caller = _flagged(event, families)
    flag = external_name(event.region, COMMUNITY, event.flag_id, request.request_id, vault)
    arrival = arrive(request, facts, caller, vault)
    with suppress(NameTaken):
        save_arrival(context, arrival, requests, names=[flag], records={}, vault=vault)


def _request_of(event: CrisisFlagged, now: Stamp) -> Request:
    return Request.receive(
        now,
        request_id=ids.new("req"),
        number=ids.number(NUMBER_DIGITS),
        region=event.region,
        district=event.district_id,
        programme=event.programme or Programme.FAMILY_CARE,
        channel=Channel.CRISIS_FLAG,
        initiated_by=InitiatedBy.VOLUNTEER,
        purpose=RequestPurpose.HARDSHIP,
        confidentiality=Confidentiality.CONFIDENTIAL,
        urgency=Urgency.URGENT if event.severity == URGENT else Urgency.NORMAL,
        acknowledged=False,
    )


def _flagged(event: CrisisFlagged, families: Families) -> Caller:
    """Return the family that a flag is about, when it is known and not forgotten."""
    family_id = event.family_id
    if family_id is None and event.holder_ref is not None:
        family_id = families.of_card_holder(event.region, file_number(event.holder_ref))
    family = None if family_id is None else families.known(family_id)
    if family is None or family.erased or family.region != event.region:
        return Caller()
    return Caller(family, family_id)


REACTIONS = {CrisisFlagged: receive_crisis, FamilyErased: end_questions}
DEADLINES = {Requests.prefix: join_due}
LOOKS_AGAIN = (end_questions,)
