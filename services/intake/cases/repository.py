"""Rows of cases and their lists; a case, its family and the family's timeline change together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import NamedTuple

from services.intake.cases import events
from services.intake.cases.coordination import limits
from services.intake.cases.coordination.referrals import FOLLOWED_UP, referred_to
from services.intake.cases.domain import Case
from services.intake.cases.values import HistoryEntry
from services.intake.codes.values import ClosedReason, Programme
from services.intake.families import events as family_events
from services.intake.families.domain import Family
from services.intake.families.repository import Families, Holders, released_names
from services.intake.timeline.domain import Entry
from services.intake.timeline.repository import timeline_rows
from services.intake.timeline.values import TimelineKind
from shared import clock
from shared.domain import NO_CALENDAR
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.list_keys import org_key, person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, RawWrite, Row, UniqueName

NOTE = "note"
LISTED = "case#"
OPEN = "case#open#"
REFERRAL = "referral#"

_KINDS = {
    "triaged": TimelineKind.TRIAGE,
    "aid_recorded": TimelineKind.AID,
    "aid_withdrawn": TimelineKind.AID_WITHDRAWN,
    "match_proposed": TimelineKind.MATCH_PROPOSED,
    "introduction_held": TimelineKind.INTRODUCTION,
    "care_started": TimelineKind.CARE_STARTED,
    "care_ended": TimelineKind.CARE_ENDED,
    "outcome_recorded": TimelineKind.OUTCOME,
    "closed": TimelineKind.CASE_CLOSED,
    "reopened": TimelineKind.CASE_REOPENED,
}
# Who is forgotten needs no entry that says so.
_FORGOTTEN = (ClosedReason.ERASED, ClosedReason.CONSENT_WITHDRAWN)


class CaseFile(NamedTuple):
    """A case and its family, as they were read."""

    case: Case
    family: Family


class Cases(Repository[Case]):
    """Cases by id, by family, and open ones by region and each filter of its queue."""

    model = Case
    prefix = "CASE"
    id_field = "case_id"

    def row(self, aggregate: Case) -> Row:
        """Return the case's row with its lists and the moment at which time changes something."""
        return self._row(
            aggregate, due_at=aggregate.next_deadline(NO_CALENDAR), lists=_lists(aggregate)
        )

    def open_file(self, case_id: str) -> CaseFile:
        """Return a case with its family; raises NotFound."""
        case = self.get(case_id)
        return CaseFile(case, Families(self.store).get(case.family_id))

    def of_family(self, record_ids: Iterable[str]) -> list[Case]:
        """Return all cases of a family: of each of its records, the oldest first."""
        keys = map(person_key, record_ids)
        return [case for key in keys for case in self.list_all("by_ref", key, prefix=LISTED)]

    def open_of(self, family: Family) -> list[Case]:
        """Return the open cases of a family, as they are now."""
        return [self.get(each.case_id) for each in family.open_cases]

    def taken_in(self, region: str, taken_by: str, most: int) -> list[Case]:
        """Return open cases that a coordinator has in a region, as many of the first as asked."""
        prefix, theirs = own_prefix(region_key(region)), person_key(taken_by)
        found = self.list_all("by_owner", theirs, prefix=prefix, most=most, latest=True)
        return [case for case in found if case.open]

    def sent_to(self, provider: str, at: datetime) -> list[Case]:
        """Return the cases whose families may be on their way to a provider since this moment."""
        owner, since = org_key(provider), at - FOLLOWED_UP
        months = dict.fromkeys(f"{REFERRAL}{each:%Y-%m}" for each in (since, at, clock.now()))
        found = [
            case
            for month in months
            for case in self.list_all("by_owner", owner, prefix=month, latest=True)
        ]
        return [case for case in found if case.closed_at is not None and case.closed_at >= since]

    def save_change(
        self,
        context: CommandContext,
        file: CaseFile,
        after: Case,
        *,
        family: Family | None = None,
        unique: Sequence[UniqueName] = (),
        writes: Sequence[RawWrite] = (),
    ) -> Receipt:
        """Store a step of a case with its events and what it changes about its family.

        `family` is the family as the same command has changed it.
        """
        if after is file.case and family in (None, file.family):
            return self._unchanged(context, file.case, unique)
        left = follow(family or file.family, after)
        published = [
            *family_events.of_change(file.family, left),
            *events.of_change(file.case, after, left),
        ]
        if after.status is file.case.status:
            published += events.of_family_change(file.family, left, file.case, after)
        beside = [] if left is file.family else [Families(self.store).row(left)]
        return self.save(
            context,
            after,
            *beside,
            events=published,
            unique=list(unique),
            writes=[*writes, *_timeline(file.case, after)],
        )

    def save_family(
        self,
        context: CommandContext,
        before: Family,
        after: Family,
        steps: Sequence[tuple[Case, Case]],
        *,
        unique: Sequence[UniqueName] = (),
        writes: Sequence[RawWrite] = (),
        read: Holders | None = None,
    ) -> Receipt:
        """Store a change of a family with the steps of its cases that follow from it.

        `read` are the holders of a contact by which was decided what to do.
        """
        families = Families(self.store)
        if after is before:
            return families.unchanged(context, before, unique)
        left = reduce(follow, (case for _, case in steps), after)
        published = family_events.of_change(before, left)
        for was, now in steps:
            published += events.of_change(was, now, left)
            published += events.of_family_change(before, left, was, now)
        moved = [write for was, now in steps for write in _timeline(was, now)]
        return families.save(
            context,
            left,
            *(self.row(case) for _, case in steps),
            events=published,
            unique=list(unique),
            release=released_names(before, left),
            writes=[*writes, *moved, *families.contact_rows(before, left, read)],
        )

    def _unchanged(
        self, context: CommandContext, case: Case, unique: Sequence[UniqueName]
    ) -> Receipt:
        receipt = Receipt(
            id=case.case_id, version=case.version, status=case.status, number=case.number
        )
        return self.store.commit(context, receipt=receipt, unique=tuple(unique))


