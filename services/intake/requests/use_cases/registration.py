"""Registering a request: on the hotline, at headquarters, through a bot or on the public form."""

from collections.abc import Sequence

from services.intake.codes.values import Confidentiality, RequestPurpose
from services.intake.families.policy import stamp
from services.intake.families.repository import Families
from services.intake.policy import POLICY
from services.intake.requests.commands import RegisterEndedRequest, SubmitRequest, WebRequest
from services.intake.requests.domain import Request
from services.intake.requests.policy import new_request
from services.intake.requests.repository import (
    NUMBER_DIGITS,
    TEXT,
    Requests,
    external_name,
)
from services.intake.requests.use_cases.arrivals import Arrival, arrive, facts_of, save_arrival
from services.intake.requests.use_cases.callers import Caller, find_caller, named_caller
from services.intake.requests.use_cases.drafts import (
    acknowledged,
    channel_of,
    check,
    draft,
    is_heard,
)
from services.intake.requests.values import RequestStatus
from services.intake.requests.vault_records import fields_of, said_of_known, short_code
from services.intake.requests.views import EmergencyView, FiledView, NumberView, RegisteredView
from shared import ids
from shared.api import inputs
from shared.errors import IllegalStep, Invalid, RateLimited, Unavailable, VersionConflict
from shared.principal import Principal
from shared.privacy.vault import Fields, Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import UniqueName
from shared.storage.transaction import NameTaken

WEB_REQUESTS_AN_HOUR = 10
AN_HOUR = 3600


def submit_request(
    body: SubmitRequest,
    context: CommandContext,
    requests: Requests,
    families: Families,
    vault: Vault,
) -> Receipt:
    """Register a request and get its number and code.

    A family that is known by its contact gets the request added to its open case. The same number
    of an outside system is the same request: the answer is then the first one.
    """
    check(body)
    place = new_request(body.region, body.district_id)
    POLICY.require_create(context.actor, "submit_request", place)
    if body.family_id is not None and body.confidentiality is Confidentiality.ANONYMOUS:
        raise Invalid("anonymous_names_no_family", "/family_id")
    request, words = draft(body, stamp(context), context)
    caller = named_caller(body, request, context, families, vault)
    if not request.heard:
        requests.store.require_first(context)
    request = acknowledged(request, body, requests.store, vault)
    names = []
    if body.external_ref is not None:
        outside = body.external_ref
        request = request.model_copy(update={"external_system": outside.system})
        names = [external_name(body.region, outside.system, outside.id, request.request_id, vault)]
    fields = fields_of(body, body.external_ref, words, heard=request.heard)
    return _register(body, request, fields, caller, context, requests, vault, names)


def submit_web_request(
    body: WebRequest,
    request: inputs.Request,
    context: CommandContext,
    requests: Requests,
    families: Families,
    vault: Vault,
) -> Receipt:
    """Ask for help on the public form and get a number and a code.

    The answer is the same whether or not a family has this contact.
    """
    check(body)
    place = new_request(body.region, body.district_id)
    POLICY.require_create(context.actor, "submit_web_request", place)
    requests.store.require_first(context)
    counter = f"web-requests/{vault.blind_index('address', request.source_address)}"
    if not requests.store.count(counter, WEB_REQUESTS_AN_HOUR, AN_HOUR):
        raise RateLimited("too_many_requests", AN_HOUR)
    return _keep_unheard(body, context, requests, families, vault)


def file_request(
    body: WebRequest,
    context: CommandContext,
    requests: Requests,
    families: Families,
    vault: Vault,
) -> Receipt:
    """Ask for help for a family of your district, with its consent, and follow it by its number.

    The answer is the same whether or not the programme knows the family.
    """
    check(body)
    place = new_request(body.region, body.district_id)
    POLICY.require_create(context.actor, "file_request", place)
    if not body.consents.processing:
        raise Invalid("family_has_to_agree", "/consents/processing")
    requests.store.require_first(context)
    return _keep_unheard(body, context, requests, families, vault)


