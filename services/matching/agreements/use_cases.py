"""Family and guardian agree in writing on the help."""

from datetime import timedelta

from services.matching.matches import commands
from services.matching.matches.domain import Match
from services.matching.matches.policy import match_resource
from services.matching.matches.repository import Desk
from services.matching.matches.use_cases import allowed, side_of, who
from services.matching.matches.values import CareAgreement, MatchStatus, Party
from services.matching.matches.views import SigningLink
from services.matching.policy import POLICY
from shared import clock, ids
from shared.errors import IllegalStep, Invalid, NotFound
from shared.events import matching as events
from shared.identity import signed_links
from shared.principal import Principal
from shared.storage.command_context import CommandContext, Receipt

SIGNING = "sign_care_agreement"
LINK_HOURS = 72


def draft_agreement(
    match_id: str, body: commands.DraftAgreement, context: CommandContext, desk: Desk
) -> Receipt:
    """Write down what help the family gets."""
    match = allowed(match_id, "draft_agreement", context, desk)
    known = {need.need_id: need for need in match.needs}
    for place, need_id in enumerate(body.need_ids):
        if need_id not in known:
            raise Invalid("need_unknown", f"/need_ids/{place}")
    agreement = CareAgreement(
        agreement_id=ids.new("agr"),
        needs=tuple(known[need_id] for need_id in dict.fromkeys(body.need_ids)),
        frequency=body.frequency,
        starts_on=body.starts_on,
        template_version=body.template_version,
    )
    return desk.matches.save(context, match.draft_agreement(agreement))


def sign_agreement(
    match_id: str, body: commands.SignAgreement, context: CommandContext, desk: Desk
) -> Receipt:
    """One side signs; the headquarters may sign for a family that has shown its consent."""
    match = allowed(match_id, "sign_agreement", context, desk)
    side = side_of(body, context, match)
    return _sign(match, side, context, desk)


def view_signing_link(match_id: str, caller: Principal, desk: Desk) -> SigningLink:
    """A link with which the family signs by itself; the headquarters hands it over."""
    match = desk.matches.get(match_id)
    POLICY.require(caller, "view_signing_link", match_resource(match))
    if match.status is not MatchStatus.INTRODUCED or match.agreement is None:
        raise NotFound("care_agreement", match_id)
    about = f"{match_id}:{match.agreement.agreement_id}"
    text = signed_links.issue(SIGNING, match.case_id, about, timedelta(hours=LINK_HOURS))
    return SigningLink(link=text, expires_in_hours=LINK_HOURS)


def sign_by_link(body: commands.SignByLink, context: CommandContext, desk: Desk) -> Receipt:
    """The family signs through its link; a link of an older draft signs nothing."""
    link = signed_links.open_link(body.link, SIGNING)
    match_id, _, agreement_id = link.about.partition(":")
    context.actor = link.principal
    match = allowed(match_id, "sign_agreement", context, desk)
    if match.agreement is None or match.agreement.agreement_id != agreement_id:
        raise IllegalStep("agreement_changed", ("view_match",))
    return _sign(match, Party.FAMILY, context, desk)


def _sign(match: Match, side: Party, context: CommandContext, desk: Desk) -> Receipt:
    guardian = desk.guardians.get(match.guardian_id)
    signed = match.sign_agreement(
        side,
        participation_signed=guardian.participation_signed,
        evidence=context.actor.evidence,
        at=clock.now(),
    )
    if signed.status is not MatchStatus.AGREED or signed.agreement is None:
        return desk.matches.save(context, signed)
    told = events.CareAgreementSigned(
        **who(signed),
        need_ids=tuple(need.need_id for need in signed.agreement.needs),
        categories=tuple(sorted({need.category for need in signed.agreement.needs})),
    )
    return desk.matches.save(context, signed, events=[told])
