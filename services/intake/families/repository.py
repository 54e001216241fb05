"""Rows of families, and the index by which a contact finds those who have it.

A contact and its place in the index change in one commit: the rows of the index are derived from
the change of the family.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.intake.families.domain import Family
from services.intake.families.values import FamilyContact
from shared.reference import regions
from shared.storage.command_context import CommandContext, Key, Receipt
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, RawWrite, Row, UniqueName

_LISTED = "family#"
# A phone is shared by few families; more of them are not suggested.
MOST_HOLDERS = 50


class Holder(NamedTuple):
    """A family that has a contact, and its place among those who share it."""

    family_id: str
    place: int


class Families(Repository[Family]):
    """Families by id, by contact, by card holder, by region, and by the office that may see them.

    The index of contacts: `CONTACT#<region>#<blind index>` / `<place>`, read consistently.
    """

    model = Family
    prefix = "FAMILY"
    id_field = "family_id"

    def row(self, aggregate: Family) -> Row:
        """Return the row with its place in the lists, and the day on which its words go."""
        place = f"{_LISTED}{aggregate.family_id}"
        lists: dict[Index, tuple[str, str]] = {"by_region": (region_key(aggregate.region), place)}
        office = aggregate.listed_office
        if office is not None:
            shown = f"{office_prefix(office)}{aggregate.family_id}"
            lists["by_owner"] = (region_key(aggregate.region), shown)
        return self._row(aggregate, lists=lists, due_at=forgotten_at(aggregate))

    def holders(self, region: str, index: str) -> Sequence[Holder]:
        """Return the families of a region that have a contact, the first one first: one read."""
        found = self.store.query("data", _contact(region, index), limit=MOST_HOLDERS)
        return [Holder(row["held_by"]["S"], int(row["sk"]["S"])) for row in found]

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

    None while a case is open, or an answer about its own data is awaited.
    """
    asks = any(each.open for each in family.person_requests)
    if family.erased or family.open_cases or asks or family.idle_since is None:
        return None
    return family.idle_since + regions.words_kept(family.region)


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


def _places(family: Family) -> dict[Key, str]:
    return {_place(family.region, each): each.contact_id for each in family.contacts}


def _place(region: str, contact: FamilyContact) -> Key:
    return Key(_contact(region, contact.index), f"{contact.place:04d}")


def _contact(region: str, index: str) -> str:
    return f"CONTACT#{region}#{index}"
