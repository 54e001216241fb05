"""Registering a request: on the hotline, at headquarters, through a bot or on the public form."""

from services.intake.cases import events
from services.intake.cases.commands import ConsentsGiven, External, SubmitRequest, WebRequest
from services.intake.cases.domain import Case
from services.intake.cases.policy import new_request, stamp
from services.intake.cases.repository import (
    CONTACT_RECORD,
    REQUEST_RECORD,
    TEXT,
    Cases,
    names_of,
    number_name,
)
from services.intake.cases.use_cases.need_changes import Words, new_needs
from services.intake.cases.values import Consent, ExternalRef, Family, Member, Stamp
from services.intake.cases.views import NumberView
from services.intake.codes.values import Channel, Confidentiality, ConsentForm, Purpose
from services.intake.policy import POLICY
from shared import ids
from shared.api.inputs import Request
from shared.errors import Invalid, RateLimited, VersionConflict
from shared.principal import Principal
from shared.privacy.contact import Contact
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite
from shared.storage.store import NameTaken

NUMBER_DIGITS = 8
WEB_REQUESTS_AN_HOUR = 10
AN_HOUR = 3600

_ASKED_FOR = (Purpose.PROCESSING, Purpose.SHARE_NEED_CATEGORIES, Purpose.CONTACT)
_CHANNELS = {"hotline_operator": Channel.HOTLINE, "regional_hq": Channel.REGIONAL_HQ}
_FORMS = {
    Channel.HOTLINE: ConsentForm.SPOKEN,
    Channel.REGIONAL_HQ: ConsentForm.SPOKEN,
    Channel.WEB: ConsentForm.ONLINE,
    Channel.BOT: ConsentForm.ONLINE,
}


def submit_request(
    body: SubmitRequest, context: CommandContext, cases: Cases, vault: Vault
) -> Receipt:
    """Register a request for a family and get its number.

    The same contact in the same region within a day is the same request while that one is open,
    and so is the same number of an outside system at any time: the answer is then the first one.
    """
    _check(body)
    place = new_request(body.region, body.district_id)
    POLICY.require_create(context.actor, "submit_request", place)
    channel = _CHANNELS.get(context.actor.role, Channel.BOT)
    return _register(body, channel, body.external_ref, context, cases, vault)


def submit_web_request(
    body: WebRequest, request: Request, context: CommandContext, cases: Cases, vault: Vault
) -> Receipt:
    """Ask for help on the public form and get a number."""
    _check(body)
    place = new_request(body.region, body.district_id)
    POLICY.require_create(context.actor, "submit_web_request", place)
    counter = f"web-requests/{vault.blind_index('address', request.source_address)}"
    if not cases.store.count(counter, WEB_REQUESTS_AN_HOUR, AN_HOUR):
        raise RateLimited("too_many_requests", AN_HOUR)
    return _register(body, Channel.WEB, None, context, cases, vault)


def number_view(receipt: Receipt, caller: Principal) -> NumberView:
    """Return the number for the family to write down."""
    return NumberView(number=receipt.number or "")


def _check(body: WebRequest) -> None:
    """Refuse a district of another region, and a contact that may not be kept."""
    regions.check_district(body.region, body.district_id)
    if body.contact is None:
        return
    if body.confidentiality is Confidentiality.ANONYMOUS:
        raise Invalid("anonymous_leaves_no_contact", "/contact")
    if not body.consents.processing:
        raise Invalid("processing_consent_required", "/consents/processing")


def _register(
    body: WebRequest,
    channel: Channel,
    external: External | None,
    context: CommandContext,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    case, writes = _draft(body, channel, external, stamp(context), vault)
    try:
        return cases.save(
            context, case, events=events.of_arrival(case), unique=names_of(case), writes=writes
        )
    except NameTaken as taken:
        return _answer_first(taken, case, context, cases)


def _answer_first(taken: NameTaken, case: Case, context: CommandContext, cases: Cases) -> Receipt:
    """Answer with the request that this one repeats; a number drawn twice is drawn again."""
    first = cases.find(taken.owner)
    if first is None or taken.name == number_name(case).name:
        raise VersionConflict
    repeated = first.record(stamp(context), "asked_again") if first.open else first
    return cases.save_change(context, first, repeated, existing=True)


def _draft(
    body: WebRequest, channel: Channel, external: External | None, now: Stamp, vault: Vault
) -> tuple[Case, list[RawWrite]]:
    case_id = ids.new("req")
    needs, words = new_needs(body.needs, now, REQUEST_RECORD, "/needs")
    identity = None if body.contact is None else _identity(body.contact)
    case = Case.receive(
        now,
        case_id=case_id,
        number=ids.number(NUMBER_DIGITS),
        region=body.region,
        district=body.district_id,
        programme=body.programme,
        channel=channel,
        confidentiality=body.confidentiality,
        family=_family(body),
        consents=_consents(body.consents, channel, now),
        has_contact=identity is not None,
        contact_index=None if identity is None else vault.blind_index("contact", identity),
        beneficiary_key=vault.blind_index("beneficiary", identity or case_id),
        external_ref=external and ExternalRef(system=external.system, id=external.id),
        needs=needs,
    )
    if body.text is not None:
        words[TEXT] = body.text
    return case, _sealed(case_id, body.contact, words, vault)


def _family(body: WebRequest) -> Family:
    family = body.family
    return Family(
        kind=family.kind,
        applicant_relation=body.applicant_relation,
        groups=tuple(dict.fromkeys(family.groups)),
        members=tuple(Member(relation=each.relation, born=each.born) for each in family.members),
    )


def _consents(given: ConsentsGiven, channel: Channel, now: Stamp) -> tuple[Consent, ...]:
    return tuple(
        Consent(
            purpose=purpose,
            form=given.form or _FORMS[channel],
            text_version=given.text_version,
            given_at=now.at,
            given_by=now.by,
        )
        for purpose in _ASKED_FOR
        if getattr(given, purpose)
    )


def _sealed(case_id: str, contact: Contact | None, words: Words, vault: Vault) -> list[RawWrite]:
    records: dict[str, Words] = {}
    if contact is not None:
        records[CONTACT_RECORD] = contact.fields()
    if words:
        records[REQUEST_RECORD] = words
    return vault.seal_records(case_id, records, new_subject=True) if records else []


def _identity(contact: Contact) -> str:
    """Return what makes two contacts the same: the phone, else the address."""
    return contact.phone or f"{contact.channel}:{contact.address}"
