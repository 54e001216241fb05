"""Rows of messages: `MESSAGE#<id>`; by reference, by person, and what reached no person."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from pydantic import BaseModel

from services.notifications.messages.domain import Message
from services.notifications.messages.values import is_unreached
from services.notifications.templates.values import Audience
from shared import clock
from shared.clock import iso
from shared.principal import Principal
from shared.storage import cursors
from shared.storage.list_keys import UNASSIGNED, person_key, region_key
from shared.storage.repository import Page, Repository, Slice
from shared.storage.rows import Index, Row

B = TypeVar("B", bound=BaseModel)

RETENTION = timedelta(days=400)
MOST_READ, A_DAY = 25, timedelta(days=1)
# An organisation with a hundred families may wait for so many in one morning, or get them in one
# chat in a week; others of that chat got theirs before.
MOST_OF_MANY = 200


class Messages(Repository[Message]):
    """by_ref: `REGION#<region>#<reference>` by time · by_owner: `PERSON#<person>` by time
    · by_programme: `ADDRESS#<mark>`, to an address, by time.

    What reached no person: by_region, by time · by_state: of all regions, by time
    · by_district: of holders of cards, by district and time.
    """

    model = Message
    prefix = "MESSAGE"
    id_field = "message_id"

    def row(self, aggregate: Message) -> Row:
        """Return the message with its next deadline; one that could reach no person is listed."""
        sort = _place(aggregate)
        lists: dict[Index, tuple[str, str]] = {
            "by_ref": (reference_key(region_key(aggregate.region), aggregate.reference), sort)
        }
        if aggregate.person_id is not None:
            lists["by_owner"] = (person_key(aggregate.person_id), message_prefix() + sort)
        if aggregate.address_mark is not None:
            lists["by_programme"] = (address_key(aggregate.address_mark), sort)
        if is_unreached(aggregate.status, aggregate.reason):
            lists["by_region"] = (region_key(aggregate.region), unreached_prefix() + sort)
            lists["by_state"] = (UNASSIGNED, unreached_prefix() + sort)
            if aggregate.audience == Audience.HOLDER:
                of_region = unreached_holders_key(region_key(aggregate.region))
                lists["by_district"] = (of_region, district_prefix(aggregate.district_id) + sort)
        return self._row(
            aggregate,
            due_at=aggregate.due_at,
            lists=lists,
            expires_at=None if aggregate.due_at else aggregate.created_at + RETENTION,
        )

    def latest_to(self, person_id: str) -> list[Message]:
        """Return the messages to a person that were made last."""
        return self._recent("by_owner", person_key(person_id), message_prefix())

    def last_to(self, person_id: str) -> Message | None:
        """Return the very last message to a person, if there is one."""
        found = self._latest("by_owner", person_key(person_id), message_prefix(), most=1)
        return found[0] if found else None

    def page_to(
        self,
        people: Sequence[str],
        view: Callable[[Message], B],
        *,
        caller: Principal,
        query: Slice,
    ) -> Page[B]:
        """Return a page of what a person was sent, the newest first, by each record of it."""
        scope = f"{self.prefix}|to|{caller.acts_for}"
        until = query.begins(caller.id, scope).get("until", "")
        found = [
            message
            for person in people
            for message in self._to(person, until, query.limit + 1)
            if not until or _place(message) < until
        ]
        newest = sorted(found, key=_place, reverse=True)[: query.limit]
        goes_on = {"until": _place(newest[-1])} if len(found) > query.limit else None
        return Page[B](
            items=[view(each) for each in newest],
            next_cursor=cursors.seal(goes_on, caller.id, scope) if goes_on else None,
        )

    def _to(self, person_id: str, until: str, most: int) -> list[Message]:
        """Return the messages to one record of a person up to a place and with it."""
        found, _ = self.store.page(
            "by_owner",
            person_key(person_id),
            limit=most + bool(until),
            newest_first=True,
            prefix=message_prefix(),
            until=until,
        )
        return [self._aggregate(document) for document in found]

    def latest_at(self, address_mark: str) -> list[Message]:
        """Return the messages that were last handed over to an address."""
        return self._latest("by_programme", address_key(address_mark), most=MOST_OF_MANY)

    def latest_about(self, region: str, reference: str) -> list[Message]:
        """Return the messages about a reference that were made last."""
        return self._recent("by_ref", reference_key(region_key(region), reference))

    def _recent(self, index: Index, partition: str, prefix: str = "") -> list[Message]:
        """Return those made last, and more of them where these all came within a day."""
        found = self._latest(index, partition, prefix, most=MOST_READ)
        if len(found) < MOST_READ or found[-1].created_at < clock.now() - A_DAY:
            return found
        return self._latest(index, partition, prefix, most=MOST_OF_MANY)

    def _latest(
        self, index: Index, partition: str, prefix: str = "", *, most: int
    ) -> list[Message]:
        return self.list_all(index, partition, prefix=prefix, newest_first=True, most=most)


def _place(message: Message) -> str:
    """Return where a message is in the lists by time."""
    return f"{iso(message.created_at)}#{message.message_id}"


def reference_key(partition: str, reference: str) -> str:
    """Return the key of all messages about a reference, inside a partition of the caller."""
    return f"{partition}#{reference}"


def address_key(mark: str) -> str:
    """Return the key of all messages to an address, which only its mark names."""
    return f"ADDRESS#{mark}"


def message_prefix() -> str:
    """Return the sort prefix of messages among what belongs to a person."""
    return "message#"


def unreached_prefix() -> str:
    """Return the sort prefix of what could reach no person in a region's list."""
    return "unreached#"


def unreached_holders_key(partition: str) -> str:
    """Return the key of what could reach no holder of a card in a region of the caller."""
    return f"{partition}#unreached_holders"


def district_prefix(district: str | None) -> str:
    """Return the sort prefix of a district's messages; without one they are the region's."""
    return f"{district or '-'}#"
