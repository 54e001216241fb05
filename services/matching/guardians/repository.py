"""Where guardians are kept: `GUARDIAN#<id>`.

by_region: REGION#<region> / GUARDIAN#<status>#<id>, from the assignment on (during a talk in
           vetting already for the asked region);
by_ref:    FEDERAL#unassigned / GUARDIAN#OPEN#<status>#<applied at>#<id>, while no region has it,
           GUARDIAN#DECIDED#<status>#… once it was rejected or has left;
by_state:  FEDERAL#unassigned#<asked region> / the same;
by_owner:  CONTACT#<blind index of the contact> / <id>;
due_at:    the next day on which a requirement runs out, or a month before.

`UNIQUE#INN#<blind index>` belongs to the one guardian of an organisation that takes part.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import OUT, GuardianStatus
from shared import clock
from shared.events.base import Event
from shared.principal import Principal
from shared.reference import regions
from shared.storage import cursors
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.list_keys import UNASSIGNED, region_key
from shared.storage.repository import Page, Repository, Slice
from shared.storage.rows import Index, Row, UniqueName

GUARDIAN = "GUARDIAN#"
OPEN = "GUARDIAN#OPEN#"
DECIDED = "GUARDIAN#DECIDED#"
MOST_OF_CONTACT = 100
PLACE = "place"


class Guardians(Repository[Guardian]):
    """All guardian organisations."""

    model: ClassVar[type[Guardian]] = Guardian
    prefix: ClassVar[str] = "GUARDIAN"
    id_field: ClassVar[str] = "guardian_id"

    def row(self, guardian: Guardian) -> Row:
        """Return a guardian with the lists it appears in and its next deadline."""
        lists: dict[Index, tuple[str, str]] = {}
        if guardian.visible_region is not None:
            sort = f"{of_status(guardian.status)}{guardian.guardian_id}"
            lists["by_region"] = (region_key(guardian.visible_region), sort)
        if guardian.region is None:
            since = f"{clock.iso(guardian.applied_at)}#{guardian.guardian_id}"
            sort = f"{application_of_status(guardian.status)}{since}"
            lists["by_ref"] = (UNASSIGNED, sort)
            lists["by_state"] = (applied_for(guardian.requested_region), sort)
        if guardian.contact_index is not None:
            lists["by_owner"] = (contact_key(guardian.contact_index), guardian.guardian_id)
        due_at = guardian.next_deadline(regions.zone(guardian.home_region))
        return self._row(guardian, lists=lists, due_at=due_at)

    def save_out(
        self, context: CommandContext, guardian: Guardian, *, events: list[Event]
    ) -> Receipt:
        """Save a guardian that takes no part any more: its organisation may apply anew."""
        held = inn_name(guardian) if guardian.duplicate_of is None else None
        return self.save(context, guardian, events=events, release=[held] if held else [])

    def of_inn(self, index: str) -> str | None:
        """Return the guardian that takes part under an INN, by its blind index."""
        held = self.store.item(UniqueName(f"INN#{index}", "").key)
        return None if held is None else held["held_by"]["S"]

    def repeated(self, guardians: Iterable[Guardian]) -> frozenset[str]:
        """Return those of some guardians whose organisation takes part under another one's id."""
        names = [
            name for each in guardians if each.duplicate_of is not None and (name := inn_name(each))
        ]
        asked = list(dict.fromkeys(name.key for name in names))
        held = self.store.batch({"data": asked}) if asked else {}
        return frozenset(name.owner for name in names if name.key in held)

    def of_region(self, partition: str) -> list[Guardian]:
        """Return the whole register of a region's partition, however long."""
        return self.list_all("by_region", partition, prefix=GUARDIAN)

    def unassigned(self) -> list[Guardian]:
        """Return every application that no region has, those decided against too."""
        return self.list_all("by_ref", UNASSIGNED, prefix=GUARDIAN)

    def of_contact(self, index: str) -> list[Guardian]:
        """Return the guardians that have a contact, the oldest first."""
        return self.list_all("by_owner", contact_key(index), most=MOST_OF_CONTACT)

    def queue(
        self,
        partition: str,
        parts: Sequence[str],
        until: str,
        *,
        caller: Principal,
        query: Slice,
    ) -> Page[Guardian]:
        """Return a page of applications, one part of the queue after the other.

        `until` is the moment of application before which each part ends; "" for all of it.
        """
        index: Index = "by_ref" if partition == UNASSIGNED else "by_state"
        scope = f"queue|{partition}|{'|'.join(parts)}|{bool(until)}"
        start = query.begins(caller.id, scope)
        place = int(start.pop(PLACE, "0"))
        found: list[Guardian] = []
        while place < len(parts) and len(found) < query.limit:
            page, last = self.store.page(
                index,
                partition,
                limit=query.limit - len(found),
                start=start or None,
                prefix=parts[place],
                until=until,
            )
            found += map(self._aggregate, page)
            start = last or {}
            place += not start
        more = cursors.seal({PLACE: str(place), **start}, caller.id, scope)
        return Page[Guardian](items=found, next_cursor=more if place < len(parts) else None)


def contact_key(index: str) -> str:
    """Return the list of the guardians that have a contact, by its blind index."""
    return f"CONTACT#{index}"


def applied_for(region: str) -> str:
    """Return the list of the applications of a region that no region has yet."""
    return f"{UNASSIGNED}#{region}"


def of_status(status: GuardianStatus) -> str:
    """Return where the register of a region has the guardians of a status."""
    return f"{GUARDIAN}{status.value}#"


def application_of_status(status: GuardianStatus) -> str:
    """Return where the federal queue has the applications of a status."""
    return f"{DECIDED if status in OUT else OPEN}{status.value}#"


def inn_name(guardian: Guardian) -> UniqueName | None:
    """Return the name that an organisation holds while it takes part."""
    if guardian.inn_index is None:
        return None
    return UniqueName(f"INN#{guardian.inn_index}", guardian.guardian_id)
