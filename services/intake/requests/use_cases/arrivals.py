"""What a request that comes in makes: of its family, of a case; and the one commit that keeps it.

An open case of the family gets the request by the request's deadline (`joining`), so that this
commit changes no row that other calls are changing.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases, follow
from services.intake.codes.values import Channel, Confidentiality, ConsentForm, ConsentPurpose
from services.intake.consents.repository import find_text
from services.intake.families import events as family_events
from services.intake.families.domain import Family
from services.intake.families.repository import Families, Holders
from services.intake.families.values import (
    Consent,
    FamilyContact,
    FamilyFacts,
    LikenessSign,
    Member,
    Stamp,
)
from services.intake.families.vault_records import has_name, likeness_index
from services.intake.requests import events
from services.intake.requests.commands import WebRequest
from services.intake.requests.domain import Request
from services.intake.requests.repository import Requests, number_name
from services.intake.requests.use_cases.callers import Caller
from services.intake.requests.use_cases.joining import new_case
from services.intake.timeline.domain import Entry
from services.intake.timeline.repository import timeline_rows
from services.intake.timeline.values import TimelineKind
from shared import ids
from shared.errors import VersionConflict
from shared.events.base import Event
from shared.privacy.vault import Fields, Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite, Row, UniqueName
from shared.storage.transaction import NameTaken

_FORMS = {
    Channel.HOTLINE: ConsentForm.SPOKEN,
    Channel.REGIONAL_HQ: ConsentForm.SPOKEN,
    Channel.WEB: ConsentForm.ONLINE,
    Channel.BOT: ConsentForm.ONLINE,
    Channel.PUBLIC_ASSISTANT: ConsentForm.SPOKEN,
}


class Arrival(NamedTuple):
    """A request with its family and case, as they are after it.

    `holders` are those who have its contact, as far as it was looked up.
    """

    request: Request
    before: Family | None = None
    family: Family | None = None
    case: Case | None = None
    holders: Holders | None = None


def arrive(request: Request, facts: FamilyFacts, caller: Caller, vault: Vault) -> Arrival:
    """Return what a request makes; who only asks a question without a contact stays unknown."""
    before = caller.family
    if before is None and caller.contact is None and not request.wants_case:
        return Arrival(request)
    family = before or _new_family(request, facts, caller.contact, vault)
    if before is not None and request.heard:
        family = before.learn(facts)
    if before is not None and caller.contact is not None:
        family = family.add_contact(caller.contact)
    family = family.look_like(caller.sharing(request.region), LikenessSign.SAME_CONTACT)
    request = request.of_family(family, caller.record_id)
    if request.joins or not request.wants_case:
        return Arrival(request, before, family, holders=caller.holders)
    case = new_case(request, family, ids.new("cas"))
    joined, left = request.join(case.case_id), follow(family, case)
    return Arrival(joined, before, left, case, caller.holders)


def save_arrival(
    context: CommandContext,
    arrival: Arrival,
    requests: Requests,
    *,
    names: Sequence[UniqueName] = (),
    records: dict[str, Fields],
    vault: Vault,
) -> Receipt:
    """Store a request with everything it makes, in one commit; a number drawn twice is drawn again.

    Raises NameTaken for another of its `names`.
    """
    request, before, family, _, holders = arrival
    writes: list[RawWrite] = []
    reach: Iterable[Event] = ()
    if records:
        # Who may be a stranger is answered after the same reads, whoever has the contact.
        new = before is None and request.heard
        writes += vault.seal_records(request.subject, records, new_subject=new)
    if family is not None:
        families = Families(requests.store)
        writes += families.contact_rows(before, family, holders)
        writes += timeline_rows([_entry(request, family)])
        reach = family_events.of_arrival(before, family)
    number = number_name(request)
    try:
        return requests.save(
            context,
            request,
            *changed_rows(arrival, requests),
            events=[events.of_arrival(request, family), *reach],
            unique=[number, *names],
            writes=writes,
        )
    except NameTaken as taken:
        if taken.name == number.name:
            raise VersionConflict from None
        raise


def changed_rows(arrival: Arrival, requests: Requests) -> list[Row]:
    """Return the rows beside the request's own: its new case, its family when that is changed."""
    rows: list[Row] = []
    if arrival.case is not None:
        rows.append(Cases(requests.store).row(arrival.case))
    if arrival.family is not None and arrival.family != arrival.before:
        rows.append(Families(requests.store).row(arrival.family))
    return rows


def facts_of(body: WebRequest, request: Request, known: Family | None, vault: Vault) -> FamilyFacts:
    """Return what a request says about its family, which may be known."""
    said = body.family
    members = Member.all_of(said.members)
    sensitive = (request.request_id,) if said.groups_sensitive else ()
    return FamilyFacts(
        kind=said.kind,
        members=members,
        groups=tuple(dict.fromkeys(said.groups)),
        sensitive_refs=sensitive,
        preferred_time=said.preferred_time,
        home_conditions=tuple(dict.fromkeys(said.home_conditions)),
        consents=_consents(body, Channel(request.channel), request.stamp),
        likeness=_likeness(body, members, known, vault),
    )


def _likeness(
    body: WebRequest, said: tuple[Member, ...], known: Family | None, vault: Vault
) -> str | None:
    """Return the index of the likeness with the members that are known and named now.

    When another person of a known family calls, it keeps the one by the name that it has.
    """
    name = None if body.contact is None else body.contact.name
    if known is None:
        return likeness_index(body.region, name, said, vault)
    if known.likeness is not None and not has_name(known, name, vault):
        return known.likeness
    return likeness_index(body.region, name, (*known.members, *said), vault)


def _new_family(
    request: Request, facts: FamilyFacts, contact: FamilyContact | None, vault: Vault
) -> Family:
    family_id = ids.new("fam")
    return Family(
        family_id=family_id,
        region=request.region,
        district=request.district or "",
        kind=facts.kind,
        members=facts.members,
        groups=facts.groups,
        sensitive_refs=facts.sensitive_refs,
        preferred_time=facts.preferred_time,
        home_conditions=facts.home_conditions,
        anonymous=request.confidentiality == Confidentiality.ANONYMOUS,
        contacts=() if contact is None else (contact,),
        consents=facts.consents,
        beneficiary_key=vault.blind_index("beneficiary", family_id),
        known_since=request.received_at,
        idle_since=request.received_at,
        likeness=facts.likeness,
    )


def _consents(body: WebRequest, channel: Channel, now: Stamp) -> tuple[Consent, ...]:
    """Return what the family allows; who may be shown to helpers is shown to its own office.

    What is ticked on the public form is no paper that the programme has seen.
    """
    given = body.consents
    form = _FORMS[channel] if channel is Channel.WEB else given.form or _FORMS[channel]
    allowed = [(each, None) for each in given.purposes]
    shown = body.confidentiality is Confidentiality.SHAREABLE
    office = [(ConsentPurpose.SHARE_WITH_OFFICE, body.district_id)] if shown else []
    return tuple(
        Consent(
            purpose=purpose,
            recipient=recipient,
            form=form,
            text_version=text.version,
            text_hash=text.hash,
            given_at=now.at,
            given_by=now.by,
        )
        for purpose, recipient in (*allowed, *office)
        for text in [find_text(purpose, given.text_version, "/consents/text_version")]
    )


def _entry(request: Request, family: Family) -> Entry:
    return Entry(
        family_id=request.family_id or family.family_id,
        at=request.received_at,
        kind=TimelineKind.REQUEST,
        ref=request.request_id,
        case_id=request.case_id,
    )
