"""What a text would say at its worst, before it is published: read as a person would read it."""

import re
from collections.abc import Iterator, Mapping
from unicodedata import normalize

from services.notifications.channels.sms.segments import LONGEST_SMS
from services.notifications.templates.domain import Template
from services.notifications.templates.values import FEEDBACK_LINK, FIRST_NAME, Phrases
from services.notifications.templates.wording import Fault, sampled
from shared.api.json_guard import has_forbidden
from shared.privacy.contact import phone_in

# A signed link to a form is as long as this; a test compares it with a real one.
LINK = "https://" + "x" * 192
# Places that a value has left: two spaces, a lonely sign, a line that stops or is empty.
_HOLES = re.compile(
    r"[ \u00a0]{2}|[ \u00a0][,.;:!?»)]|[«(][ \u00a0»)]|^[,.;:!?)]|[,;:]$|,[,.;:!?]|[:;][.,;:]"
    r"|^[ \t]|[ \t]$|\n\n|\bNone\b|\bundefined\b|[{}$]",
    re.MULTILINE,
)
# Links and phones are configuration: an address in a text may be false, or somebody else's.
_ADDRESS = re.compile(
    r"(?i:\b(?:https?|tel|mailto):|\b(?:www|t)\.)\S+|\S*(?:://|@)\S*"
    r"|[\w-]{2,}\.(?P<domain>[^\W\d_]{2,})\b\S*"
    r"|\+?(?:\d[ \u00a0()-]{0,2}){5,}"
)


def fault(
    subject: str, texts: Mapping[str, str], worded: Template, phrases: Phrases
) -> Fault | None:
    """Return why words that fit a template cannot be sent; None when they can."""
    for pointer, text in [("/subject", subject), *_at(texts)]:
        if found := address(text):
            return Fault("wording_has_address", pointer, (found,))
    # What a reader of another language reads besides.
    most = LONGEST_SMS - max(len(f"\n{said}") for said in phrases.other_languages.values())
    # A reader with a long name, and one whose name is not known.
    for name in (phrases.samples.long_name, ""):
        values = {FIRST_NAME: name, FEEDBACK_LINK: LINK}
        for pointer, said in _at(sampled(worded, phrases, values)):
            if len(said) > most:
                return Fault("wording_too_long", pointer, (str(most),))
            if (found := hole(said)) is not None:
                return Fault("wording_has_hole", pointer, (found,))
    return None


def address(text: str) -> str | None:
    """Return the first link, e-mail or phone of a text, with long dashes or in wide signs, too."""
    text = normalize("NFKC", text)
    for found in _ADDRESS.finditer(text):
        # A sentence that begins without a space is a slip, and no address.
        if (found["domain"] or "").islower() or not found["domain"]:
            return found[0].strip()
    return phone_in(text)


def hole(said: str) -> str | None:
    """Return the line of a filled text in which a place has stayed empty."""
    if has_forbidden(said):
        return ""
    for line in said.split("\n"):
        if not line or _HOLES.search(line):
            return line
    return None


def sms_texts(worded: Template, phrases: Phrases) -> dict[str, str]:
    """Return each variant as long as a real SMS: with a link, where there is one."""
    return sampled(worded, phrases, {FEEDBACK_LINK: LINK})


def _at(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((f"/texts/{variant}", text) for variant, text in texts.items())
