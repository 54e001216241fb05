"""Rows of requests, the names that only one may hold, and their records in the vault."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.intake.requests.domain import Request
from services.intake.requests.values import RequestStatus
from shared import clock
from shared.domain import NO_CALENDAR
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.list_keys import person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row, UniqueName

# The words of a request are one record of the vault, called after it; a field is a need's id, or:
NUMBER_DIGITS = 8
# `said` is what a form says of its family, in codes.
TEXT, SAID, CONTACT, EXTERNAL_ID = "text", "said", "contact", "external_id"
SELF_SERVED = frozenset({"public"})
LISTED = "request#"


class Requests(Repository[Request]):
    """Requests by id, number, region and status, family, and by who registered them."""

    model = Request
    prefix = "REQUEST"
    id_field = "request_id"

    def row(self, aggregate: Request) -> Row:
        """Return the row with its lists; it is due to join a case, or when its own words go."""
        due_at = aggregate.next_deadline(NO_CALENDAR) or _words_go_at(aggregate)
        return self._row(aggregate, due_at=due_at, lists=_lists(aggregate))

    def by_number(self, number: str) -> Request | None:
        """Return the request whose number a caller has read aloud, or none by as many reads."""
        held = self.store.item(UniqueName(_number(number), "").key)
        return self.find("" if held is None else held["held_by"]["S"])

    def of_family(self, record_ids: Iterable[str]) -> list[Request]:
        """Return all requests of a family: of each of its records, the oldest first."""
        return [
            request
            for key in map(person_key, record_ids)
            for request in self.list_all("by_ref", key, prefix=LISTED, latest=True)
        ]

    def latest_of_family(self, record_ids: Sequence[str], most: int) -> list[Request]:
        """Return the last requests of a family, by whichever record of it, the latest first."""
        found = [
            request
            for each in map(person_key, record_ids)
            for request in self.list_all(
                "by_ref", each, prefix=LISTED, newest_first=True, most=most
            )
        ]
        return sorted(found, key=lambda each: each.received_at, reverse=True)[:most]

    def answer_existing(self, context: CommandContext, first: Request) -> Receipt:
        """Answer with the request that a second import of it met, as it was answered at first.

        What has happened to it since is for those who may follow it.
        """
        receipt = Receipt(
            id=first.request_id,
            version=1,
            status=first.status,
            number=first.number,
            existing=True,
            links=first.links,
        )
        return self.store.commit(context, receipt=receipt)


def status_prefix(status: RequestStatus) -> str:
    """Return how the sort keys of one status's requests begin."""
    return f"{LISTED}{status}#"


def number_name(request: Request) -> UniqueName:
    """Return the request's number as a name that only one request has."""
    return UniqueName(_number(request.number), request.request_id)


def external_name(
    region: str, system: str, external_id: str, request_id: str, vault: Vault
) -> UniqueName:
    """Return the number of the same request in another system, within its region."""
    index = vault.blind_index("external", f"{region}/{system}/{external_id}")
    return UniqueName(f"EXTERNAL#{index}", request_id)


def _words_go_at(request: Request) -> datetime | None:
    """Return when words of a request without a family go; those of a family go with it."""
    if request.ended_at is None or request.family_id is not None or not request.word_records:
        return None
    return request.ended_at + regions.words_kept(request.region)


def _number(number: str) -> str:
    return f"NUMBER#{number}"


def _lists(request: Request) -> dict[Index, tuple[str, str]]:
    received = f"{clock.iso(request.received_at)}#{request.request_id}"
    place = f"{status_prefix(request.status)}{received}"
    lists: dict[Index, tuple[str, str]] = {"by_region": (region_key(request.region), place)}
    if request.family_id is not None:
        lists["by_ref"] = (person_key(request.family_id), f"{LISTED}{received}")
    if request.registered_by not in SELF_SERVED:
        lists["by_owner"] = (person_key(request.registered_by), f"{LISTED}{received}")
    return lists
