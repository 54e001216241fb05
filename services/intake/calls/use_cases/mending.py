"""What an operator puts right, within the call, about what it wrote down wrongly."""

from collections.abc import Collection, Iterable

from services.intake.calls.commands import MendRequest
from services.intake.calls.domain import mend_case
from services.intake.calls.use_cases.commits import Asked, load_asked, save_asked
from services.intake.cases.commands import NeedCommand
from services.intake.cases.repository import Cases
from services.intake.cases.use_cases.family_facts import follow
from services.intake.cases.use_cases.need_changes import need_changes
from services.intake.cases.values import AskedNeed, NeedChanges
from services.intake.codes.values import ConsentPurpose, ContactProof
from services.intake.families.domain import Family
from services.intake.families.policy import stamp
from services.intake.families.repository import Families, Holders
from services.intake.families.values import FamilyContact, FamilyCorrection, LikenessSign, Stamp
from services.intake.families.vault_records import (
    contact_index,
    forget_words,
    named_by,
    new_contact,
)
from services.intake.requests import events as request_events
from services.intake.requests.domain import Request
from services.intake.requests.policy import load_authorised
from services.intake.requests.repository import Requests
from services.intake.requests.values import MINUTES_TO_MEND, TO_MEND, RequestId, RequestStatus
from services.intake.sign_ins.domain import sign_out_of
from shared import clock, ids
from shared.domain import Moment
from shared.errors import IllegalStep, Invalid
from shared.privacy.contact import Contact
from shared.privacy.vault import Fields, Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite

# Records of words in which a request is put right.
OF_REQUEST = "wrd"
# As many of them one commit replaces.
MOST_REPLACED = 2


def mend_request(
    request_id: RequestId,
    body: MendRequest,
    context: CommandContext,
    requests: Requests,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    """Put right, within half an hour, what you wrote down wrongly; no decision is undone by it."""
    request = load_authorised(request_id, "mend_request", context.actor, requests)
    now = stamp(context)
    _require_in_time(request, now, vault)
    if body.district_id is not None:
        regions.check_district(request.region, body.district_id)
    before, record = load_asked(request, families, cases), ids.new(OF_REQUEST)
    changes, words = _changes(body, now, record)
    after = _mended(before, body, changes, now, requests)
    records: dict[str, Fields] = {record: words} if words else {}
    writes: list[RawWrite] = []
    holders = None
    if body.contact is not None:
        holders = families.holders(contact_index(body.contact, vault))
        family, contact, former = _mended_contact(body.contact, holders, after, vault)
        after = _with_language(after._replace(family=family), before, now)
        records[contact.contact_id] = body.contact.fields()
        if former is not None and former.contact_id != contact.contact_id:
            writes += vault.forget(request.subject, former.contact_id)
    elif after == before:
        raise Invalid("nothing_to_change")
    if records:
        writes += vault.seal_records(request.subject, records)
    replaced = _words(request.needs) - _words(after.request.needs)
    writes += forget_words(request.subject, replaced, vault, MOST_REPLACED)
    hasty = after.request.urgent and not request.urgent
    news = [request_events.of_extension(after.request, urgent=True)] if hasty else []
    return save_asked(context, before, after, writes, requests, holders, news)


def _require_in_time(request: Request, now: Stamp, vault: Vault) -> None:
    if now.at - request.received_at > TO_MEND:
        steps = (*request.of_next("add"), *_note(request, vault))
        raise IllegalStep("time_to_mend_is_over", steps, minutes=MINUTES_TO_MEND)


def _note(request: Request, vault: Vault) -> tuple[str, ...]:
    """Return the step of leaving a note, where its words can still be kept."""
    return () if vault.has_erased(request.subject) else ("leave_note",)


def _words(asked: Iterable[AskedNeed]) -> set[str]:
    """Return where the words are that a request itself says about its needs."""
    return {need.text_ref for need in asked if need.text_ref is not None}


def _changes(body: MendRequest, now: Stamp, record: str) -> tuple[NeedChanges, dict[str, str]]:
    """Return what is put right about needs, and the new words about them."""
    if not body.change and not body.drop:
        return NeedChanges(), {}
    command = NeedCommand(change=body.change, drop=body.drop)
    return need_changes(command, now, record, clarified=False)


def _mended(
    before: Asked, body: MendRequest, changes: NeedChanges, now: Stamp, requests: Requests
) -> Asked:
    """Return request, case and family without the mistakes about needs, urgency and district."""
    request, case, family = before
    only_contact = (changes, body.urgency, body.district_id) == (NeedChanges(), None, None)
    if only_contact:
        return before
    mended = request.mend(changes, body.district_id, body.urgency)
    if mended == request:
        return before
    if case is not None and request.status is RequestStatus.JOINED:
        others = requests.get_many(each for each in case.requests if each != request.request_id)
        case = mend_case(case, now, request, mended, changes, body.district_id, others)
    if family is not None and body.district_id is not None:
        family = _of_district(family, request, body.district_id)
    return Asked(mended, case, family)


def _of_district(family: Family, request: Request, district: str) -> Family:
    """Return a family with the district that it has named: it is shown to that office alone."""
    said = (request.district or "", {request.received_at})
    main, *others = (allowing(each, *said, district) for each in family.records)
    named = main._with(others=tuple(others))
    if family.known_since != request.received_at:
        return named
    return named.correct(FamilyCorrection(district=district))


def allowing(record: Family, wrong: str, said_at: Collection[Moment], district: str) -> Family:
    """Let a record allow the office of this district what calls allowed a wrong one."""
    named = (
        each.model_copy(update={"recipient": district})
        if each.allows(ConsentPurpose.SHARE_WITH_OFFICE, wrong) and each.given_at in said_at
        else each
        for each in record.consents
    )
    return record._with(consents=tuple(named))


def _with_language(after: Asked, before: Asked, now: Stamp) -> Asked:
    """Return a request whose case, where it is not put right itself, follows the new contact."""
    was, family, case = before.family, after.family, after.case
    if was is None or family is None or case is None or case is not before.case:
        return after
    return after._replace(case=follow(case, was, family, now))


def _mended_contact(
    contact: Contact, holders: Holders, asked: Asked, vault: Vault
) -> tuple[Family, FamilyContact, FamilyContact | None]:
    """Return the family with the contact that this very request should have noted."""
    request, _, family = asked
    if family is None:  # without a contact there is no record that could get one
        raise IllegalStep("request_without_family", ("register_again",))
    former = request.noted_contact(family)
    if not (former or request.lacks_contact(family)):
        raise IllegalStep("no_contact_to_mend", _note(request, vault))
    if not (family.erased or family.allows(ConsentPurpose.PROCESSING)):
        raise IllegalStep("consent_comes_first", ("register_again",))
    right = new_contact(contact, holders.contact, ContactProof.SPOKEN, request.received_at)
    known = (each for each in family.contacts if each.index == right.index)
    if (same := next(known, None)) is not None:  # the name alone, or a phone that it had before
        right = right.in_place_of(same)
    mended = named_by(family.replace_contact(right, former), right, contact.name, vault)
    mended = sign_out_of(mended, former, right, clock.wall())
    return mended.look_like(holders.of(family.region), LikenessSign.SAME_CONTACT), right, former