def follow(family: Family, case: Case) -> Family:
    """Return the family as a case leaves it: which cases are open, and whose they are."""
    programme = Programme(case.programme)
    return family.follow(case.case_id, programme, closed_at=case.closed_at, taken_by=case.taken_by)


def sealed_words(
    family_id: str, record: str, words: Mapping[str, str], vault: Vault
) -> list[RawWrite]:
    """Return the rows that keep new words of a known family; none when it said nothing."""
    return vault.seal(family_id, record, words) if words else []


def _timeline(before: Case, after: Case) -> list[RawWrite]:
    """Return the entries of the family's timeline that a step of a case makes."""
    known = {*before.history}
    new = (entry for entry in after.history if entry not in known)
    shown = (entry for entry in new if entry.what in _KINDS and entry.reason not in _FORGOTTEN)
    return timeline_rows(_entry(after, entry) for entry in shown)


def _entry(case: Case, entry: HistoryEntry) -> Entry:
    return Entry(
        family_id=case.family_id,
        at=entry.at,
        kind=_KINDS[entry.what],
        ref=entry.ref or case.case_id,
        case_id=case.case_id,
    )


def _lists(case: Case) -> dict[Index, tuple[str, str]]:
    """Return the lists of a case: its family's, and a partition for each filter of the queue."""
    region, place = region_key(case.region), queue_place(case)
    received = f"{LISTED}{clock.iso(case.received_at)}#{case.case_id}"
    lists: dict[Index, tuple[str, str]] = {
        "by_ref": (person_key(case.family_id), received),
        "by_state": (part_key(region, case.status), place),
    }
    if case.open:
        lists["by_region"] = (region, f"{OPEN}{place}")
        lists["by_district"] = (part_key(region, case.district), place)
        lists["by_programme"] = (part_key(region, case.programme), place)
    if case.open and case.taken_by is not None:
        lists["by_owner"] = (person_key(case.taken_by), f"{own_prefix(region)}{place}")
    elif (provider := referred_to(case)) is not None:
        lists["by_owner"] = (org_key(provider), f"{REFERRAL}{place}")
    return lists


def queue_place(case: Case) -> str:
    """Return the place of a case among others: by its limit, then the urgent first.

    That of a closed one is by the moment at which it was closed.
    """
    moment = limits.breach_at(case) or case.closed_at or case.received_at
    return f"{clock.iso(moment)}#{0 if limits.is_urgent(case) else 1}#{case.case_id}"


def part_key(region: str, part: str) -> str:
    """Return the partition of one district, programme or status of a region."""
    return f"{region}#{part}"


def own_prefix(region: str) -> str:
    """Return how the sort keys of a coordinator's cases in a region begin."""
    return f"{OPEN}{region}#"
