"""Rows of families, and the index by which a contact finds those who have it.

A contact and its place in the index change in one commit: the rows of the index are derived from
the change of the family.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.intake.families.domain import Family
from services.intake.families.values import FamilyContact
from shared.reference import regions
from shared.storage.command_context import CommandContext, Key, Receipt
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, RawWrite, Row, UniqueName

LISTED, ALIKE = "family#", "family#alike#"
LIKENESS = "LIKENESS"
UTC = ZoneInfo("UTC")
# A phone is shared by few families; more of them are not suggested.
MOST_HOLDERS = 50


class Holder(NamedTuple):
    """A family that has a contact, and its place among those of its region who share it."""

    family_id: str
    place: int
    region: str


class Families(Repository[Family]):
    """Families by id, by contact, by card holder, by region, and by the office that may see them.

    The index of contacts: `CONTACT#<blind index>` / `<region>#<place>`, read consistently and
    whole: a phone is shared by few, in whichever regions.
    """

    model = Family
    prefix = "FAMILY"
    id_field = "family_id"

    def row(self, aggregate: Family) -> Row:
        """Return the row with its lists, and the day on which its words go.

        One that is erased is due while it has records.
        """
        due = aggregate.next_deadline(UTC) if aggregate.erased else forgotten_at(aggregate)
        return self._row(aggregate, due_at=due, lists=_lists(aggregate))

    def get(self, identifier: str) -> Family:
        """Return a family with all of its records, whichever of them is named; raises NotFound."""
        return self._whole(self.record(identifier))

    def known(self, identifier: str) -> Family | None:
        """Return a family with all of its records, whichever of them is named, or None."""
        found = self.find(identifier)
        return None if found is None else self._whole(found)

    def record(self, identifier: str) -> Family:
        """Return one record of a family alone; raises NotFound."""
        return super().get(identifier)

    def _whole(self, record: Family) -> Family:
        family = record if record.merged_into is None else self.record(record.merged_into)
        if not family.joined or family.erased:
            return family
        others = tuple(self.record(each.family_id) for each in family.joined)
        return family.model_copy(update={"others": others})

    def likely(self, likeness: str) -> list[str]:
        """Return the records of a region with the same name and month of birth."""
        found = self.list_all("by_ref", likeness_key(likeness), prefix=LISTED, most=MOST_HOLDERS)
        return [each.family_id for each in found]

    def holders(self, region: str, index: str) -> Sequence[Holder]:
        """Return the families of a region that have a contact, the first one first: one read."""
        return [each for each in self.holders_anywhere(index) if each.region == region]

    def holders_anywhere(self, index: str) -> Sequence[Holder]:
        """Return the families of all regions that have a contact, in one read as well."""
        found = self.store.query("data", _contact(index), limit=MOST_HOLDERS)
        places = ((row["held_by"]["S"], row["sk"]["S"].partition("#")) for row in found)
        return [Holder(family, int(place), region) for family, (region, _, place) in places]

    def unchanged(
        self, context: CommandContext, family: Family, unique: Sequence[UniqueName] = ()
    ) -> Receipt:
        """Answer a command that found its work done; `unique` names are used up all the same."""
        receipt = Receipt(id=family.family_id, version=family.version, status=family.status)
        return self.store.commit(context, receipt=receipt, unique=tuple(unique))

    def of_card_holder(self, region: str, holder_ref: str) -> str | None:
        """Return the family that a card holder belongs to."""
        found = self.store.item(card_holder_name(region, holder_ref).key)
        return None if found is None else str(found["held_by"]["S"])


def forgotten_at(family: Family) -> datetime | None:
    """Return when the family's people and words go: so long after its last case was closed.

    None while a case is open, an answer about its own data is awaited, or another record speaks
    for this one.
    """
    asks = any(each.open for each in family.person_requests)
    if family.merged_into or family.erased or family.open_cases or asks or not family.idle_since:
        return None
    return family.idle_since + regions.words_kept(family.region)


def likeness_key(likeness: str) -> str:
    """Return the list partition of records that may be of one family."""
    return f"{LIKENESS}#{likeness}"


def office_prefix(district: str) -> str:
    """Return how the sort keys of the families begin that a district's office may see."""
    return f"shared#{district}#"


def free_place(holders: Sequence[Holder]) -> int:
    """Return the place of one more family with the same contact."""
    return max((holder.place for holder in holders), default=-1) + 1


def contact_rows(before: Family | None, after: Family) -> list[RawWrite]:
    """Return the rows by which the index of contacts follows a change of a family's contacts."""
    was = {} if before is None else _places(before)
    now = _places(after)
    gone = [RawWrite("data", key, None) for key in was if key not in now]
    new = [
        RawWrite("data", key, {"held_by": after.family_id, "contact_id": contact}, "absent")
        for key, contact in now.items()
        if key not in was
    ]
    return [*gone, *new]


def card_holder_name(region: str, holder_ref: str, family_id: str = "") -> UniqueName:
    """Return a card holder as a name that only one family has."""
    return UniqueName(f"CARD_HOLDER#{region}#{holder_ref}", family_id)


def released_names(before: Family, after: Family) -> list[UniqueName]:
    """Return the card holders that a family gives back."""
    gone = (each for each in before.card_holders if each not in after.card_holders)
    return [card_holder_name(before.region, each, before.family_id) for each in gone]


def _lists(family: Family) -> dict[Index, tuple[str, str]]:
    """Return the lists of a record; a merged one is counted and suggested no more."""
    if family.merged_into is not None:
        return {}
    place = ALIKE if family.alike else LISTED
    named = f"{LISTED}{family.family_id}"
    found: dict[Index, tuple[str, str]] = {
        "by_region": (region_key(family.region), f"{place}{family.family_id}")
    }
    if family.listed_office is not None:
        shown = f"{office_prefix(family.listed_office)}{family.family_id}"
        found["by_owner"] = (region_key(family.region), shown)
    if family.likeness is not None:
        found["by_ref"] = (likeness_key(family.likeness), named)
    return found


def _places(family: Family) -> dict[Key, str]:
    return {_place(family.region, each): each.contact_id for each in family.contacts}


def _place(region: str, contact: FamilyContact) -> Key:
    return Key(_contact(contact.index), f"{region}#{contact.place:04d}")


def _contact(index: str) -> str:
    return f"CONTACT#{index}"
