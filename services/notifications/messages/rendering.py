"""A message with its text and address, made at the moment of sending."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from services.notifications import settings
from services.notifications.channels.port import OutgoingMessage
from services.notifications.feedback.domain import CALL_PURPOSE, LINK_LIFETIME, LINK_PURPOSE
from services.notifications.footer_links.domain import FEEDBACK_PAGE
from services.notifications.footer_links.repository import FooterLinksRepository
from services.notifications.messages.domain import Message
from services.notifications.messages.recipients import (
    ContactOwners,
    Destination,
    find_destination,
)
from services.notifications.templates import wording
from services.notifications.templates.domain import Template
from services.notifications.templates.repository import Templates
from services.notifications.templates.values import FEEDBACK_LINK, RenderedText
from services.notifications.templates.wording import UnfitWords
from services.notifications.wordings.repository import Wordings, WordingsInForce
from shared import clock
from shared.errors import Unavailable
from shared.identity import signed_links
from shared.messaging.recipients import Refused
from shared.observability import count
from shared.reference.regions import region, zone_at

FEEDBACK_PATH = "/notifications/v1/forms/"


@dataclass(frozen=True, slots=True)
class Envelopes:
    """Where a message goes and what it says, at this moment."""

    footer_links: FooterLinksRepository
    templates: Templates
    in_force: WordingsInForce
    wordings: Wordings
    owners: ContactOwners

    @classmethod
    def connect(cls) -> Self:
        """Return the envelopes of this stage."""
        return cls(
            FooterLinksRepository.connect(),
            Templates.connect(),
            WordingsInForce.connect(),
            Wordings.connect(),
            ContactOwners.connect(),
        )

    def worded(self, message: Message) -> Template:
        """Return the message's template with the words in force; raises UnfitWords."""
        return self.in_force.worded(self._template(message))

    def destination(
        self, message: Message, template: Template, prefer: Sequence[str] = ()
    ) -> Destination | Refused:
        """Find where to reach the person of a message, best by the channels it prefers."""
        return find_destination(message, template, self.owners, prefer)

    def as_claimed(self, message: Message) -> Template:
        """Return its template with the words that its last try had, whatever was edited since.

        Raises UnfitWords.
        """
        return self.wordings.worded(self._template(message), message.wording_id)

    def _template(self, message: Message) -> Template:
        found = self.templates.of(message.template, message.variant)
        if found is None:
            raise UnfitWords(message.template, message.variant)
        return found

    def render(
        self, message: Message, template: Template, destination: Destination, greets: bool = True
    ) -> OutgoingMessage:
        """Return a message as it is handed to a provider; without greeting as a part of one.

        Raises UnfitWords.
        """
        rendered = self._worded(message, template, destination, greets)
        return OutgoingMessage(
            message_id=message.message_id,
            channel=destination.channel,
            to=destination.address,
            title=rendered.subject,
            text=rendered.text,
            template=message.template,
            recipient_role=template.audience.reader,
            region=message.region,
            reference=message.reference,
            event_id=message.event_id,
            correlation_id=message.correlation_id,
        )

    def _worded(
        self, message: Message, template: Template, destination: Destination, greets: bool
    ) -> RenderedText:
        """Return what its reader reads; links of operations overrule the region's."""
        links, phrases = self.footer_links.for_region(message.region), self.templates.phrases
        variables = dict(destination.variables)
        if message.form_id is not None:
            variables[FEEDBACK_LINK] = _feedback_link(message.reference, message.form_id, links)
        rendered = wording.render(
            template,
            message.variant,
            phrases,
            now=clock.now().astimezone(zone_at(message.region, message.district_id)),
            facts=message.facts,
            districts=region(message.region).district_names,
            variables=variables,
            links=links,
            greets=greets,
        )
        if any(not links.get(each) for each in template.lines):
            count("footer_link_missing")
        rendered = phrases.explain(rendered, destination.language)
        urges = message.urgent and template.audience.role is not None
        return phrases.urge(rendered) if urges else rendered

    def form_link(self, message: Message) -> str | None:
        """Return the link to a message's form, for who enters the answers of a person."""
        if message.form_id is None:
            return None
        links = self.footer_links.for_region(message.region)
        return _feedback_link(message.reference, message.form_id, links, CALL_PURPOSE)


def _feedback_link(
    reference: str, form_id: str, links: Mapping[str, str], purpose: str = LINK_PURPOSE
) -> str:
    """Return a link that opens the form without login; it names the form and the reference only.

    Without a page to lead to the message waits: a dead link is worse than a late one.
    """
    host = settings.api_url().rstrip("/")
    page = links.get(FEEDBACK_PAGE) or (host and host + FEEDBACK_PATH)
    if not page:
        count("feedback_page_missing")
        raise Unavailable("feedback_page_missing")
    return page + signed_links.issue(purpose, reference, form_id, LINK_LIFETIME)
