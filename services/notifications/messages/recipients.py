"""Where a message goes: to the inbox of a staff role, or wherever the owner of a contact says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from services.notifications import settings
from services.notifications.messages.domain import Message
from services.notifications.templates.domain import Template
from services.notifications.templates.values import Audience
from shared import aws, keyring
from shared.messaging.recipients import Recipient, RecipientQuery, Recipients, Refused
from shared.privacy.contact import Language

STAFF_CHANNEL = "inbox"
PHONE_TASK = "phone_task"
NO_CHANNEL = "no_channel"
# All channels but a call.
WRITTEN = ("bot", "sms", "email")


@dataclass(frozen=True, slots=True)
class Destination:
    """Channel and address of a person at this moment; it is never stored."""

    channel: str
    address: str = field(repr=False)
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    language: str = Language.RU
    district_id: str | None = None


def mark_of(destination: Destination) -> str:
    """Return a keyed mark of an address: the same for the same one, and nothing else about it."""
    said = f"{destination.channel}|{destination.address}".encode()
    return keyring.from_env().sign("sent-to", said)[:12].hex()


class ContactOwners:
    """The services that keep contacts, each asked by its private function."""

    @classmethod
    def connect(cls) -> Self:
        """Return the owners of this stage."""
        return cls()

    def resolve(self, owner: str, query: RecipientQuery) -> Recipient | Refused:
        """Ask an owner for a recipient; raises Unavailable when it cannot answer."""
        function = settings.recipients(owner)()
        (answer,) = Recipients(aws.client("lambda"), function).resolve([query])
        return answer


def find_destination(
    message: Message, template: Template, owners: ContactOwners, prefer: Sequence[str] = ()
) -> Destination | Refused:
    """Find where to reach the person of a message, by a channel that has not refused it yet."""
    audience = template.audience
    if audience.owner is None:
        found: Destination | Refused = Destination(STAFF_CHANNEL, _staff_address(message, audience))
    else:
        found = _resolve(message, template.name, audience.owner, owners, prefer)
    if isinstance(found, Refused) or not message.refused_channels:
        return found
    # After a refusal the staff looks for a contact. It calls about a message that may have arrived,
    # and where the contact is right and nobody carried the message.
    calls = () if message.doubts or message.unserved else (PHONE_TASK,)
    if found.channel in (*message.refused_channels, *calls):
        return Refused(reference=message.reference, refused=NO_CHANNEL)
    return found


def _staff_address(message: Message, audience: Audience) -> str:
    """Return whose inbox it is: `<role>@<region>`, or `…/<district>` of a role of districts."""
    part = f"/{message.district_id}" if audience.of_districts and message.district_id else ""
    return f"{audience.role}@{message.region}{part}"


def _resolve(
    message: Message, template: str, owner: str, owners: ContactOwners, prefer: Sequence[str]
) -> Destination | Refused:
    query = RecipientQuery(
        reference=message.reference,
        event_id=message.event_id,
        template=template,
        avoid=WRITTEN if message.by_phone else message.refused_channels,
        prefer=tuple(prefer),
    )
    found = owners.resolve(owner, query)
    if isinstance(found, Refused):
        return found
    return Destination(
        found.channel, found.address, found.variables, found.language, found.district_id
    )
