"""What is sealed under a family's id, and how a contact is found without being known."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from services.intake.codes.values import ContactProof
from services.intake.families.domain import Family
from services.intake.families.values import FamilyContact, FamilyCorrection, Member
from shared import clock, ids
from shared.domain import Moment
from shared.errors import Invalid
from shared.principal import Principal
from shared.privacy.contact import FIELDS, Channel, Contact, normalise_phone
from shared.privacy.vault import Fields, RecordFields, Vault
from shared.storage.rows import RawWrite

GROUPS = "groups"
KEPT_FOR_NOTICE = timedelta(days=1)
_GAPS = re.compile(r"[\s'\u2019\u02bc-]+")
_DOUBLED = re.compile(r"(\w)\1+")


def contact_index(contact: Contact, vault: Vault) -> str:
    """Return the keyed blind index of what makes two contacts the same: phone, else address."""
    if contact.phone is not None:
        return phone_key(contact.phone, vault)
    return contact_key(contact.channel, contact.address or "", vault)


def phone_key(phone: str, vault: Vault) -> str:
    """Return the index of a phone, through whichever channel it is used."""
    return vault.blind_index("contact", phone)


def contact_key(channel: str, address: str, vault: Vault) -> str:
    """Return the index of an address in a channel; a mail is the same in small letters."""
    same = address.casefold() if channel == Channel.EMAIL else address
    return vault.blind_index("contact", f"{channel}:{same}")


def indexes_as_written(text: str, vault: Vault) -> set[str]:
    """Return the indexes that a phone or an address may have, as a person writes it."""
    found = {contact_key(channel, text, vault) for channel in (Channel.BOT, Channel.EMAIL)}
    try:
        return found | {phone_key(normalise_phone(text), vault)}
    except ValueError:
        return found


def new_contact(contact: Contact, index: str, proof: ContactProof, at: Moment) -> FamilyContact:
    """Return a contact for a family that has not had it."""
    return FamilyContact(
        contact_id=ids.new("cnt"),
        channel=contact.channel,
        language=contact.language,
        index=index,
        proof=proof,
        added_at=at,
    )


def keep_for_notice(family: Family, former: FamilyContact, vault: Vault) -> list[RawWrite]:
    """Return the rows that keep a former contact until its notice is sent."""
    until = clock.wall() + KEPT_FOR_NOTICE
    return vault.keep_until(family.family_id, former.contact_id, until)


def contact_fields(family: Family) -> dict[str, list[str]]:
    """Return which record and fields the contact of a family is in."""
    return {} if family.contact is None else {family.contact.contact_id: list(FIELDS)}


def open_records(
    subjects: Sequence[str],
    wanted: dict[str, list[str]],
    caller: Principal,
    purpose: str,
    vault: Vault,
) -> dict[str, Fields]:
    """Open sealed records by name; those that are absent or erased are left out.

    The words of a family with several records are under the key of any of its `subjects`; a reading
    is recorded only where the words are.
    """
    if not wanted:
        return {}
    asked = [
        RecordFields(subject, record, tuple(fields))
        for record, fields in wanted.items()
        for subject in subjects
        if len(subjects) == 1 or vault.keeps(subject, record)
    ]
    found = zip(asked, vault.open_many(asked, caller, purpose), strict=True)
    return {each.record: fields for each, fields in found if fields}


def text_ref(record: str, field: str) -> str:
    """Return where words are in the vault of their family."""
    return f"{record}#{field}"


def said_at(ref: str | None, records: Mapping[str, Fields]) -> str | None:
    """Return the words that are at a place, from the records that were opened."""
    record, _, field = (ref or "").partition("#")
    return records.get(record, {}).get(field)


def fields_by_record(refs: Iterable[str]) -> dict[str, list[str]]:
    """Return which records and fields some words are in."""
    wanted: dict[str, list[str]] = {}
    for record, _, field in (ref.partition("#") for ref in refs):
        wanted.setdefault(record, []).append(field)
    return wanted


def forget_words(subject: str, refs: Collection[str], vault: Vault, most: int) -> list[RawWrite]:
    """Return the rows without words that nothing leads to any more; no one could read them.

    What is in more records than `most`, which fit into the commit, is put right step by step.
    """
    records = fields_by_record(sorted(refs))
    if len(records) > most:
        raise Invalid("too_many_words_at_once", most=most)
    forgotten = (vault.forget_fields(subject, record, gone) for record, gone in records.items())
    return [write for writes in forgotten for write in writes]


def spelt_groups(groups: Iterable[str]) -> str:
    """Return sensitive groups as one field of the vault."""
    return ",".join(dict.fromkeys(groups))


def open_sensitive_groups(
    family: Family, caller: Principal, purpose: str, vault: Vault
) -> tuple[str, ...]:
    """Open what the team of its case alone may see of a family; the reading is recorded.

    A correction replaces what the records say that were merged before it.
    """
    corrected = family.sensitive_corrected_at
    old = {each.family_id for each in family.joined if corrected and each.at < corrected}
    records = (record for record in family.records if record.family_id not in old)
    wanted = {ref: [GROUPS] for record in records for ref in record.sensitive_refs}
    found = open_records(family.record_ids, wanted, caller, purpose, vault)
    groups = (group for record in found.values() for group in record[GROUPS].split(","))
    return tuple(dict.fromkeys(groups))


def name_key(name: str) -> str:
    """Return what is equal for two spellings of one name.

    Its words in any order and case, in either alphabet, with ё as е, hyphens and apostrophes as
    gaps, and doubled letters as one.
    """
    from shared.office_values import LOOK_ALIKES  # only who says a month of birth pays for it

    words = _GAPS.split(name.casefold().translate(LOOK_ALIKES).strip())
    return " ".join(sorted(_DOUBLED.sub(r"\1", word) for word in words))


def likeness_index(
    region: str, name: str | None, members: Iterable[Member], vault: Vault
) -> str | None:
    """Return the keyed index that records of one family share; None when too little is known.

    They have the same name and the same month of birth of the eldest member whose month is known. A
    name alone says nothing: many women are called Anna.
    """
    months = [member.born for member in members if member.born is not None]
    if name is None or not months:
        return None
    return vault.blind_index("likeness", f"{region}/{name_key(name)}/{min(months)}")


def named_by(family: Family, contact: FamilyContact, name: str, vault: Vault) -> Family:
    """Return a family with a new contact, whose likeness is by the name of its first one."""
    if family.contact != contact:
        return family
    likeness = likeness_index(family.region, name, family.members, vault)
    return family.correct(FamilyCorrection(likeness=likeness))


def has_name(family: Family, name: str | None, vault: Vault) -> bool:
    """Whether the likeness of a family was made by this name, with the month of one of it."""
    made = {likeness_index(family.region, name, [each], vault) for each in family.members}
    return family.likeness is not None and family.likeness in made
