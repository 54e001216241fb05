"""Events of notifications: outcomes of messages, feedback links and answers."""

from datetime import date, datetime

from pydantic import BaseModel

from shared.events.base import Event


class _OfMessage(Event):
    """What every fact about one message says; `reference` is the owner's id of the recipient."""

    message_id: str
    template: str
    audience: str
    reference: str


class MessageSent(_OfMessage):
    """A gateway has accepted a message, once."""

    channel: str
    sent_at: datetime


class MessageDelivered(_OfMessage):
    """A message has reached the person's device, as its provider says."""

    channel: str
    delivered_at: datetime


class MessageRead(_OfMessage):
    """A person has opened a message, as its provider says; it was delivered, too."""

    channel: str
    read_at: datetime


class _Unsent(_OfMessage):
    """What is published of a message that does not go out; `channel` is the last that refused it.

    `district_id` is the recipient's, `office_id` that of the office whose data to mend, `family_id`
    the family that it was for.
    """

    reason: str
    channel: str | None = None
    district_id: str | None = None
    office_id: str | None = None
    family_id: str | None = None


class MessageFailed(_Unsent):
    """No channel reaches the person; the staff should call."""


class MessageWithheld(_Unsent):
    """A message was not sent: the person does not want it, or must not get it this way."""


class ChannelSums(BaseModel, defer_build=True):
    """The outcomes of the messages of one channel; unreachable ones failed or were withheld."""

    channel: str
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    withheld: int = 0
    unreachable: int = 0


class MessagesSummed(Event):
    """A day of a region is over; what is counted later is published again, with all of the day."""

    sums_id: str
    day: date
    channels: tuple[ChannelSums, ...]


# What families are asked about a guardian, and guardians about a family.
CARE_FEEDBACK, GUARDIAN_FEEDBACK = "care_feedback", "guardian_feedback"


class _OfForm(Event):
    """What every fact about one feedback form says."""

    form_id: str
    form: str
    case_id: str | None = None
    family_id: str | None = None
    match_id: str | None = None
    guardian_id: str | None = None
    card_id: str | None = None


class FeedbackLinkSent(_OfForm):
    """A person was sent a one-time link to say how the help goes."""


class FormUnanswered(Event):
    """A person has not answered a form for some days; the one reminder of it may go out.

    `audience` says whose form it is, `reference` what the first message was about.
    """

    form_id: str
    form: str
    audience: str
    reference: str
    district_id: str | None = None
    family_id: str | None = None
    card_id: str | None = None


class _OfAnswer(_OfForm):
    """What every fact about one answer says; the comment stays in the vault."""

    district_id: str | None = None
    score: int


class FeedbackReceived(_OfAnswer):
    """A person has answered a feedback form.

    `in_call` says that a colleague has entered what the person said in a call. `marks` are from 1
    to 5, by question; `pair` is what the other side of a match answers about, too: the same key for
    both.
    """

    needs_met: str | None = None
    wants_call: bool
    commented: bool
    in_call: bool = False
    marks: dict[str, int] = {}
    pair: str | None = None


class LowScoreReceived(_OfAnswer):
    """A person gave two points of five or fewer; headquarters should call."""


class StoryDue(Event):
    """A guardian in care has sent no story for thirty days."""

    match_id: str
    guardian_id: str


class _OfEndpoint(Event):
    """What every fact about the address of an integrator's system says."""

    endpoint_id: str


class WebhookEndpointDisabled(_OfEndpoint):
    """Nothing has arrived at an address for a day, or it wants nothing any more."""

    reason: str


class WebhookEndpointResumed(_OfEndpoint):
    """Events are sent to an address again."""


class WebhookEndpointRemoved(_OfEndpoint):
    """Nothing is sent to an address any more, for good."""


class WebhookEndpointTried(_OfEndpoint):
    """A test for the receiver, sent to one address and never published."""


class PreferencesChanged(Event):
    """A person has said how it would like to be written to, or a colleague for it.

    `by` says how (`token`, `link`, `staff`, `complaint`, or a word to a bot: `word` to stop,
    `start_word` to start again); `reference` and `audience` are those of its last message.
    `unwanted` is what it is not sent any more. Of several people of one chat one answer is
    `acknowledged`.
    """

    person_id: str
    audience: str
    reference: str
    by: str
    channels: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    together: bool = False
    acknowledged: bool = True
