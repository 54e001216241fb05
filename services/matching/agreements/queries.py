"""What is read of care agreements; the agreement itself is shown with its match."""

from datetime import timedelta

from services.matching.agreements.values import LINK_HOURS, SIGNING, link_subject
from services.matching.agreements.views import SigningLink
from services.matching.matches.policy import load_authorised
from services.matching.matches.repository import Matches
from services.matching.matches.values import MatchId, MatchStatus
from shared.errors import NotFound
from shared.identity import signed_links
from shared.principal import Principal


def view_signing_link(match_id: MatchId, caller: Principal, matches: Matches) -> SigningLink:
    """Make a link with which the family signs by itself; the headquarters hands it over."""
    match = load_authorised(match_id, "view_signing_link", caller, matches)
    if match.status is not MatchStatus.INTRODUCED or match.agreement is None:
        raise NotFound("care_agreement", match_id)
    subject = link_subject(match_id, match.agreement)
    link = signed_links.issue(SIGNING, match.family_id, subject, timedelta(hours=LINK_HOURS))
    return SigningLink(link=link, expires_in_hours=LINK_HOURS)
