"""Families, guardians and what they do: drawn from a seed, the same for every policy.

What two sides do with a proposal hangs on the pair alone, so that policies are compared on the same
people and not on their luck.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from demo.simulation.scenario import Scenario
from services.matching.families.domain import Family
from services.matching.families.values import FamilyNeed, Profile
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import Capability, GuardianStatus, Programme
from services.matching.reach.domain import Ground, Nearness
from shared.reference.code_lists import shipped


@dataclass(frozen=True, slots=True)
class Course:
    """What comes of a proposal: hours until the answer, then until both meet; days of care."""

    refused: bool
    answer_hours: float
    meeting_hours: float
    care_days: float


class People:
    """All who take part in one run."""

    def __init__(self, scenario: Scenario, seed: int, start: datetime) -> None:
        self._scenario, self._seed = scenario, seed
        found = scenario.districts
        self.districts = sorted(found)
        self.ground = Ground(
            {code: (each.centre.latitude, each.centre.longitude) for code, each in found.items()},
            {code: each.neighbours for code, each in found.items()},
        )
        self._kinds = tuple(shipped()["guardian_categories"].active)
        self._weights = [
            scenario.families.weight_of_district.get(code, 1.0) for code in self.districts
        ]
        self._start = start

    def families(self) -> Iterator[Family]:
        """Return everybody who will wait, in the order in which they come."""
        chance, part = Random(f"{self._seed} families"), self._scenario.families
        hour, number = 0.0, 0
        while hour < self._scenario.region.days * 24:
            if number >= part.at_start:
                if not part.a_day:
                    return
                hour += chance.expovariate(part.a_day / 24)
            yield self._family(chance, number, self._start + timedelta(hours=hour))
            number += 1

    def guardians(self) -> Iterator[tuple[float, Guardian]]:
        """Return every guardian with the hour from which it is there."""
        chance, part = Random(f"{self._seed} guardians"), self._scenario.guardians
        weeks = self._scenario.region.days / 7
        for number in range(part.at_start + round(part.a_week * weeks)):
            late = number >= part.at_start
            hour = chance.uniform(0, self._scenario.region.days * 24) if late else 0.0
            yield hour, self._guardian(chance, number)

    def course(self, family: Family, guardian: Guardian, nearness: Nearness) -> Course:
        """Return what comes of it when these two are proposed to each other."""
        chance = Random(f"{self._seed} {family.case_id} {guardian.guardian_id}")
        part = self._scenario.people
        return Course(
            refused=chance.random() < part.refuses.get(nearness, 0.0),
            answer_hours=chance.gammavariate(2, part.answer_hours / 2),
            meeting_hours=chance.uniform(*part.meets_after_hours)
            + part.travel_hours.get(nearness, 0.0),
            care_days=chance.uniform(*part.care_days),
        )

    def _family(self, chance: Random, number: int, flagged_at: datetime) -> Family:
        part = self._scenario.families
        kinds = chance.sample(self._kinds, min(chance.choice(part.needs), len(self._kinds)))
        return Family(
            case_id=f"cas_{number:05d}",
            family_id=f"fam_{number:05d}",
            region=self._scenario.region.code,
            district=chance.choices(self.districts, self._weights)[0],
            profile=Profile(urgent=chance.random() < part.urgent),
            needs=tuple(
                FamilyNeed(need_id=f"ned_{place}", category=kind, status="open")
                for place, kind in enumerate(kinds)
            ),
            required=True,
            flagged_at=flagged_at,
        )

    def _guardian(self, chance: Random, number: int) -> Guardian:
        part = self._scenario.guardians
        kinds = chance.sample(self._kinds, min(chance.choice(part.kinds), len(self._kinds)))
        known: dict[str, Any] = {
            "guardian_id": f"gua_{number:05d}",
            "programme": Programme.SERVICE_MEMBER_CARE,
            "region": self._scenario.region.code,
            "status": GuardianStatus.READY,
            "capabilities": tuple(
                Capability(
                    category=kind,
                    max_families=chance.choice(part.limit)
                    if chance.random() < part.limited
                    else None,
                )
                for kind in kinds
            ),
            "district_ids": tuple(
                dict.fromkeys(
                    chance.choices(self.districts, self._weights, k=chance.choice(part.districts))
                )
            ),
            "capacity_families": chance.choice(part.places),
        }
        return Guardian.model_construct(**known)
