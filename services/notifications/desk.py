"""What the use cases work with: the tables of this service, its texts, and its two neighbours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.notifications.channels.regional_gateway import Gateway
from services.notifications.feedback.repository import FeedbackForms
from services.notifications.footer_links.repository import ProgrammeLines
from services.notifications.messages.repository import Messages
from services.notifications.reminders.repository import StoryReminders
from services.notifications.templates.domain import Catalogue
from services.notifications.work_items.repository import WorkItems
from shared.messaging.recipients import Recipient, RecipientQuery, Refused
from shared.storage.store import Store


class ContactOwner(Protocol):
    """A service that keeps contacts; see `shared.messaging.recipients`."""

    def resolve(self, items: Sequence[RecipientQuery]) -> list[Recipient | Refused]:
        """Where to reach these people."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a use case may reach for; `gateway` and an `owner` are made when first needed."""

    store: Store
    messages: Messages
    items: WorkItems
    forms: FeedbackForms
    reminders: StoryReminders
    lines: ProgrammeLines
    catalogue: Catalogue
    gateway: Callable[[], Gateway]
    owner: Callable[[str], ContactOwner]
    public_url: str

    @classmethod
    def over(
        cls,
        store: Store,
        catalogue: Catalogue,
        gateway: Callable[[], Gateway],
        owner: Callable[[str], ContactOwner],
        public_url: str,
    ) -> "Desk":
        """A desk over one store."""
        return cls(
            store=store,
            messages=Messages(store),
            items=WorkItems(store),
            forms=FeedbackForms(store),
            reminders=StoryReminders(store),
            lines=ProgrammeLines(store),
            catalogue=catalogue,
            gateway=gateway,
            owner=owner,
            public_url=public_url,
        )
