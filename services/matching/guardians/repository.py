"""Where guardians are kept: `GUARDIAN#<id>`.

by_region: REGION#<region> / GUARDIAN#<status>#<id>, from the assignment on (during a talk in
           vetting already for the asked region);
by_ref:    FEDERAL#unassigned / GUARDIAN#OPEN#<status>#<applied at>#<id>, while no region has it,
           GUARDIAN#DECIDED#<status>#… once it was rejected or has left;
by_owner:  CONTACT#<blind index of the contact> / <id>;
due_at:    the next day on which a requirement runs out, or a month before.

`UNIQUE#INN#<blind index>` belongs to the one guardian of an organisation that takes part.
"""

import sys
from collections.abc import Callable
from typing import ClassVar

from services.matching.guardians.domain import Guardian
from services.matching.guardians.record import OUT
from services.matching.guardians.values import GuardianStatus
from services.matching.guardians.views import GuardianView, guardian_view
from shared import clock
from shared.events.base import Event
from shared.principal import Principal
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.list_keys import UNASSIGNED, region_key
from shared.storage.repository import Page, Repository
from shared.storage.rows import Index, Row, UniqueName

GUARDIAN = "GUARDIAN#"
OPEN = "GUARDIAN#OPEN#"
DECIDED = "GUARDIAN#DECIDED#"
# How many pages are read for one answer when most of what is read does not fit.
MOST_PAGES = 20
MOST_OF_CONTACT = 100


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
            lists["by_ref"] = (UNASSIGNED, f"{application_of_status(guardian.status)}{since}")
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

    def of_region(self, partition: str) -> list[Guardian]:
        """Return the whole register of a region's partition, however long."""
        return self.list_all("by_region", partition, prefix=GUARDIAN, most=sys.maxsize)

    def unassigned(self) -> list[Guardian]:
        """Return every application that no region has, those decided against too."""
        return self.list_all("by_ref", UNASSIGNED, prefix=GUARDIAN, most=sys.maxsize)

    def of_contact(self, index: str) -> list[Guardian]:
        """Return the guardians that have a contact, the oldest first."""
        return self.list_all("by_owner", contact_key(index), most=MOST_OF_CONTACT)

    def page_of(
        self,
        index: Index,
        partition: str,
        prefix: str,
        fits: Callable[[Guardian], bool],
        *,
        caller: Principal,
        limit: int,
        cursor: str | None,
    ) -> Page[GuardianView]:
        """Return a page of the guardians that fit; it is short only when little is left."""
        found: list[GuardianView] = []
        for _ in range(MOST_PAGES):
            page = self.page(
                index,
                partition,
                _itself,
                caller=caller,
                limit=limit - len(found),
                cursor=cursor,
                prefix=prefix,
            )
            found += [guardian_view(each) for each in page.items if fits(each)]
            cursor = page.next_cursor
            if cursor is None or len(found) == limit:
                break
        return Page[GuardianView](items=found, next_cursor=cursor)


def contact_key(index: str) -> str:
    """Return the list of the guardians that have a contact, by its blind index."""
    return f"CONTACT#{index}"


def _itself(guardian: Guardian) -> Guardian:
    return guardian


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
