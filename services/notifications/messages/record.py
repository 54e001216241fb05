"""What a message is: what is known of it and of its sending; neither text nor contact."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Self

from services.notifications.messages.values import LONGEST_WAIT, MESSAGE_STEPS, MessageStatus
from services.notifications.pacing.values import Daytime
from services.notifications.templates.values import Audience
from services.notifications.work_subjects.values import Mark
from shared.domain import StatefulAggregate

# How long an unknown outcome is asked for before another way is taken.
URGENT_DOUBT = timedelta(minutes=15)
LONGEST_DOUBT = timedelta(hours=6)
# What expires sooner waits for no other news.
TIME_TO_ACT = timedelta(days=1)


class MessageRecord(StatefulAggregate):
    """What one person is sent about one event; neither the text nor the contact is kept.

    `raised` is the event's place in the order of what happened; `topics` are its values by which
    later events outdate it. `facts` are the event's own values; `due_at` is when the ledger must
    move next; what `acknowledges` an act of its reader comes at once, and can wait where it takes a
    call; from `expires_at` on the message is worth nothing to its reader. `provider` has claimed
    it, for the address of `address_mark`; `skipped_providers` surely do not have it, `doubts` may;
    `tries` are the channels of all that were tried, `parts_in_doubt` the messages that were inside
    when its outcome was left open. No provider has taken it `waits_since` then, and none did of the
    `unserved` channels. `person_id` is its reader, as the reader's own token says; None where the
    event names no person, as of a code to sign in. `district_id` is that of its subject, else its
    reader's, `office_id` of the office that mends its contact. One that `gathers` waits for more
    news; `joined` go out inside of it, and each names it as its `digest_id`.
    """

    STEPS: ClassVar = MESSAGE_STEPS
    REFUSAL: ClassVar = "message_moved_on"

    message_id: str
    event_id: str
    correlation_id: str
    template: str
    variant: str
    audience: str
    reference: str
    person_id: str | None = None
    region: str
    district_id: str | None = None
    office_id: str | None = None
    family_id: str | None = None
    urgent: bool
    acknowledges: bool = False
    raised: Mark
    topics: Mapping[str, str] = {}
    facts: Mapping[str, str] = {}
    form_id: str | None = None
    status: MessageStatus = MessageStatus.QUEUED
    created_at: datetime
    due_at: datetime | None = None
    expires_at: datetime | None = None
    attempts: int = 0
    claimed_at: datetime | None = None
    channel: str | None = None
    provider: str | None = None
    provider_id: str | None = None
    address_mark: str | None = None
    skipped_providers: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    tries: Mapping[str, str] = {}
    parts_in_doubt: tuple[str, ...] = ()
    waits_since: datetime | None = None
    unserved: tuple[str, ...] = ()
    by_phone: bool = False
    gathers: bool = False
    joined: tuple[str, ...] = ()
    digest_id: str | None = None
    segments: int | None = None
    kopecks: int | None = None
    wording_id: str | None = None
    refused_channels: tuple[str, ...] = ()
    reason: str | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None

    @property
    def for_family(self) -> str | None:
        """The family that the message is for; None when it is about one, to others."""
        return self.family_id if self.audience == Audience.FAMILY else None

    @property
    def is_to_person(self) -> bool:
        """Whether it is for a person outside of the staff, which has an inbox."""
        return Audience(self.audience).owner is not None

    @property
    def is_inside(self) -> bool:
        """Whether it shares what becomes of another message: its reader may not have it."""
        return self.status in (MessageStatus.JOINED, MessageStatus.SENT, MessageStatus.DELIVERED)

    @property
    def may_come_back(self) -> bool:
        """Whether the server that has taken it is not the reader's device, and may return it."""
        return self.channel == "email" and self.status is MessageStatus.DELIVERED

    @property
    def about(self) -> str:
        """The id that it is about, which news of a shop names after its own."""
        return self.reference.rpartition(".")[2]

    @property
    def filed_under(self) -> str:
        """The id that work about reaching its person is filed under."""
        return self.for_family or self.about

    @property
    def provider_wait(self) -> timedelta:
        """How long a provider of its channel may let it wait; less when one channel did already."""
        return LONGEST_WAIT if self.unserved else self.longest_wait

    @property
    def longest_wait(self) -> timedelta:
        """How long it waits for an outcome, or for its turn."""
        return URGENT_DOUBT if self.urgent else LONGEST_DOUBT

    def tried_again_at(self, now: datetime, rest: timedelta) -> datetime:
        """Return when a provider of the channel is tried after a rest: in time for the next one."""
        later, over = now + rest, (self.waits_since or now) + self.provider_wait
        return min(later, over) if over > now else later

    def of_district(self, district_id: str) -> Self:
        """Note where its person lives, when its event named no district."""
        return self if self.district_id else self._with(district_id=district_id)

    def in_quiet_hours(self, now: datetime, daytime: Daytime) -> bool:
        """Return whether it is night where the person lives and the message can wait.

        What is worth nothing by the morning cannot.
        """
        morning = daytime.next_moment(now)
        can_wait = not self.urgent and not self.is_expired(morning)
        return can_wait and morning > now

    def is_expired(self, now: datetime) -> bool:
        """Return whether it is worth nothing to its reader any more."""
        return self.expires_at is not None and now >= self.expires_at

    def has_time_after(self, moment: datetime) -> bool:
        """Return whether its reader, who gets it then, has a day to do what it asks for."""
        return not self.is_expired(moment + TIME_TO_ACT)

    def comes_before(self, other: Self) -> bool:
        """Return whether it is earlier news for the same person; the order is the events'."""
        same = (self.audience, self.reference) == (other.audience, other.reference)
        return same and self.raised.place < other.raised.place

    def says_the_same(self, other: Self) -> bool:
        """Return whether a reader finds nothing new in the other one."""
        names = ("template", "variant", "region", "topics", "facts")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def is_unserved(self, now: datetime) -> bool:
        """Whether no provider of the channel has taken it for so long that another is taken."""
        return self.waits_since is not None and now >= self.waits_since + self.provider_wait

    def may_get_words(self, now: datetime) -> bool:
        """Whether a release may be half out still, and its words fit the message when it is."""
        return now < (self.due_at or now) + self.longest_wait

    def is_left_unknown(self, now: datetime) -> bool:
        """Whether the outcome has been unknown for so long that another way is taken."""
        return now >= (self.claimed_at or now) + self.longest_wait
