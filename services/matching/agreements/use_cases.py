"""Family and guardian agree in writing on the help."""

from services.matching.agreements.commands import DraftAgreement, SignAgreement, SignByLink
from services.matching.agreements.values import SIGNING, SPOKEN, link_subject
from services.matching.bonds.repository import Bonds
from services.matching.guardians.domain import Guardian
from services.matching.guardians.repository import Guardians
from services.matching.matches.domain import Match
from services.matching.matches.events import event_fields
from services.matching.matches.policy import OWN_SIDES, acting_side, load_authorised, load_guardian
from services.matching.matches.repository import Matches
from services.matching.matches.values import MatchId, Party
from services.matching.participation.values import current
from shared import clock, ids
from shared.errors import Gone, IllegalStep, Invalid
from shared.events.matching import CareAgreementSigned
from shared.identity import signed_links
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


def draft_agreement(
    match_id: MatchId,
    body: DraftAgreement,
    context: CommandContext,
    matches: Matches,
    guardians: Guardians,
) -> Receipt:
    """Write down what help the family gets, within the limits that the guardian has set."""
    match = load_authorised(match_id, "draft_agreement", context.actor, matches)
    now = clock.now()
    met_at = match.introduction.held_at if match.introduction else now
    drafted = match.draft_agreement(
        body.need_ids,
        agreement_id=ids.new("agr"),
        programme=body.programme,
        frequency=body.frequency,
        starts_on=body.starts_on,
        today=regions.local_date(match.region, now),
        met_on=regions.local_date(match.region, met_at),
        template_version=body.template_version,
        drafted_at=now,
    )
    _promised(drafted, load_guardian(match, context.actor, guardians))
    return matches.save(context, drafted)


def _promised(match: Match, guardian: Guardian) -> Guardian:
    """Return a guardian that has promised the help of the latest version of an agreement.

    What only the version before it held is promised no more.
    """
    latest = match.unsigned_agreement or match.agreement
    former = match.former_agreements[-1] if match.former_agreements else None
    kinds, before = (each.kinds if each else () for each in (latest, former))
    return guardian.promise_help(match.match_id, kinds, before)


def issue_signing_link(match_id: MatchId, context: CommandContext, matches: Matches) -> Receipt:
    """Make a link with which the family signs by itself; who had it made is on record."""
    match = load_authorised(match_id, "issue_signing_link", context.actor, matches)
    match.text_to_sign()
    return matches.save(context, match)


def sign_agreement(
    match_id: MatchId,
    body: SignAgreement,
    context: CommandContext,
    matches: Matches,
    guardians: Guardians,
) -> Receipt:
    """Sign for one side; the headquarters may record one signature that was given on paper."""
    match = load_authorised(match_id, "sign_agreement", context.actor, matches)
    side = acting_side(body, context, match)
    if body.evidence == SPOKEN:
        raise Invalid("signature_was_spoken", "/evidence")
    draft = match.unsigned_agreement
    if body.agreement_id is not None and draft and draft.agreement_id != body.agreement_id:
        raise IllegalStep("agreement_rewritten", ("view_match",))
    return _sign(match, side, body.evidence, context, matches, guardians)


def sign_by_link(
    body: SignByLink, context: CommandContext, matches: Matches, guardians: Guardians, bonds: Bonds
) -> Receipt:
    """Sign for the family through the link it was given.

    One of an older draft signs nothing, nor one of before the family was signed out everywhere: its
    phone may be in other hands.
    """
    link = signed_links.open_link(body.link, SIGNING, _gone())
    if bonds.was_signed_out(link.subject, link.issued_by):
        raise _gone()
    match_id = link.about.partition(":")[0]
    context.actor = link.principal
    match = load_authorised(match_id, "sign_agreement", context.actor, matches)
    if link.about != link_subject(match_id, match.text_to_sign()):
        raise IllegalStep("agreement_changed", ("ask_for_new_link",))
    return _sign(match, Party.FAMILY, None, context, matches, guardians)


def _gone() -> Gone:
    return Gone("link_expired", ("ask_for_new_link",))


def _sign(
    match: Match,
    side: Party,
    evidence: str | None,
    context: CommandContext,
    matches: Matches,
    guardians: Guardians,
) -> Receipt:
    guardian = load_guardian(match, context.actor, guardians)
    match.text_to_sign()  # refuses first where there is none
    if not guardian.participation_signed(current().text_hash):
        first = guardian.of_next("sign_participation_agreement")
        raise IllegalStep(
            "participation_agreement_missing", (*first, *match.of_next("decline", "cancel"))
        )
    signed = match.sign_agreement(
        side,
        evidence=evidence,
        at=clock.now(),
        own_hand=context.actor.role in OWN_SIDES and context.actor.kind != "link",
        by=context.actor.id,
    )
    if signed.agreement is None or signed.agreement == match.agreement or not signed.agreed_at:
        return matches.save(context, signed)
    event = CareAgreementSigned(
        **event_fields(signed),
        number=signed.agreement.number,
        need_ids=tuple(need.need_id for need in signed.agreement.needs),
        categories=tuple(sorted({need.category for need in signed.agreement.needs})),
    )
    promised = _promised(signed, guardian)
    rows = [] if promised == guardian else [guardians.row(promised)]
    return matches.save(context, signed, *rows, events=[event])
