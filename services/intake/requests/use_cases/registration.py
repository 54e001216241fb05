"""Registering a request: on the hotline, at headquarters, through a bot or on the public form."""

from collections.abc import Iterable

from services.intake.cases.use_cases.need_changes import asked_needs
from services.intake.codes.values import Channel, Confidentiality, RequestPurpose
from services.intake.families.policy import stamp
from services.intake.families.repository import Families
from services.intake.families.values import Stamp
from services.intake.families.vault_records import contact_index
from services.intake.policy import POLICY
from services.intake.requests.commands import (
    NewMember,
    RegisterEndedRequest,
    SubmitRequest,
    WebRequest,
)
from services.intake.requests.domain import Request
from services.intake.requests.policy import new_request
from services.intake.requests.repository import TEXT, Requests, external_name, number_name
from services.intake.requests.use_cases.arrivals import Arrival, arrive, facts_of, save_arrival
from services.intake.requests.use_cases.callers import Caller, find_caller, named_caller
from services.intake.requests.vault_records import fields_of, short_code
from services.intake.requests.views import NumberView, RegisteredView
from shared import clock, ids
from shared.api import inputs
from shared.errors import Invalid, RateLimited, VersionConflict
from shared.principal import Principal
from shared.privacy import strangers
from shared.privacy.vault import Fields, Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import UniqueName
from shared.storage.store import NameTaken

NUMBER_DIGITS = 8
WEB_REQUESTS_AN_HOUR = 10
AN_HOUR = 3600

_CHANNELS = {"hotline_operator": Channel.HOTLINE, "regional_hq": Channel.REGIONAL_HQ}


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
    _check(body)
    place = new_request(body.region, body.district_id)
    POLICY.require_create(context.actor, "submit_request", place)
    now = stamp(context)
    request, words = _draft(body, _channel(context), now, heard=_heard(context))
    caller = named_caller(body, request, context, families, vault)
    names = []
    if body.external_ref is not None:
        outside = body.external_ref
        request = request.model_copy(update={"external_system": outside.system})
        names = [external_name(body.region, outside.system, outside.id, request.request_id, vault)]
    fields = fields_of(body, body.external_ref, words)
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
    _check(body)
    place = new_request(body.region, body.district_id)
    POLICY.require_create(context.actor, "submit_web_request", place)
    counter = f"web-requests/{vault.blind_index('address', request.source_address)}"
    if not requests.store.count(counter, WEB_REQUESTS_AN_HOUR, AN_HOUR):
        raise RateLimited("too_many_requests", AN_HOUR)
    drafted, words = _draft(body, Channel.WEB, stamp(context), heard=False)
    caller = find_caller(body, drafted, families, vault)
    if body.contact is not None:
        answered = strangers.may_write(contact_index(body.contact, vault), requests.store)
        drafted = drafted.model_copy(update={"acknowledged": answered})
    fields = fields_of(body, None, words)
    return _register(body, drafted, fields, caller, context, requests, vault)


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
    now = stamp(context)
    fields: Fields = {} if body.text is None else {TEXT: body.text}
    request = Request.receive(
        now,
        request_id=ids.new("req"),
        number=ids.number(NUMBER_DIGITS),
        region=body.region,
        district=body.district_id,
        programme=body.programme,
        channel=_channel(context),
        initiated_by=body.initiated_by,
        purpose=RequestPurpose.INFORMATION,
        confidentiality=Confidentiality.ANONYMOUS,
        texts=tuple(fields),
        heard=_heard(context),
    ).end(now, body.reason)
    records = {request.request_id: fields} if fields else {}
    return save_arrival(context, Arrival(request), requests, records=records, vault=vault)


def registered_view(receipt: Receipt, caller: Principal, vault: Vault) -> RegisteredView:
    """Return what is read aloud, and to staff the case that is gone on with."""
    known = receipt.links or {}
    links = known if caller.kind == "person" else {}
    return RegisteredView.of(
        receipt,
        code=short_code(receipt.id, vault, int(known.get("code_edition", 0))),
        case_id=links.get("case_id"),
        family_id=links.get("family_id"),
    )


def number_view(receipt: Receipt, caller: Principal, vault: Vault) -> NumberView:
    """Return what the family writes down."""
    return NumberView(number=receipt.number or "", code=short_code(receipt.id, vault))


# how it is understood ---------------------------------------------------------------------


def _check(body: WebRequest) -> None:
    """Refuse a foreign district, a birth to come, and a contact that may not be kept."""
    regions.check_district(body.region, body.district_id)
    check_births(body.family.members, body.region, "/family/members")
    if body.contact is None:
        return
    if body.confidentiality is Confidentiality.ANONYMOUS:
        raise Invalid("anonymous_leaves_no_contact", "/contact")
    if not body.consents.processing:
        raise Invalid("processing_consent_required", "/consents/processing")


def check_births(members: Iterable[NewMember], region: str, pointer: str) -> None:
    """Refuse a month of birth that has not come in the region."""
    this_month = f"{clock.now().astimezone(regions.zone(region)):%Y-%m}"
    for place, member in enumerate(members):
        if member.born is not None and member.born > this_month:
            raise Invalid("born_in_future", f"{pointer}/{place}/born")


def _channel(context: CommandContext) -> Channel:
    return _CHANNELS.get(context.actor.role, Channel.BOT)


def _heard(context: CommandContext) -> bool:
    """Whether the programme's own people heard it."""
    return context.actor.role in _CHANNELS


def _draft(
    body: WebRequest, channel: Channel, now: Stamp, *, heard: bool
) -> tuple[Request, dict[str, str]]:
    """Return a request as it was asked, and the words about its needs."""
    request_id = ids.new("req")
    needs, words = asked_needs(body.needs, request_id, "/needs")
    request = Request.receive(
        now,
        request_id=request_id,
        number=ids.number(NUMBER_DIGITS),
        region=body.region,
        district=body.district_id,
        programme=body.programme,
        channel=channel,
        initiated_by=body.initiated_by,
        purpose=body.purpose,
        confidentiality=body.confidentiality,
        urgency=body.urgency,
        applicant_relation=body.applicant_relation,
        needs=needs,
        heard=heard,
    )
    return request, words


def _register(
    body: WebRequest,
    request: Request,
    fields: Fields,
    caller: Caller,
    context: CommandContext,
    requests: Requests,
    vault: Vault,
    names: list[UniqueName] | None = None,
) -> Receipt:
    """Store a request and what it makes; a number drawn twice is drawn again."""
    request = request.model_copy(update={"texts": tuple(fields)})
    arrival = arrive(request, facts_of(body, request), caller, vault)
    records = {request.request_id: fields} if fields else {}
    if caller.contact is not None and body.contact is not None:
        records[caller.contact.contact_id] = body.contact.fields()
    try:
        return save_arrival(
            context, arrival, requests, names=names or [], records=records, vault=vault
        )
    except NameTaken as taken:
        first = requests.find(taken.owner)
        if first is None or taken.name == number_name(request).name:
            raise VersionConflict from None
        return requests.answer_existing(context, first)
