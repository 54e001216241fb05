"""Whatever is done to volunteers and their tasks, counts, names, places and lists agree."""

from datetime import timedelta
from typing import Any

import pytest

from services.matching.volunteer_tasks.domain import VolunteerTask
from services.matching.volunteers.domain import Volunteer
from shared import clock
from tests.matching.any_life import Life, live
from tests.matching.api_client import MatchingClient, person
from tests.matching.steps import WORK, Said, task_steps, volunteer_steps
from tests.matching.volunteers.test_api import STRANGER, VC, VC_Y, VOLUNTEER, wish
from tests.support.api import Answer
from tests.support.repeatable import HISTORIES

OTHER, VC_TOO = person("V-8", "volunteer", "ZR"), person("V-1", "volunteer_coordinator", "ZR")
CALLERS = (*[VC] * 8, VC_TOO, VC_Y, VOLUNTEER, OTHER, STRANGER)
ACCOUNTS: tuple[dict[str, Any], ...] = tuple({"account": each} for each in ("V-1", "V-8", None))


class VolunteersLife(Life):
    """Three people in two regions, who share telephones and accounts."""

    rare = frozenset(("leave", "replace_contact"))

    def step(self) -> None:
        """One deed by chance."""
        deeds = [
            self.a_volunteer_comes,
            *[self.a_volunteer_changes] * 4,
            *[self.a_task_goes_on] * 4,
        ]
        self.some(deeds)()
        if self.chance.random() < 0.1:
            self.time_passes(1, 20, 30, 200)

    def a_volunteer_comes(self) -> None:
        said = wish(self.chance.randint(1, 3), region=self.some(("ZR", "ZR", "ZR", "YY")))
        who = VC_Y if said["region"] == "YY" else VC
        self.tries(self.some((who, who, who, VC_Y)), "/volunteers", said)

    def a_volunteer_changes(self) -> None:
        volunteers = self.rows("VOLUNTEER")
        if volunteers:
            one = f"/volunteers/{self.some(volunteers)}"
            self.takes(one, self.said(one), CALLERS)

    def said(self, one: str) -> Said:
        """What may be said of a volunteer, good and bad."""
        ahead = [self.client.now() + timedelta(hours=hours) for hours in (-1, 3, 30, 240)]
        tasks = tuple(WORK | {"starts_at": clock.iso(each)} for each in ahead)
        contacts = tuple(
            {
                "contact": wish(number)["contact"],
                "evidence": "paper",
                "consent_processing": True,
            }
            for number in (1, 2, 3)
        )
        return {
            **volunteer_steps(one),
            "approve": (f"{one}/approval", ACCOUNTS),
            "change_account": (f"{one}/account", ACCOUNTS),
            "offer_task": (f"{one}/tasks", tasks),
            "again": (f"{one}/tasks", tasks),
            "replace_contact": (f"{one}/contact", contacts),
        }

    def a_task_goes_on(self) -> Answer | None:
        tasks = self.rows("VOLUNTEER_TASK")
        if not tasks:
            return None
        one = f"/volunteer-tasks/{self.some(tasks)}"
        return self.takes(one, task_steps(one), CALLERS)

    def check(self) -> None:
        """Compare what says something of the same volunteer or task."""
        volunteers = self.all_of(Volunteer, "VOLUNTEER")
        tasks = [
            VolunteerTask.model_validate(each) for each in self.rows("VOLUNTEER_TASK").values()
        ]
        living = {each.volunteer_id for each in volunteers if each.status != "left"}
        placed = {each.task_id for each in tasks if each.keeps_place(self.client.now())}
        assert self.readable() == living | placed, self.done
        assert self.unique("VOLUNTEER") == {
            f"{each.region}#{each.person_index}": each.volunteer_id
            for each in volunteers
            if each.volunteer_id in living
        }, self.done
        for each in volunteers:
            own = [task for task in tasks if task.volunteer_id == each.volunteer_id]
            assert each.open_tasks == sum(task.status.open for task in own), self.done
        for who in (VOLUNTEER, OTHER, STRANGER):
            own_ids = {each.volunteer_id for each in volunteers if each.account == who.id}
            seen = self.client.get(who, "/volunteers")["items"]
            assert {each["volunteer_id"] for each in seen} == own_ids, self.done
            seen = self.client.get(who, "/volunteer-tasks")["items"]
            assert {each["task_id"] for each in seen} == {
                each.task_id for each in tasks if each.volunteer_id in own_ids
            }, self.done
        self.comes_to_rest()

    def check_tasks_of(self, volunteer: str) -> None:
        """Compare what each coordinator is shown of one volunteer, who is of one region."""
        tasks = self.all_of(VolunteerTask, "VOLUNTEER_TASK")
        for who, region in ((VC, "ZR"), (VC_Y, "YY")):
            own = {
                each.task_id
                for each in tasks
                if (each.volunteer_id, each.region) == (volunteer, region)
            }
            shown = self.listed(who, "/volunteer-tasks", "task_id", volunteer_id=volunteer)
            assert shown == own, self.done

    def check_offers(self) -> None:
        """Try what is offered of one volunteer and one task."""
        listed: Any = ("/volunteers", {}, "volunteer_id")
        for volunteer in [*self.rows("VOLUNTEER")][-1:]:
            one = f"/volunteers/{volunteer}"
            later = {"starts_at": clock.iso(self.client.now() + timedelta(days=2))}
            said = volunteer_steps(one, WORK | later)
            self.is_offered_what_succeeds(one, said, {*CALLERS}, listed=listed)
            self.check_tasks_of(volunteer)
        listed = ("/volunteer-tasks", {}, "task_id")
        for task in [*self.rows("VOLUNTEER_TASK")][-1:]:
            one = f"/volunteer-tasks/{task}"
            self.is_offered_what_succeeds(one, task_steps(one), {*CALLERS}, listed=listed)


@pytest.mark.parametrize("seed", HISTORIES)
def test_counts_names_places_and_lists_agree(client: MatchingClient, seed: int) -> None:
    live(VolunteersLife(client, seed))