def register_ended_request(
    body: RegisterEndedRequest, context: CommandContext, requests: Requests, vault: Vault
) -> Receipt:
    """Register a call that is no case; it gets a number too, and nothing else is made of it."""
    if body.district_id is None:
        regions.region(body.region)
    else:
        regions.check_district(body.region, body.district_id)
    place = new_request(body.region, body.district_id)
    POLICY.require_create(context.actor, "register_ended_request", place)
    context.reason, now = body.reason, stamp(context)
    fields: Fields = {} if body.text is None else {TEXT: body.text}
    request = Request.receive(
        now,
        request_id=ids.new("req"),
        number=ids.number(NUMBER_DIGITS),
        region=body.region,
        district=body.district_id,
        programme=body.programme,
        channel=channel_of(context),
        initiated_by=body.initiated_by,
        purpose=RequestPurpose.INFORMATION,
        confidentiality=Confidentiality.ANONYMOUS,
        texts=tuple(fields),
        heard=is_heard(context),
    ).end(now, body.reason)
    records = {request.request_id: fields} if fields else {}
    return save_arrival(context, Arrival(request), requests, records=records, vault=vault)


def _keep_unheard(
    body: WebRequest,
    context: CommandContext,
    requests: Requests,
    families: Families,
    vault: Vault,
) -> Receipt:
    """Store what the programme's own people have not heard."""
    request, words = draft(body, stamp(context), context)
    caller = find_caller(body, request, families, vault)
    request = acknowledged(request, body, requests.store, vault)
    fields = fields_of(body, None, words, heard=False)
    return _register(body, request, fields, caller, context, requests, vault)


def registered_view(receipt: Receipt, caller: Principal, vault: Vault) -> RegisteredView:
    """Return what is read aloud, and to staff the case that is gone on with.

    A system that sends a request again is answered with its first code: another is the family's.
    """
    known, staff = receipt.links or {}, caller.kind == "person"
    links = known if staff else {}
    return RegisteredView.of(
        receipt,
        status=receipt.status if staff else RequestStatus.RECEIVED,
        code=short_code(receipt.id, vault, int(links.get("code_edition", 0))),
        case_id=links.get("case_id"),
        family_id=links.get("family_id"),
        emergency=EmergencyView.for_staff(known),
    )


def number_view(receipt: Receipt, caller: Principal, vault: Vault) -> NumberView:
    """Return what the family writes down, and what to do first when it cannot wait."""
    code, urgent = short_code(receipt.id, vault), EmergencyView.for_family(receipt.links or {})
    return NumberView(number=receipt.number or "", code=code, emergency=urgent)


def filed_view(receipt: Receipt, caller: Principal, vault: Vault) -> FiledView:
    """Return what an assistant hands to the family, and the id to follow it by."""
    known = number_view(receipt, caller, vault)
    return FiledView(id=receipt.id, **dict(known))


def _register(
    body: WebRequest,
    request: Request,
    fields: Fields,
    caller: Caller,
    context: CommandContext,
    requests: Requests,
    vault: Vault,
    names: Sequence[UniqueName] = (),
) -> Receipt:
    """Store a request and what it makes; who is supposed to be new is looked for when known.

    So is who calls while others claim the same contact: a known family has nothing to claim.
    """
    try:
        return _keep(body, request, fields, caller, context, requests, vault, names)
    except (VersionConflict, Unavailable):
        if not caller.supposed:
            raise
    caller = find_caller(body, request, Families(requests.store), vault)
    return _keep(body, request, fields, caller, context, requests, vault, names)


def _keep(
    body: WebRequest,
    request: Request,
    fields: Fields,
    caller: Caller,
    context: CommandContext,
    requests: Requests,
    vault: Vault,
    names: Sequence[UniqueName],
) -> Receipt:
    """Store a request of this caller; one of an outside system that is known is answered."""
    records: dict[str, Fields] = {}
    if caller.contact is not None and body.contact is not None:
        records[caller.contact.contact_id] = body.contact.fields()
    if caller.family is not None:
        same = None if caller.contact is not None else body.contact
        fields = fields | said_of_known(body, caller.family, same)
    if fields:
        records[request.request_id] = fields
    request = request.model_copy(update={"texts": tuple(fields)})
    arrival = arrive(request, facts_of(body, request, caller.family, vault), caller, vault)
    try:
        return save_arrival(context, arrival, requests, names=names, records=records, vault=vault)
    except NameTaken as taken:
        first = requests.get(taken.owner)
        if context.actor.kind == "machine" and first.registered_by != context.actor.id:
            raise IllegalStep("outside_number_taken") from None  # its code is another's
        return requests.answer_existing(context, first)
