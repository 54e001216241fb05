"""A family asks for help: on the hotline, at headquarters, through a bot or on the public form."""

from services.intake.cases import events
from services.intake.cases.commands import ConsentsGiven, External, SubmitRequest, WebRequest
from services.intake.cases.domain import Case
from services.intake.cases.policy import Desk, stamp, target
from services.intake.cases.repository import contact_name, external_name, number_name
from services.intake.cases.use_cases.need_changes import Words, new_needs
from services.intake.cases.values import Consent, ExternalRef, Family, Member, Stamp
from services.intake.codes.values import Channel, ConsentForm
from shared import ids
from shared.errors import Invalid, RateLimited, VersionConflict
from shared.privacy.contact import Contact
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite
from shared.storage.store import NameTaken

NUMBER_DIGITS = 8
WEB_REQUESTS_AN_HOUR = 10
AN_HOUR = 3600
REQUEST_RECORD = "request"
CONTACT_RECORD = "contact"
TEXT = "text"

_CHANNELS = {"hotline_operator": Channel.HOTLINE, "regional_hq": Channel.REGIONAL_HQ}
_FORMS = {
    Channel.HOTLINE: ConsentForm.SPOKEN,
    Channel.REGIONAL_HQ: ConsentForm.SPOKEN,
    Channel.WEB: ConsentForm.ONLINE,
    Channel.BOT: ConsentForm.ONLINE,
}


def submit_request(command: SubmitRequest, context: CommandContext, desk: Desk) -> Receipt:
    """Register a request for a family and give its number at once.

    The same contact in the same region within a day is the same request while that one is open,
    and so is the same number of an outside system at any time: the answer is then the first one.
    """
    _check_place(command)
    desk.policy.require_create(
        context.actor, "submit_request", target(command.region, command.district_id)
    )
    channel = _CHANNELS.get(context.actor.role, Channel.BOT)
    return _register(command, channel, command.external_ref, context, desk)


def submit_web_request(
    command: WebRequest, address: str, context: CommandContext, desk: Desk
) -> Receipt:
    """Register what a family wrote on the public form; one address may do so only so often."""
    _check_place(command)
    desk.policy.require_create(
        context.actor, "submit_web_request", target(command.region, command.district_id)
    )
    counter = f"web-requests/{desk.vault.blind_index('address', address)}"
    if not desk.cases.store.count(counter, WEB_REQUESTS_AN_HOUR, AN_HOUR):
        raise RateLimited("too_many_requests", AN_HOUR)
    return _register(command, Channel.WEB, None, context, desk)


def _check_place(command: WebRequest) -> None:
    regions.check_district(command.region, command.district_id)
    if command.contact is not None and command.confidentiality == "anonymous":
        raise Invalid("anonymous_leaves_no_contact", "/contact")
    if command.contact is not None and not command.consents.processing:
        raise Invalid("processing_consent_required", "/consents/processing")


def _register(
    command: WebRequest,
    channel: Channel,
    external: External | None,
    context: CommandContext,
    desk: Desk,
) -> Receipt:
    case, writes = _draft(command, channel, external, stamp(context), desk)
    names = [number_name(case), contact_name(case), external_name(case)]
    try:
        return desk.cases.save(
            context,
            case,
            events=events.of_arrival(case),
            unique=[name for name in names if name is not None],
            writes=writes,
        )
    except NameTaken as taken:
        return _the_first(taken, case, context, desk)


def _the_first(taken: NameTaken, case: Case, context: CommandContext, desk: Desk) -> Receipt:
    """The request that this one repeats; a number given to two is drawn again."""
    first = desk.cases.find(taken.owner)
    if first is None or taken.name == number_name(case).name:
        raise VersionConflict
    repeated = first.step(stamp(context), "asked_again") if first.open else first
    return desk.save(context, first, repeated, existing=True)


def _draft(
    command: WebRequest, channel: Channel, external: External | None, now: Stamp, desk: Desk
) -> tuple[Case, list[RawWrite]]:
    case_id = ids.new("req")
    needs, words = new_needs(command.needs, now, REQUEST_RECORD, "/needs")
    identity = None if command.contact is None else identity_of(command.contact)
    case = Case.receive(
        now,
        case_id=case_id,
        number=ids.number(NUMBER_DIGITS),
        region=command.region,
        district=command.district_id,
        programme=command.programme,
        channel=channel,
        confidentiality=command.confidentiality,
        family=_family(command),
        consents=_consents(command.consents, channel, now),
        has_contact=identity is not None,
        contact_index=None if identity is None else desk.vault.blind_index("contact", identity),
        beneficiary_key=desk.vault.blind_index("beneficiary", identity or case_id),
        external_ref=external and ExternalRef(system=external.system, id=external.id),
        needs=needs,
    )
    if command.text is not None:
        words[TEXT] = command.text
    return case, _sealed(case_id, command.contact, words, desk)


def _family(command: WebRequest) -> Family:
    family = command.family
    return Family(
        kind=family.kind,
        applicant_relation=command.applicant_relation,
        groups=tuple(dict.fromkeys(family.groups)),
        members=tuple(Member(relation=m.relation, born=m.born) for m in family.members),
    )


def _consents(given: ConsentsGiven, channel: Channel, now: Stamp) -> tuple[Consent, ...]:
    form = given.form or _FORMS[channel]
    return tuple(
        Consent(
            purpose=purpose,
            form=form,
            text_version=given.text_version,
            given_at=now.at,
            given_by=now.by,
        )
        for purpose in given.purposes
    )


def _sealed(case_id: str, contact: Contact | None, words: Words, desk: Desk) -> list[RawWrite]:
    records: dict[str, dict[str, str]] = {}
    if contact is not None:
        records[CONTACT_RECORD] = contact.fields()
    if words:
        records[REQUEST_RECORD] = words
    return desk.vault.seal_records(case_id, records, new_subject=True) if records else []


def identity_of(contact: Contact) -> str:
    """What makes two contacts the same: the phone, or the address where there is none."""
    return contact.phone or f"{contact.channel}:{contact.address}"
