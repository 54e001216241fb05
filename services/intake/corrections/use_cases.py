"""Wrong facts about a family are replaced, and all that depends on them follows in one commit."""

from collections.abc import Sequence

from pydantic import ValidationError

from services.intake.calls.use_cases.mending import allowing
from services.intake.cases.repository import Cases
from services.intake.cases.use_cases.family_facts import followed
from services.intake.codes.values import CorrectionReason
from services.intake.corrections.commands import CorrectFamily, CorrectOwnFamily, FamilyChange
from services.intake.families.domain import MOST_SENSITIVE, Family
from services.intake.families.policy import load_authorised, resource, stamp
from services.intake.families.repository import Families
from services.intake.families.values import (
    FamilyContact,
    FamilyCorrection,
    FamilyId,
    Member,
)
from services.intake.families.vault_records import (
    GROUPS,
    forget_words,
    likeness_index,
    spelt_groups,
    text_ref,
)
from services.intake.policy import POLICY
from services.intake.requests.repository import Requests
from services.intake.requests.use_cases.drafts import check_births
from services.intake.rights.commands import ByLink
from services.intake.rights.policy import by_itself
from services.intake.rights.use_cases.link_use import acting, spent
from shared import ids
from shared.errors import Forbidden, IllegalStep, Invalid
from shared.identity.signed_links import Link
from shared.principal import Principal
from shared.privacy.contact import FIELDS, Channel, Contact, is_chat, takes_texts
from shared.privacy.vault import Fields, Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite

CORRECT, SEE_SENSITIVE = "correct_family", "view_sensitive"


def correct_family(
    family_id: FamilyId,
    body: CorrectFamily,
    context: CommandContext,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    """Correct what is known of a family; the staff says why."""
    family = load_authorised(family_id, "correct_family", context.actor, families)
    itself = by_itself(context)
    if body.reason is None and not itself:
        raise Invalid("reason_required", "/reason")
    if body.groups_sensitive is not None and not itself:
        _require_team(context.actor, family)
    context.reason = body.reason or CorrectionReason.SAID_BY_FAMILY.value
    return _correct(family, body, context, cases, vault)


def _require_team(caller: Principal, family: Family) -> None:
    """Pass who works on an open case of the family; another one can become that."""
    if not POLICY.allows(caller, SEE_SENSITIVE, resource(family)):
        raise Forbidden(SEE_SENSITIVE, "groups_are_of_the_team")


def correct_own_family(
    body: CorrectOwnFamily,
    context: CommandContext,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> Receipt:
    """Correct what is known of you; the link is used up."""
    context.reason = CorrectionReason.SAID_BY_FAMILY.value
    with acting(body, context, families.store) as link:
        family = load_authorised(link.subject, "correct_family", context.actor, families)
        return _correct(family, body, context, cases, vault, link)


def _correct(
    family: Family,
    body: FamilyChange,
    context: CommandContext,
    cases: Cases,
    vault: Vault,
    link: Link | None = None,
) -> Receipt:
    _check(body, family)
    known, writes = _known_better(family, body, context, vault)
    after = family.correct(known)
    if context.reason == CorrectionReason.WRITTEN_DOWN_WRONG and after.district != family.district:
        # What its calls allowed was meant for the office of its own district.
        calls = Requests(cases.store).of_family(family.record_ids)
        said_at = {family.known_since, *(each.received_at for each in calls)}
        after = allowing(after, family.district, said_at, after.district)
    steps = followed(family, after, stamp(context), cases)
    return cases.save_family(context, family, after, steps, unique=spent(link), writes=writes)


def _check(body: FamilyChange, family: Family) -> None:
    """Refuse a correction that says nothing, a foreign district and a birth to come."""
    said = body.model_dump(exclude_none=True, exclude={*ByLink.model_fields, "reason"})
    if not said:
        raise Invalid("no_fact_to_correct")
    if body.district_id is not None:
        regions.check_district(family.region, body.district_id)
    check_births(body.members or (), family.region, "/members")


def _known_better(
    family: Family, body: FamilyChange, context: CommandContext, vault: Vault
) -> tuple[FamilyCorrection, list[RawWrite]]:
    """Return the facts to replace, and the rows that keep what is sealed of them."""
    contacts, sealed = _reached(family, body, context, vault)
    refs = None
    if body.groups_sensitive is not None:
        refs = (ids.new("txt"),) if body.groups_sensitive else ()
        sealed |= {record: {GROUPS: spelt_groups(body.groups_sensitive)} for record in refs}
    members = None if body.members is None else Member.all_of(body.members)
    known = FamilyCorrection(
        kind=body.kind,
        district=body.district_id,
        members=members,
        groups=_each_once(body.groups),
        sensitive_refs=refs,
        sensitive_corrected_at=None if refs is None else stamp(context).at,
        motivated=body.motivated,
        resource_family=body.resource_family,
        preferred_time=body.preferred_time,
        home_conditions=_each_once(body.home_conditions),
        contacts=contacts,
        likeness=None if members is None else _likeness(family, members, context, vault),
    )
    writes = vault.seal_records(family.family_id, sealed) if sealed else []
    return known, writes if refs is None else [*writes, *_without_groups(family, vault)]


def _reached(
    family: Family, body: FamilyChange, context: CommandContext, vault: Vault
) -> tuple[tuple[FamilyContact, ...] | None, dict[str, Fields]]:
    """Return the contacts with the first one as the family wants it, and what to seal of that."""
    if body.language is None and body.preferred_channel is None:
        return None, {}
    contact = _contact(family, body, context, vault)
    wanted = {"channel": contact.channel, "language": contact.language}
    first = family.contacts[0].model_copy(update=wanted)
    return (first, *family.contacts[1:]), {first.contact_id: contact.fields()}


def _without_groups(family: Family, vault: Vault) -> list[RawWrite]:
    """Return the rows without sensitive groups, which a merged record may have said, too."""
    wrong = {text_ref(record, GROUPS) for record in family.sensitive_refs}
    return [
        row
        for subject in family.record_ids
        for row in forget_words(subject, wrong, vault, MOST_SENSITIVE)
    ]


def _each_once(codes: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if codes is None else tuple(dict.fromkeys(codes))


def _contact(family: Family, body: FamilyChange, context: CommandContext, vault: Vault) -> Contact:
    """Return the family's contact as it wants to be reached; the way must lead to it."""
    own = family.require_own(family.contact)
    if own is None:
        raise IllegalStep("family_has_no_contact", family.next_steps)
    record = own.contact_id
    fields = dict(vault.open(family.family_id, record, FIELDS, context, CORRECT))
    wanted = {"language": body.language, "channel": body.preferred_channel}
    fields |= {name: str(value) for name, value in wanted.items() if value is not None}
    if fields["channel"] == Channel.BOT and not is_chat(fields.get("address", "")):
        raise Invalid("contact_has_no_such_way", "/preferred_channel")
    try:
        contact = Contact.model_validate(fields)
    except ValidationError:
        raise Invalid("contact_has_no_such_way", "/preferred_channel") from None
    if contact.channel is Channel.SMS and not takes_texts(contact.phone or ""):
        raise Invalid("contact_has_no_such_way", "/preferred_channel")
    return contact


def _likeness(
    family: Family, members: tuple[Member, ...], context: CommandContext, vault: Vault
) -> str | None:
    """Return the index of the family's likeness with these members, by the name of its contact."""
    if family.contact is None:
        return None
    record = (family.contact_subject, family.contact.contact_id)
    name = vault.open(*record, ["name"], context, CORRECT)["name"]
    return likeness_index(family.region, name, members, vault)
