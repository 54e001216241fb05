"""What goes out about a care agreement."""

from datetime import timedelta

from services.matching.agreements.values import LINK_HOURS, SIGNING, link_subject
from services.matching.matches.repository import Matches
from shared.api.models import View
from shared.identity import signed_links
from shared.principal import Principal
from shared.storage.command_context import Receipt


class SigningLink(View):
    """A link with which the family signs; it is for the family alone."""

    id: str
    version: int
    link: str
    expires_in_hours: int


def link_view(receipt: Receipt, caller: Principal, matches: Matches) -> SigningLink:
    """Return a fresh link, which is stored nowhere: a repeated call gets another one."""
    match = matches.get(receipt.id)
    subject = link_subject(receipt.id, match.text_to_sign())
    return SigningLink(
        id=receipt.id,
        version=receipt.version,
        link=signed_links.issue(SIGNING, match.family_id, subject, timedelta(hours=LINK_HOURS)),
        expires_in_hours=LINK_HOURS,
    )
