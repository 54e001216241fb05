"""What is read of rounds of proposals."""

from services.matching.guardians.repository import Guardians
from services.matching.policy import POLICY
from services.matching.rounds.commands import RoundsQuery
from services.matching.rounds.policy import load_authorised
from services.matching.rounds.repository import PLACE, RoundReasons, Rounds
from services.matching.rounds.values import RoundId
from services.matching.rounds.views import RoundSummary, RoundView, round_summary, round_view
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.repository import Page


def view_round(
    round_id: RoundId,
    caller: Principal,
    rounds: Rounds,
    round_reasons: RoundReasons,
    guardians: Guardians,
) -> RoundView:
    """Show a round with its pairs: those to be proposed, and what has happened to each.

    Families without a pair, or with another guardian than the best for them, are shown with why.
    """
    found = load_authorised(round_id, "view_suggestions", caller, rounds)
    named = (each for pair in found.pairs for each in (pair.guardian_id, pair.standby_id) if each)
    titles = {each.guardian_id: each.title for each in guardians.get_many(named)}
    return round_view(found, titles, round_reasons.of_round(round_id))


def list_rounds(query: RoundsQuery, caller: Principal, rounds: Rounds) -> Page[RoundSummary]:
    """List the rounds of the caller's region, newest first."""
    claimed = Partition.of_region(caller, query.region)
    return rounds.page(
        "by_region",
        POLICY.require_list(caller, "list_rounds", "Region", claimed),
        round_summary,
        caller=caller,
        query=query,
        prefix=PLACE,
        newest_first=True,
    )
