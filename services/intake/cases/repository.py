"""Rows of cases: their lists, the names that only one case may hold, their records in the vault."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from services.intake.cases import events
from services.intake.cases.domain import OUTCOME_MISSING, Case
from services.intake.cases.values import Status
from shared import clock
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.list_keys import person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, RawWrite, Row, UniqueName
from shared.storage.store import Document

# What a family says is sealed in these records; words about a need are a field of the need's id.
CONTACT_RECORD, REQUEST_RECORD = "contact", "request"
TEXT, NOTE = "text", "note"
# While a contact's first request is that old, and open, another one is the same request.
DUPLICATE_WINDOW = timedelta(hours=24)
MISSING_PREFIX = f"{Status.IN_CARE}#missing#"
SELF_SERVED = frozenset({"public"})
# The deadline of a case is a number of days after a moment: the clocks of no region are asked.
UTC = ZoneInfo("UTC")


class Cases(Repository[Case]):
    """Cases by id, by region and status, by who registered them, and by number."""

    model = Case
    prefix = "REQUEST"
    id_field = "case_id"

    def row(self, aggregate: Case) -> Row:
        """Return the case's row with its lists and the moment its next outcome is due."""
        return self._row(aggregate, due_at=aggregate.next_deadline(UTC), lists=_lists(aggregate))

    def by_number(self, number: str) -> Case | None:
        """Return the case whose number a family has read aloud."""
        return next(iter(self.list_all("by_ref", _number(number), most=1)), None)

    def save_change(
        self,
        context: CommandContext,
        before: Case,
        after: Case,
        *,
        unique: Sequence[UniqueName] = (),
        writes: Sequence[RawWrite] = (),
        existing: bool = False,
    ) -> Receipt:
        """Store a step of a case with its events and the names it gives back.

        `existing` says that the command would have created a case that was there already.
        """
        if after is not before:
            return self.save(
                context,
                after,
                events=events.of_change(before, after),
                unique=list(unique),
                release=_names_to_release(before, after),
                writes=list(writes),
                existing=existing,
            )
        unchanged = Receipt(
            id=before.case_id,
            version=before.version,
            status=before.status,
            number=before.number,
            existing=existing,
        )
        return self.store.commit(context, receipt=unchanged, unique=tuple(unique))

    def _aggregate(self, document: Document) -> Case:
        if document.pop("record_missing", False):
            # How a deadline that had fired was spelled before there was a table of them.
            document["fired"] = [OUTCOME_MISSING]
        return super()._aggregate(document)


def sealed_words(
    case_id: str, record: str, words: Mapping[str, str], vault: Vault
) -> list[RawWrite]:
    """Return the rows that keep new words of a known family; none when it said nothing."""
    return vault.seal(case_id, record, words) if words else []


def status_prefix(status: Status) -> str:
    """Return how the sort keys of one status's cases begin."""
    return f"{status}#"


def names_of(case: Case) -> list[UniqueName]:
    """Return the names that a new case claims."""
    names = (number_name(case), _contact_name(case), _external_name(case))
    return [name for name in names if name is not None]


def number_name(case: Case) -> UniqueName:
    """Return the case's number as a name that only one case has."""
    return UniqueName(_number(case.number), case.case_id)


def _contact_name(case: Case) -> UniqueName | None:
    """Return the contact within its region, held while a second request is the same one."""
    if case.contact_index is None:
        return None
    name = f"CONTACT#{case.region}#{case.contact_index}"
    return UniqueName(name, case.case_id, case.received_at + DUPLICATE_WINDOW)


def _external_name(case: Case) -> UniqueName | None:
    """Return the number of the same request in another system."""
    if case.external_ref is None:
        return None
    return UniqueName(f"EXTERNAL#{case.external_ref.system}#{case.external_ref.id}", case.case_id)


def _names_to_release(before: Case, after: Case) -> list[UniqueName]:
    """Return what a case gives back: its contact when it ends, its outside number when erased.

    A contact whose window has passed may already be held by the next request, so it is kept.
    """
    released = []
    contact, external = _contact_name(before), _external_name(before)
    held = clock.now() < before.received_at + DUPLICATE_WINDOW
    if contact is not None and after.contact_index is None and held:
        released.append(contact)
    if external is not None and after.external_ref is None:
        released.append(external)
    return released


def _number(number: str) -> str:
    return f"NUMBER#{number}"


def _lists(case: Case) -> dict[Index, tuple[str, str]]:
    moment = case.closed_at or case.waiting_since
    missing = OUTCOME_MISSING in case.fired
    place = MISSING_PREFIX if missing else status_prefix(case.status)
    lists: dict[Index, tuple[str, str]] = {
        "by_region": (region_key(case.region), f"{place}{clock.iso(moment)}#{case.case_id}"),
        "by_ref": (_number(case.number), case.case_id),
    }
    if case.registered_by not in SELF_SERVED:
        received = f"{clock.iso(case.received_at)}#{case.case_id}"
        lists["by_owner"] = (person_key(case.registered_by), received)
    return lists
