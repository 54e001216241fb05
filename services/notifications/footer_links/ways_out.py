"""How a message says where its reader can change how it is written to, and stop what it can.

A mail always does, in its last line; mail of news that can be declined also in the headers from
which a mail program makes a button (RFC 2369, RFC 8058). A bot does once a day. A text message has
no room for a link: once a day it says who to turn to, where its news can be declined.
"""

from dataclasses import replace

from services.notifications.channels.port import OutgoingMessage
from services.notifications.channels.sms.segments import LONGEST_SMS
from services.notifications.templates.values import Phrases


def with_way_out(
    outgoing: OutgoingMessage, page: str, phrases: Phrases, *, optional: bool, first_of_day: bool
) -> OutgoingMessage:
    """Return a message that can wait, with the way to the page of its reader's preferences."""
    channel = outgoing.channel
    said = phrases.ways_out.get(channel)
    if said is None or not (channel == "email" or first_of_day):
        return outgoing
    if channel == "sms" and not optional:
        return outgoing
    text = f"{outgoing.text}\n{said.format(link=page)}"
    if channel == "sms" and len(text) > LONGEST_SMS:
        return outgoing
    declined_at = page if optional and channel == "email" else ""
    return replace(outgoing, text=text, declined_at=declined_at)
