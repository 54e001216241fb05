"""How what was said becomes a request: checked, with its channel, before it is known who calls."""

from collections.abc import Iterable

from services.intake.cases.use_cases.need_changes import asked_needs
from services.intake.codes.values import (
    HEARD_BY,
    Channel,
    Confidentiality,
    ConsentPurpose,
    Relation,
)
from services.intake.consents.repository import find_text
from services.intake.families.values import Stamp
from services.intake.families.vault_records import contact_index
from services.intake.requests.commands import NewMember, SubmitRequest, WebRequest
from services.intake.requests.domain import Request
from services.intake.requests.repository import NUMBER_DIGITS
from shared import clock, ids
from shared.errors import Invalid
from shared.privacy import strangers
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext
from shared.storage.store import Store

GROWN_UP = (Relation.PARENT, Relation.SPOUSE, Relation.GRANDMOTHER, Relation.GRANDFATHER)
_CHANNELS = {
    "hotline_operator": Channel.HOTLINE,
    "regional_hq": Channel.REGIONAL_HQ,
    "public_assistant": Channel.PUBLIC_ASSISTANT,
    "public": Channel.WEB,
}


def check(body: WebRequest) -> None:
    """Refuse a foreign district, an unknown text, a birth to come, and a contact not to be kept."""
    regions.check_district(body.region, body.district_id)
    find_text(ConsentPurpose.PROCESSING, body.consents.text_version, "/consents/text_version")
    check_births(body.family.members, body.region, "/family/members")
    if body.contact is None:
        return
    if body.confidentiality is Confidentiality.ANONYMOUS:
        raise Invalid("anonymous_leaves_no_contact", "/contact")
    if not body.consents.processing:
        raise Invalid("processing_consent_required", "/consents/processing")


def check_births(members: Iterable[NewMember], region: str, pointer: str) -> None:
    """Refuse a month of birth that has not come in the region, and of who is not born yet.

    A grown-up is expected by mistake: the mark is for the child, and not for its mother.
    """
    this_month = regions.local_date(region, clock.now()).isoformat()[:7]
    for place, member in enumerate(members):
        if member.expected and member.relation in GROWN_UP:
            raise Invalid("expected_is_a_child", f"{pointer}/{place}/expected")
        if member.expected and member.born is not None:
            raise Invalid("expected_has_no_month", f"{pointer}/{place}/born")
        if member.born is not None and member.born > this_month:
            raise Invalid("born_in_future", f"{pointer}/{place}/born")


def channel_of(context: CommandContext) -> Channel:
    """Return the channel of a caller's role; a machine is a bot."""
    return _CHANNELS.get(context.actor.role, Channel.BOT)


def is_heard(context: CommandContext) -> bool:
    """Whether the programme's own people heard it."""
    return context.actor.role in HEARD_BY


def draft(body: WebRequest, now: Stamp, context: CommandContext) -> tuple[Request, dict[str, str]]:
    """Return a request as it was asked, and the words about its needs."""
    request_id = ids.new("req")
    needs, words = asked_needs(body.needs, request_id, "/needs")
    channel = channel_of(context)
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
        confidentiality=_confidentiality(body, channel),
        urgency=body.urgency,
        applicant_relation=body.applicant_relation,
        needs=needs,
        heard=is_heard(context),
    )
    return request, words


def acknowledged(request: Request, body: WebRequest, store: Store, vault: Vault) -> Request:
    """Note whether a message says that the request came in.

    To a contact that a stranger may have typed only so many leave.
    """
    if body.contact is None or request.heard:
        return request
    leaves = strangers.may_write(contact_index(body.contact, vault), store)
    return request if leaves else request.model_copy(update={"acknowledged": False})


def _confidentiality(body: WebRequest, channel: Channel) -> Confidentiality:
    """Return how much is shown; who calls, leaves no contact and is not known is anonymous."""
    said, named = body.confidentiality, body.contact is not None
    if isinstance(body, SubmitRequest):
        named = named or body.family_id is not None or body.external_ref is not None
    silent = said is Confidentiality.CONFIDENTIAL and not named
    return Confidentiality.ANONYMOUS if silent and channel is Channel.HOTLINE else said
