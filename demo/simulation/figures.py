"""What the runs of a policy say: waiting, the promise of 72 hours, help given, and fairness."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from demo.simulation.run import PROMISED_HOURS, Story
from demo.simulation.scenario import Scenario

# A group of fewer families says nothing about fairness.
LEAST_FAMILIES = 5


class NoFamilies(Exception):
    """No family came after the first days, so there is nothing to count."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one policy over all seeds."""

    families: int
    introduced: int
    left: float
    median_hours: float
    ninth_hours: float
    in_time: float
    helped_in_time: float
    need_covered: float
    worst_district: float
    worst_kind: float
    by_district: dict[str, float]
    by_kind: dict[str, float]
    waits: list[float]


def figures(runs: list[list[Story]], scenario: Scenario) -> Figures:
    """Count the families that came after the first days."""
    end = scenario.region.days * 24.0
    begin = scenario.region.warm_up_days * 24.0
    stories = [story for run in runs for story in run if story.came >= begin]
    if not stories:
        raise NoFamilies
    waits = [_wait(story, end) for story in stories]
    met = [story for story in stories if story.introduced is not None]
    could = [
        story for story in stories if story.could_be_helped and story.came <= end - PROMISED_HOURS
    ]
    of_district = _medians(stories, end, lambda story: (story.family.district or "",))
    of_kind = _medians(stories, end, lambda story: story.family.open_categories)
    middle = median(waits)
    return Figures(
        families=len(stories),
        introduced=len(met),
        left=sum(story.introduced is None for run in runs for story in run) / len(runs),
        median_hours=middle,
        ninth_hours=sorted(waits)[int(0.9 * len(waits))],
        in_time=_share(met, lambda story: _since_proposal(story) <= PROMISED_HOURS),
        helped_in_time=_share(could, lambda story: _wait(story, end) <= PROMISED_HOURS),
        need_covered=sum(map(_need_covered, (story for run in runs for story in run))) / len(runs),
        worst_district=max(of_district.values(), default=0) / (middle or 1),
        worst_kind=max(of_kind.values(), default=0) / (middle or 1),
        by_district=of_district,
        by_kind=of_kind,
        waits=waits,
    )


def _wait(story: Story, end: float) -> float:
    return (end if story.introduced is None else story.introduced) - story.came


def _since_proposal(story: Story) -> float:
    return (story.introduced or 0.0) - story.proposed[-1]


def _need_covered(story: Story) -> float:
    """Return the needs that get help, an urgent family's twice."""
    return len(story.kinds) * (2.0 if story.family.profile.urgent else 1.0)


def _share(stories: list[Story], holds: Callable[[Story], bool]) -> float:
    return sum(map(holds, stories)) / (len(stories) or 1)


def _medians(
    stories: list[Story], end: float, groups: Callable[[Story], Iterable[str]]
) -> dict[str, float]:
    found: dict[str, list[float]] = defaultdict(list)
    for story in stories:
        for group in groups(story):
            found[group].append(_wait(story, end))
    return {
        group: median(waits)
        for group, waits in sorted(found.items())
        if len(waits) >= LEAST_FAMILIES
    }
