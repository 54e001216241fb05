"""Diving: families are settled one after the other by the prices; an answer at once, a beginning.

The families that the relaxed program gives to one guardian stay there; of those that it shares
between some, those it shares least are settled next, and the rest is priced again.
"""

import time

from services.matching.assignment.master import Master
from services.matching.assignment.network import Pick, Room

# Of the ways that the relaxed program used in part, so many are settled at once.
STEP_SHARE = 0.05
WHOLE, PART = 0.999, 1e-6


def settle(master: Master, until: float) -> list[Pick]:
    """Return possible picks in the order in which they were settled, the surest first."""
    room = Room(master.network)
    settled: dict[int, Pick] = {}
    while time.monotonic() < until:
        answer = master.relaxed(until)
        if not answer.has_primal_feasible_solution():
            break
        values = answer.variable_values(master.variables)
        used = sorted(
            (n for n, value in enumerate(values) if value > PART and n not in settled),
            key=lambda n: -values[n],
        )
        sure = sum(values[n] >= WHOLE for n in used)
        more = max(1, int(STEP_SHARE * len(used)))
        new = {n: master.picks[n] for n in used[: sure + more] if room.take(master.picks[n])}
        if not new:
            break
        for number in new:
            master.variables[number].lower_bound = 1
        settled |= new
    return [*settled.values()]
