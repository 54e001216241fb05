"""What a coordinator does with a whole region: look at an assignment, then propose it."""

from services.matching.headquarters.policy import authorise_region, authority_of
from services.matching.rounds.commands import CommitRound, OpenRound
from services.matching.rounds.domain import Round
from services.matching.rounds.policy import load_authorised
from services.matching.rounds.repository import Rounds
from services.matching.rounds.values import RoundId
from shared import clock, ids
from shared.storage.command_context import CommandContext, Receipt


def open_round(body: OpenRound, context: CommandContext, rounds: Rounds) -> Receipt:
    """Ask for the best assignment of a region; nothing is proposed until it is committed."""
    authorise_region(body.region, "open_round", context.actor)
    now = clock.now()
    opened = Round(
        round_id=ids.new("rnd"),
        region=body.region,
        opened_at=now,
        moved_at=now,
        coordinator=authority_of(context.actor),
    )
    return rounds.save(context, opened)


def commit_round(
    round_id: RoundId, body: CommitRound, context: CommandContext, rounds: Rounds
) -> Receipt:
    """Propose the pairs of a round, but for those left out; each is proposed on its own."""
    found = load_authorised(round_id, "commit_round", context.actor, rounds)
    context.reason = body.override_reason
    coordinator = authority_of(context.actor)
    committed = found.commit(body.leave_out, body.override_reason, coordinator, clock.now())
    return rounds.save(context, committed)
