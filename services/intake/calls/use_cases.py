"""What an operator adds to a request, and what it puts right within the call."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.intake.calls.commands import AddToRequest, MendRequest
from services.intake.calls.domain import disown_case, disown_groups, mend_case, require_open
from services.intake.calls.views import AddedView
from services.intake.cases import events as case_events
from services.intake.cases.commands import NeedCommand
from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases
from services.intake.cases.use_cases.need_changes import asked_needs, need_changes
from services.intake.cases.values import AskedNeed, NeedChanges
from services.intake.codes.values import ConsentPurpose, ContactProof, EndReason, Urgency
from services.intake.families import events as family_events
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
from services.intake.requests.domain import MOST_FORGOTTEN, Request
from services.intake.requests.policy import load_authorised
from services.intake.requests.repository import TEXT, Requests
from services.intake.requests.values import MINUTES_TO_MEND, TO_MEND, RequestId, RequestStatus
from services.intake.requests.views import EmergencyView
from shared import ids
from shared.errors import IllegalStep, Invalid
from shared.events.base import Event
from shared.principal import Principal
from shared.privacy.contact import Contact
from shared.privacy.vault import Fields, Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite, Row

# Records of words that a request has beside its own, and as many as one commit puts right.
OF_REQUEST = "wrd"
MOST_REPLACED = 2


def added_view(receipt: Receipt, caller: Principal) -> AddedView:
    """Return what to say first when the family cannot wait."""
    return AddedView.of(receipt, emergency=EmergencyView.for_staff(receipt.links or {}))


class Asked(NamedTuple):
    """A request with the case and the family that it belongs to, as they are at one moment."""

    request: Request
    case: Case | None
    family: Family | None


def add_to_request(
    request_id: RequestId,
    body: AddToRequest,
    context: CommandContext,
    requests: Requests,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    """Add a need, words or urgency to a request; its case gets them, and headquarters looks."""
    request = load_authorised(request_id, "add_to_request", context.actor, requests)
    if not body.needs and body.text is None and body.urgency is Urgency.NORMAL:
        raise Invalid("nothing_to_change")
    before, record = _asked(request, families, cases), ids.new(OF_REQUEST)
    needs, words = asked_needs(body.needs, record, "/needs")
    said = words if body.text is None else words | {TEXT: body.text}
    added = request.add(needs, record if body.text is not None else None, body.urgency)
    urgent = Urgency.URGENT in (body.urgency, *(need.urgency for need in needs))
    case = before.case
    if case is not None and request.status is RequestStatus.JOINED:
        require_open(case)
        case = case.join(stamp(context), request_id, needs, urgent=urgent, heard=True)
    writes = vault.seal(request.subject, record, said) if said else []
    known = before.case is not None and before.case.taken_by == context.actor.id
    news = [] if known else [request_events.of_extension(added, urgent=urgent)]
    return _save(context, before, Asked(added, case, before.family), writes, requests, news=news)


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
    if now.at - request.received_at > TO_MEND:
        steps = (*request.of_next("add"), "leave_note")
        raise IllegalStep("time_to_mend_is_over", steps, minutes=MINUTES_TO_MEND)
    if body.district_id is not None:
        regions.check_district(request.region, body.district_id)
    before, record = _asked(request, families, cases), ids.new(OF_REQUEST)
    changes, words = _changes(body, now, record)
    after = _mended(before, body, changes, now, requests)
    records: dict[str, Fields] = {record: words} if words else {}
    writes: list[RawWrite] = []
    holders = None
    if body.contact is not None:
        holders = families.holders(contact_index(body.contact, vault))
        family, contact, former = _mended_contact(body.contact, holders, after, vault)
        after = after._replace(family=family)
        records[contact.contact_id] = body.contact.fields()
        if former is not None:
            writes += vault.forget(request.subject, former.contact_id)
    if after == before:
        raise Invalid("nothing_to_change")
    if records:
        writes += vault.seal_records(request.subject, records)
    replaced = _words(before.request.needs) - _words(after.request.needs)
    if after.case is not None:
        replaced = replaced.difference(*(need.text_refs for need in after.case.needs))
    writes += forget_words(request.subject, replaced, vault, MOST_REPLACED)
    hasty = after.request.urgent and not request.urgent
    news = [request_events.of_extension(after.request, urgent=True)] if hasty else []
    return _save(context, before, after, writes, requests, holders, news)


def disown_request(
    request_id: RequestId,
    context: CommandContext,
    requests: Requests,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    """Say that a request was written down for the wrong family; its words there are erased."""
    request = load_authorised(request_id, "disown_request", context.actor, requests)
    context.reason, now = EndReason.OTHER_FAMILY, stamp(context)
    before = _asked(request, families, cases)
    disowned, case = request.disown(now), before.case
    own = None if request.family_id is None else families.record(request.family_id)
    if request.made_family(case, own):  # which may be part of another by now
        instead = tuple(step for step in request.next_steps if step == "add")
        raise IllegalStep("family_is_of_this_request", instead, minutes=MINUTES_TO_MEND)
    if case is not None and request_id in case.requests:
        others = requests.get_many(each for each in case.requests if each != request_id)
        case = disown_case(case, now, request, others)
    now_gone = request.word_records[:MOST_FORGOTTEN]
    writes = [row for each in now_gone for row in vault.forget(request.subject, each)]
    records = () if before.family is None else before.family.records
    said = [each for each in records if request_id in each.sensitive_refs]
    beside = [families.row(disown_groups(each, request_id)) for each in said]
    after, news = Asked(disowned, case, before.family), [request_events.of_end(disowned)]
    return _save(context, before, after, writes, requests, news=news, beside=beside)


def _words(asked: Iterable[AskedNeed]) -> set[str]:
    """Return where the words are that a request itself says about its needs."""
    return {need.text_ref for need in asked if need.text_ref is not None}


def _asked(request: Request, families: Families, cases: Cases) -> Asked:
    family = None if request.family_id is None else families.get(request.family_id)
    case = None if request.case_id is None else cases.find(request.case_id)
    return Asked(request, case, family)


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
    if case is not None and request.status is RequestStatus.JOINED:
        others = requests.get_many(each for each in case.requests if each != request.request_id)
        case = mend_case(case, now, request, mended, changes, body.district_id, others)
    if family is not None and family.known_since == request.received_at and body.district_id:
        family = family.correct(FamilyCorrection(district=body.district_id))
    return Asked(mended, case, family)


def _mended_contact(
    contact: Contact, holders: Holders, asked: Asked, vault: Vault
) -> tuple[Family, FamilyContact, FamilyContact | None]:
    """Return the family with the contact that this very request should have noted."""
    request, _, family = asked
    former = None if family is None else request.noted_contact(family)
    if family is None or not (former or request.lacks_contact(family)):
        raise IllegalStep("no_contact_to_mend", ("leave_note",))
    if not (family.erased or family.allows(ConsentPurpose.PROCESSING)):
        raise IllegalStep("consent_comes_first", ("register_again",))
    right = new_contact(contact, holders.contact, ContactProof.SPOKEN, request.received_at)
    known = (each for each in family.contacts if each.index == right.index and each is not former)
    if (same := next(known, None)) is not None:
        right = right.in_place_of(same)
    mended = named_by(family.replace_contact(right, former), right, contact.name, vault)
    return mended.look_like(holders.of(family.region), LikenessSign.SAME_CONTACT), right, former


def _save(
    context: CommandContext,
    before: Asked,
    after: Asked,
    writes: list[RawWrite],
    requests: Requests,
    read: Holders | None = None,
    news: Sequence[Event] = (),
    beside: Sequence[Row] = (),
) -> Receipt:
    """Store what changed of a request, its case and its family, in one commit."""
    rows = [*beside]
    events: list[Event] = []
    if after.case is not None and before.case is not None and after.case is not before.case:
        rows.append(Cases(requests.store).row(after.case))
        if after.family is not None:
            was, now = before.family or after.family, after.family
            events = case_events.of_change(before.case, after.case, now)
            events += case_events.of_family_change(was, now, before.case, after.case)
    if after.family is not None and after.family is not before.family:
        rows.append(Families(requests.store).row(after.family))
        if before.family is not None:
            events += family_events.of_change(before.family, after.family)
        families = Families(requests.store)
        writes = [*writes, *families.contact_rows(before.family, after.family, read)]
    return requests.save(context, after.request, *rows, events=[*news, *events], writes=writes)
