"""A side is worried, and the headquarters mediates."""

from services.matching.matches.domain import Match
from services.matching.matches.policy import acting_side, load_authorised
from services.matching.matches.repository import Matches
from services.matching.matches.values import MatchId
from services.matching.mediation.commands import EndMediation, RaiseConcern
from services.matching.mediation.events import ended_event, raised_event
from services.matching.mediation.repository import Mediations
from services.matching.mediation.values import MediationResult, RaisedConcern, words_record
from services.matching.mediation.vault_records import without_left_out
from shared import clock
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite


def raise_concern(
    match_id: MatchId,
    body: RaiseConcern,
    context: CommandContext,
    matches: Matches,
    mediations: Mediations,
    vault: Vault,
) -> Receipt:
    """Say what worries one side of a care that runs; the headquarters is asked to mediate."""
    match = load_authorised(match_id, "raise_concern", context.actor, matches)
    side = acting_side(body, context, match)
    before = mediations.of(match)
    record, writes = _sealed(match, "concern", before.raised + 1, body.note, vault)
    after = before.raise_concern(
        RaisedConcern(concern=body.concern, by=side.value, at=clock.now(), record=record)
    )
    in_care = matches.row(match.raise_concern())
    writes += without_left_out(before, after, vault)
    return mediations.save(context, after, in_care, events=[raised_event(after)], writes=writes)


def end_mediation(
    match_id: MatchId,
    body: EndMediation,
    context: CommandContext,
    matches: Matches,
    mediations: Mediations,
    vault: Vault,
) -> Receipt:
    """Close a mediation by its result."""
    match = load_authorised(match_id, "end_mediation", context.actor, matches)
    context.reason = body.result
    before = mediations.of(match).offered_with(match)
    record, writes = _sealed(match, "result", before.ended + 1, body.note, vault)
    after = before.end(
        MediationResult(result=body.result, by=context.actor.id, at=clock.now(), record=record)
    )
    writes += without_left_out(before, after, vault)
    return mediations.save(context, after, events=[ended_event(after)], writes=writes)


def _sealed(
    match: Match, kind: str, number: int, note: str | None, vault: Vault
) -> tuple[str | None, list[RawWrite]]:
    """Return the record of the words about a concern or a result, and what seals them."""
    if note is None:
        return None, []
    record = words_record(match.match_id, kind, number)
    return record, vault.seal(match.family_id, record, {"note": note})
