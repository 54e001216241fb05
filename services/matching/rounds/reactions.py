"""The job of a round: solve the region, then propose some pairs a step, each in its own commit."""

from services.matching.assignment.client import AssignmentSolver
from services.matching.bonds.repository import Bonds
from services.matching.decisions.repository import Decisions
from services.matching.families.repository import Families
from services.matching.guardians.repository import Guardians
from services.matching.headquarters.policy import acting_on
from services.matching.matches.commands import Override, ProposeMatch
from services.matching.matches.repository import Matches
from services.matching.matches.use_cases import propose_match
from services.matching.ranking.queries import solved, waiting_region
from services.matching.rounds.commands import MOST_PAIRS
from services.matching.rounds.domain import Reasons, Round
from services.matching.rounds.repository import RoundReasons, Rounds
from services.matching.rounds.values import PairStatus, PlannedPair, RoundStatus
from services.matching.rounds.views import CATALOGUE
from shared import budget, clock
from shared.errors import DomainError, Labels, Unavailable, VersionConflict
from shared.messaging.deadlines import Job
from shared.storage import idempotency
from shared.storage.command_context import AlreadyProcessed, CommandContext

PAIRS_OF_STEP = 20
TRIES = 4


class Proposer:
    """What a proposal works with."""

    def __init__(
        self,
        families: Families,
        guardians: Guardians,
        matches: Matches,
        bonds: Bonds,
        decisions: Decisions,
    ) -> None:
        self._store = matches.store
        self._parts = (families, guardians, matches, bonds, decisions)

    def propose(self, pair: PlannedPair, found: Round, correlation_id: str) -> PlannedPair:
        """Propose one pair, once; a refusal is kept by its code."""
        for _ in budget.tries(TRIES):
            context = _context(pair, found, correlation_id)
            try:
                body = _proposal(pair, found.override_reason)
                return pair.propose(propose_match(body, context, *self._parts).id)
            except VersionConflict:
                continue
            except Unavailable:
                raise
            except (AlreadyProcessed, DomainError) as refused:
                if earlier := self._earlier(pair, context):
                    return earlier
                after = _refused(pair, refused)
                if not {*after.uncovered} < {*pair.uncovered}:
                    return after
                # Less stays without help than the coordinator has accepted.
                pair = pair._with(uncovered=after.uncovered)
        raise VersionConflict

    def _earlier(self, pair: PlannedPair, context: CommandContext) -> PlannedPair | None:
        """Return a pair that was proposed by a step whose end was lost."""
        if context.once is None:
            return None
        earlier = idempotency.earlier_answer(self._store, context.once)
        return None if earlier is None else pair.propose(earlier.id)


def _refused(pair: PlannedPair, refused: Exception) -> PlannedPair:
    if not isinstance(refused, DomainError):
        raise refused
    left = refused.facts.get("uncovered")
    if isinstance(left, Labels):
        return pair.refuse("needs_not_covered", left.codes)
    return pair.refuse(refused.code, pair.uncovered)


def _proposal(pair: PlannedPair, reason: str | None) -> ProposeMatch:
    override = None
    if pair.uncovered and reason:
        override = Override(reason=reason, uncovered=list(pair.uncovered))
    return ProposeMatch(case_id=pair.case_id, guardian_id=pair.guardian_id, override=override)


def work_on_round(
    round_id: str,
    context: CommandContext,
    rounds: Rounds,
    round_reasons: RoundReasons,
    families: Families,
    guardians: Guardians,
    matches: Matches,
    bonds: Bonds,
    decisions: Decisions,
    solver: AssignmentSolver,
) -> None:
    """Take the next step of a round; the commit hands it back to the queue for more."""
    found = rounds.get(round_id)
    if found.due_at is None:
        return
    if found.status is RoundStatus.SOLVING:
        moved, reasons = _solve(found, families, guardians, bonds, solver)
        rounds.save(context, moved, parts=[round_reasons.row(reasons)])
    else:
        proposer = Proposer(families, guardians, matches, bonds, decisions)
        rounds.save(context, _propose(found, proposer, context.correlation_id))


def _solve(
    found: Round,
    families: Families,
    guardians: Guardians,
    bonds: Bonds,
    solver: AssignmentSolver,
) -> tuple[Round, Reasons]:
    asked, more_waiting = waiting_region(found.region, MOST_PAIRS, families, guardians, bonds)
    answer = solved(asked, solver).suggestions(more_waiting=more_waiting)
    pairs = tuple(
        PlannedPair(
            case_id=each.case_id,
            number=each.number,
            guardian_id=each.guardian_id,
            coverage=each.coverage,
            standby_id=each.standby_id,
            uncovered=each.uncovered,
        )
        for each in answer.suggestions
    )
    reasons = Reasons(round_id=found.round_id, why_not=answer.why_not, unsuited=answer.unsuited)
    return found.solve(
        pairs,
        clock.now(),
        without=answer.without,
        fair_shares=answer.fair_shares,
        value=answer.value,
        bound=answer.bound,
        checked_bound=answer.checked_bound,
        method=answer.method,
        more_waiting=more_waiting,
    ), reasons


def _propose(found: Round, proposer: Proposer, correlation_id: str) -> Round:
    coming = found.pairs[found.place : found.place + PAIRS_OF_STEP]
    done = [
        proposer.propose(pair, found, correlation_id)
        if pair.status is PairStatus.SUGGESTED
        else pair
        for pair in coming
    ]
    return found.advance(done, clock.now())


def _context(pair: PlannedPair, found: Round, correlation_id: str) -> CommandContext:
    """Return a context in which the coordinator proposes this pair, once."""
    return CommandContext(
        actor=acting_on(found.coordinator),
        action="propose_match",
        correlation_id=correlation_id,
        once=idempotency.once(found.round_id, "round", pair.case_id, ()),
    )


def give_up_round(round_id: str, context: CommandContext, rounds: Rounds) -> None:
    """End a round whose step never came to an end, with a reason that the coordinator reads."""
    found = rounds.get(round_id)
    if found.due_at is not None:
        words = CATALOGUE.field_text("round_given_up", {})
        rounds.save(context, found.fail(words, clock.now()))


JOBS = {"ROUND": Job(work_on_round, give_up=give_up_round)}
