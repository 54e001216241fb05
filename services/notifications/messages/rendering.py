"""Letters: a message with its words and its address, made for the moment of sending."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.notifications.channels.regional_gateway import Letter
from services.notifications.desk import ContactOwner, Desk
from services.notifications.feedback.domain import LIFETIME
from services.notifications.messages.domain import Message
from services.notifications.templates.domain import FEEDBACK_LINK, Template
from shared.errors import Unavailable
from shared.identity import signed_links
from shared.messaging.recipients import RecipientQuery, Refused
from shared.observability import count
from shared.reference.regions import region

STAFF_CHANNEL = "inbox"
PHONE_TASK = "phone_task"
NO_CHANNEL = "no_channel"
FEEDBACK_PURPOSE = "feedback"
FEEDBACK_PAGE = "feedback_page"
FEEDBACK_PATH = "/notifications/v1/feedback/"


@dataclass(frozen=True, slots=True)
class Way:
    """How to reach a person now; it is never stored."""

    channel: str
    address: str = field(repr=False)
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)


def way_to(message: Message, template: Template, desk: Desk) -> Way | Refused:
    """Where to reach the person, as the owner of the contact says now; staff has its inbox."""
    audience = template.audience
    if audience.owner is None:
        way: Way | Refused = Way(STAFF_CHANNEL, f"{audience.role}@{message.region}")
    else:
        way = _asked(message, template.name, desk.owner(audience.owner))
    if isinstance(way, Way) and message.refused_channels and not _is_another(way, message):
        return Refused(reference=message.reference, refused=NO_CHANNEL)
    return way


def _is_another(way: Way, message: Message) -> bool:
    """Whether it may still work: a call is no other channel but what staff does about a failure."""
    return way.channel not in (*message.refused_channels, PHONE_TASK)


def _asked(message: Message, template: str, owner: ContactOwner) -> Way | Refused:
    ask = RecipientQuery(
        reference=message.reference,
        event_id=message.event_id,
        template=template,
        avoid=message.refused_channels,
    )
    (found,) = owner.resolve([ask])
    if isinstance(found, Refused):
        return found
    return Way(found.channel, found.address, found.variables)


def write_letter(message: Message, template: Template, way: Way, desk: Desk) -> Letter:
    """The words of a message, to be handed over and forgotten."""
    where = region(message.region)
    lines = {**where.links, **desk.lines.for_region(message.region)}
    variables = dict(way.variables)
    if message.form_id is not None:
        variables[FEEDBACK_LINK] = _feedback_link(message, lines, desk)
    rendered = desk.catalogue.render(
        template,
        message.variant,
        zone=where.zone,
        facts=message.facts,
        districts=where.district_names,
        variables=variables,
        lines=lines,
    )
    return Letter(
        message_id=message.message_id,
        channel=way.channel,
        to=way.address,
        title=rendered.subject,
        text=rendered.text,
        template=message.template,
        recipient_role=template.audience.reader,
        region=message.region,
        reference=message.reference,
        event_id=message.event_id,
        correlation_id=message.correlation_id,
    )


def _feedback_link(message: Message, lines: Mapping[str, str], desk: Desk) -> str:
    """A link that opens the form without login; it names the form and the case, nobody.

    Without a page to lead to the message waits: a dead link is worse than a late one.
    """
    page = lines.get(FEEDBACK_PAGE) or (desk.public_url and desk.public_url + FEEDBACK_PATH)
    if not page:
        count("feedback_page_missing")
        raise Unavailable("feedback_page_missing")
    link = signed_links.issue(FEEDBACK_PURPOSE, message.reference, message.form_id or "", LIFETIME)
    return page + link
