"""Rules and weights of matching, changed for the time of a simulation and in this process only."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from demo.simulation.scenario import RulesPart
from services.matching.bonds import values as bonds
from services.matching.ranking import floors, region
from services.matching.ranking.judging import rules, score
from services.matching.reach import domain as reach

# Where each name of the file lives.
PLACES: dict[str, tuple[Any, str]] = {
    "coverage": (region, "COVERAGE"),
    "nearness": (region, "NEARNESS"),
    "light_load": (region, "LIGHT_LOAD"),
    "waiting_hour": (region, "WAITING_HOUR"),
    "floor": (region, "FLOOR"),
    "floor_share": (floors, "SHARE"),
    "late_hours": (region, "LATE_HOURS"),
    "urgent_head_start": (score, "URGENT_HEAD_START"),
    "urgent_times": (score, "URGENT_TIMES"),
    "reach_km": (reach, "REACH_KM"),
    "rest_days": (bonds, "REST"),
}


@contextmanager
def changed(asked: RulesPart) -> Iterator[None]:
    """Apply the changes that a scenario asks for."""
    with ExitStack() as stack:
        for name, (module, constant) in PLACES.items():
            value = getattr(asked, name)
            if value is not None:
                new = timedelta(days=value) if name == "rest_days" else value
                stack.enter_context(patch.object(module, constant, new))
        kept = tuple(each for each in rules.RULES if each[0] not in asked.without)
        stack.enter_context(patch.object(rules, "RULES", kept))
        yield
