"""Rows of families, and the index by which a contact finds those who have it.

A contact and its index change in one commit. One row names all who have a contact, so that the
contact of a family which calls for the first time is claimed by the row's absence, without a read.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from services.intake.families.domain import Family
from shared import clock
from shared.domain import NO_CALENDAR
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Item, Key, RawWrite, Row, UniqueName

LISTED, ALIKE = "family#", "family#alike#"
LIKENESS = "LIKENESS"
# A family is in the lists of so many offices; each looks into all of these.
OF_OFFICES: tuple[Index, ...] = ("by_owner", "by_district", "by_programme", "by_state")
# A phone is shared by few families: so many are shown to who calls or is called, and told apart
# by what a form says; and so many are known to have it.
MOST_SHARING, MOST_HOLDERS = 5, 50


class Holder(NamedTuple):
    """A family that has a contact, and its region."""

    family_id: str
    region: str


class Holders(NamedTuple):
    """Who has a contact, in the spelling of its row; none, as long as the row was not read."""

    contact: str
    held_by: str = ""

    @property
    def anywhere(self) -> list[Holder]:
        """The first families of all regions that have the contact, the first one first."""
        named = (each.partition("/") for each in self.held_by.split()[:MOST_HOLDERS])
        return [Holder(family_id, region) for region, _, family_id in named]

    def of(self, region: str) -> list[str]:
        """Return the families of a region that have the contact, the first one first."""
        return [each.family_id for each in self.anywhere if each.region == region]

    def row(self, family: Family, *, has: bool) -> RawWrite:
        """Return the row when a family has the contact, or no more; it must be as it was read."""
        mine = f"{family.region}/{family.family_id}"
        others = [each for each in self.held_by.split() if each != mine]
        now = [*others, mine] if has else others
        named = {"held_by": " ".join(now)} if now else None
        if not self.held_by:
            return RawWrite("data", _contact(self.contact), named, "absent")
        return RawWrite("data", _contact(self.contact), named, held_by=self.held_by)


class Families(Repository[Family]):
    """Families by id, by contact, by card holder, by region, and by the office that may see them.

    The index of contacts: `CONTACT#<blind index>` names who has the contact, in whichever regions.
    """

    model = Family
    prefix = "FAMILY"
    id_field = "family_id"

    def row(self, aggregate: Family) -> Row:
        """Return the row with its lists, and the day on which its words go, or it leaves a list.

        One that is erased is due while it has records.
        """
        due = aggregate.next_deadline(NO_CALENDAR) if aggregate.erased else _changes_at(aggregate)
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

    def likely(self, likeness: str) -> list[Family]:
        """Return the records of a region with the same name and month of birth."""
        return self.list_all("by_ref", likeness_key(likeness), prefix=LISTED, most=MOST_HOLDERS)

    def looking_like(self, record_id: str, region: str) -> list[Family]:
        """Return the families of a region to which a record is suggested."""
        found = self.list_all("by_region", region_key(region), prefix=ALIKE, latest=True)
        of_it = (each for each in found if record_id in (one.family_id for one in each.alike))
        return [self._whole(each) for each in of_it]

    def forgotten(self, record_ids: Iterable[str]) -> list[str]:
        """Return which of these records are forgotten."""
        return [each.family_id for each in self.get_many(record_ids) if each.erased]

    def holders(self, index: str) -> Holders:
        """Return who has a contact, in whichever regions, in one read."""
        return _as_read(index, self.store.item(_contact(index)))

    def with_contact(self, index: str, region: str) -> list[Family]:
        """Return the first families of a region with a contact."""
        return self.living(self.holders(index).of(region))

    def living(self, holders: Sequence[str]) -> list[Family]:
        """Return the families of the first who have a contact; records of one family are one.

        One that is forgotten has it until its last record is forgotten, too.
        """
        found = map(self.get, holders[:MOST_SHARING])
        return list({each.family_id: each for each in found if not each.erased}.values())

    def contact_rows(
        self, before: Family | None, after: Family, read: Holders | None = None
    ) -> list[RawWrite]:
        """Return the rows by which the index of contacts follows a change of a family's contacts.

        `read` are the holders of one of them by which was decided what to do.
        """
        was, now = _indexes(before), _indexes(after)
        moved = sorted(was ^ now)
        known = {} if read is None else {read.contact: read}
        wanted = {each: _contact(each) for each in moved if each not in known}
        found = self.store.batch({"data": list(wanted.values())}) if wanted else {}
        known |= {each: _as_read(each, found.get(key)) for each, key in wanted.items()}
        return [known[each].row(after, has=each in now) for each in moved]

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


def _changes_at(family: Family) -> datetime | None:
    """Return when time alone changes a family: it is forgotten, or an office sees it no more."""
    if family.merged_into is not None:  # the record that speaks for it is due instead
        return None
    now = clock.now()
    ends = (each.until for each in family.all_disclosures if now < each.until)
    return min((at for at in (forgotten_at(family), *ends) if at is not None), default=None)


def likeness_key(likeness: str) -> str:
    """Return the list partition of records that may be of one family."""
    return f"{LIKENESS}#{likeness}"


def office_prefix(district: str) -> str:
    """Return how the sort keys of the families begin that a district's office may see."""
    return f"shared#{district}#"


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
    for index, office in zip(OF_OFFICES, family.listed_offices(clock.now()), strict=False):
        found[index] = (region_key(family.region), f"{office_prefix(office)}{family.family_id}")
    if family.likeness is not None:
        found["by_ref"] = (likeness_key(family.likeness), named)
    return found


def _indexes(family: Family | None) -> set[str]:
    return set() if family is None else {each.index for each in family.contacts}


def _contact(index: str) -> Key:
    return Key(f"CONTACT#{index}", "CONTACT")


def _as_read(index: str, row: Item | None) -> Holders:
    return Holders(index, "" if row is None else row["held_by"]["S"])
