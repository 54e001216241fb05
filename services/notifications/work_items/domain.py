"""A work item: one task of a staff role, until it is done."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Self

from services.notifications.work_items.values import (
    LEFT_UNDONE,
    LEFT_UNDONE_URGENT,
    REACH,
    DoneReason,
    Reach,
    WorkItemStatus,
)
from services.notifications.work_subjects.domain import Ending, OpenItem, Place, WorkSubject
from services.notifications.work_subjects.values import Mark
from shared.domain import StatefulAggregate
from shared.errors import IllegalStep

MOST_NEWS = 10
ALREADY_DONE, ASKED_ANEW, NO_CALL = "item_already_done", "item_asked_anew", "item_is_no_call"


class WorkItem(StatefulAggregate):
    """What a role is asked to do about one reference; it holds codes and ids only.

    `by_phone`: the `news` (templates) are for a person who is not reached in writing, so the staff
    must call; `calls` are the messages that wait for that call, `unsettled` those whose outcome it
    has not been given yet, `heard` those that the caller has read out. Where a contact is to be
    checked, `undelivered` are the messages that did not reach it. What ends it is said of its
    `subject`: the family or guardian that is to be called, else the reference. `raised` is the
    place, in the order of events, of the one that asks for the work; `due_by_event`: that one names
    `due_at`, which is reckoned from the day of asking otherwise; from `expires_at` on the work
    cannot be done any more. `climbed_to` is the role above that has heard of what is left undone,
    `climbed_at` when it has, or when the work was taken back.
    """

    STEPS: ClassVar = {
        WorkItemStatus.NEW: {
            "read_item": WorkItemStatus.READ,
            "finish_item": WorkItemStatus.DONE,
        },
        WorkItemStatus.READ: {"finish_item": WorkItemStatus.DONE},
        WorkItemStatus.DONE: {"reopen_item": WorkItemStatus.READ},
    }
    # Of an item that waits; one that is done refuses all but to be taken back as `ALREADY_DONE`.
    REFUSALS: ClassVar = {"read_item": "item_already_read", "reopen_item": "item_not_done"}

    item_id: str
    message_id: str
    role: str
    region: str
    district_id: str | None = None
    org: str | None = None
    account: str | None = None
    kind: str
    detail: str | None = None
    raised: Mark
    template: str
    variant: str
    reference: str
    about: str | None = None
    urgent: bool
    due_at: datetime
    due_by_event: bool = False
    expires_at: datetime | None = None
    climbed_to: str | None = None
    climbed_at: datetime | None = None
    facts: Mapping[str, str] = {}
    by_phone: bool = False
    news: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    undelivered: tuple[str, ...] = ()
    status: WorkItemStatus = WorkItemStatus.NEW
    created_at: datetime
    read_at: datetime | None = None
    read_by: str | None = None
    done_at: datetime | None = None
    done_by: str | None = None
    done_reason: str | None = None
    ended_by: str | None = None

    @property
    def subject(self) -> str:
        """The id that the work is about."""
        return self.about or self.reference

    @property
    def acts_at(self) -> datetime | None:
        """When time alone changes it: it is over, or climbs, or its messages are to be settled."""
        if self.status is not WorkItemStatus.DONE:
            moments = [each for each in (self.expires_at, self.climbs_at) if each is not None]
            return min(moments, default=None)
        return self.done_at if self.unsettled else None

    @property
    def climbs_at(self) -> datetime | None:
        """When those above hear that it is left undone; None at the top."""
        if self.climbed_to and REACH[self.climbed_to] is Reach.FEDERATION:
            return None
        left = LEFT_UNDONE_URGENT if self.urgent else LEFT_UNDONE
        # What is asked for, or taken back, after its day waits for those who are asked first.
        return max(self.due_at, self.climbed_at or self.created_at) + left

    @property
    def opening(self) -> OpenItem:
        """The item as its subject notes it."""
        return OpenItem(
            item_id=self.item_id,
            kind=self.kind,
            role=self.role,
            detail=self.detail,
            raised=self.raised,
        )

    def read(self, by: str, now: datetime) -> Self:
        """Mark the item as read; the first reader is remembered."""
        self._require_in_time("read_item", now)
        return self._with(status=WorkItemStatus.READ, read_by=by, read_at=now)

    def finish(self, by: str, reason: str, now: datetime, heard: Collection[str] = ()) -> Self:
        """Close the item by a person's word, with the reason and what was heard in a call."""
        self._require_in_time("finish_item", now)
        return self._with(
            status=WorkItemStatus.DONE,
            done_by=by,
            done_at=now,
            done_reason=reason,
            ended_by=None,
            unsettled=self.calls,
            heard=tuple(each for each in self.calls if each in heard),
        )

    def climb(self, role: str, now: datetime) -> Self:
        """Tell the role above of the item, which stays the work of those who are asked."""
        return self._with(climbed_to=role, climbed_at=now)

    def require_latest(self, subject: WorkSubject) -> None:
        """Refuse what is done where the same work was asked for anew: that item is open."""
        if self.status is WorkItemStatus.DONE and subject.like(self.opening) is not None:
            raise IllegalStep(ASKED_ANEW)

    def call_refusal(self) -> IllegalStep:
        """Return why no person is to be called: the work is no call, or one that is over."""
        return self._refusal(ALREADY_DONE if self.by_phone else NO_CALL)

    def settle(self, messages: tuple[str, ...]) -> Self:
        """Note that messages have the outcome of the call."""
        return self._with(unsettled=tuple(each for each in self.unsettled if each not in messages))

    def end(self, ending: Ending, by: str, now: datetime) -> Self:
        """Close the item because the work is done, as an event says."""
        done = self.finish(by, DoneReason.DONE.value, now)
        return done._with(ended_by=ending.by)

    def reopen(self, mark: Mark) -> Self:
        """Take the item back that was marked done by mistake; what happened before ends it not.

        A call ends by a word of its caller then, though its news has expired: it may be heard of.
        """
        self._require_in_time("reopen_item", mark.at)
        return self._with(
            status=WorkItemStatus.READ,
            done_by=None,
            done_at=None,
            done_reason=None,
            ended_by=None,
            unsettled=(),
            climbed_at=mark.at,
            raised=mark,
            expires_at=None if self.by_phone else self.expires_at,
        )

    def at(self, place: Place | None) -> Self:
        """Return the item in the district that its subject has moved to, if it has."""
        if place is None:
            return self
        named = {"district": place.district_id} if "district" in self.facts else {}
        return self._with(district_id=place.district_id, facts={**self.facts, **named})

    def without(self, call: str, rest: Sequence[Self]) -> Self:
        """Leave out news that its person has got; the `rest` is what each other asks for."""
        latest = rest[-1]
        return self._with(
            message_id=latest.message_id,
            template=latest.template,
            variant=latest.variant,
            expires_at=_latest_end(rest),
            urgent=any(each.urgent for each in rest),
            news=tuple(dict.fromkeys(each.template for each in rest))[-MOST_NEWS:],
            calls=tuple(each for each in self.calls if each != call),
        )

    def without_undelivered(self, message_id: str) -> Self:
        """Note that a message has reached its person after all."""
        left = tuple(each for each in self.undelivered if each != message_id)
        return self._with(undelivered=left)

    def renew(self, newer: Self) -> Self:
        """Let a newer event ask for the same work: its words and place count from now.

        What was urgent stays so; one call is for all the news. Who asks again waits no longer for
        it than who asks once; with a later day it is not left undone yet.
        """
        renewed = newer._with(
            version=self.version, item_id=self.item_id, created_at=self.created_at
        )._with_all_of(self, newer)
        if renewed.due_at > self.due_at:
            return renewed
        return renewed._with(climbed_to=self.climbed_to, climbed_at=self.climbed_at)

    def along_with(self, earlier: Self) -> Self:
        """Do what was asked for before and is heard of late, too; words and place stay."""
        return self._with_all_of(earlier, self)

    def _with_all_of(self, first: Self, second: Self) -> Self:
        """Return the item with all that two requests for the same work are about."""
        ends = {"expires_at": _latest_end((first, second))} if self.by_phone else {}
        return self._with(
            **ends,
            due_at=_due_at(first, second),
            urgent=first.urgent or second.urgent,
            news=tuple(dict.fromkeys((*first.news, *second.news)))[-MOST_NEWS:],
            calls=tuple(dict.fromkeys((*first.calls, *second.calls))),
            undelivered=tuple(dict.fromkeys((*first.undelivered, *second.undelivered))),
        )

    def _require_in_time(self, step: str, now: datetime) -> None:
        """Refuse a step, and what is over: taken back, it would be over again at once."""
        done = self.status is WorkItemStatus.DONE
        if done and not self.by_phone and self.expires_at is not None and now >= self.expires_at:
            raise IllegalStep("item_over")
        if step not in self.legal_steps:
            raise self._refusal(ALREADY_DONE if done else self.REFUSALS[step], step=step)


def _due_at(first: WorkItem, second: WorkItem) -> datetime:
    """Return when work that is asked for twice is due; another region has the time of its own."""
    if second.due_by_event or first.region != second.region:
        return second.due_at
    return min(first.due_at, second.due_at)


def _latest_end(calls: Collection[WorkItem]) -> datetime | None:
    """Return when the last news of calls is worth nothing any more; None while some always is."""
    ends = [each.expires_at for each in calls if each.expires_at is not None]
    return max(ends) if len(ends) == len(calls) else None
