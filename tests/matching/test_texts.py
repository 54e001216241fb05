"""Everything matching may refuse with has a Russian text, and every step a label."""

import re
import tomllib
from pathlib import Path

import pytest

from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import GuardianStatus
from services.matching.matches.domain import Match
from services.matching.matches.values import MatchStatus
from services.matching.ranking.values import Rule
from services.matching.stories.domain import Story
from services.matching.stories.values import StoryStatus
from services.matching.volunteer_tasks.values import TaskStatus
from shared.reference.code_lists import shipped

SERVICE = Path("services/matching")
TEXTS = {
    name: text
    for file in (Path("shared/problems.toml"), SERVICE / "problems.toml")
    for name, text in tomllib.loads(file.read_text(encoding="utf-8")).items()
}


@pytest.mark.requirement("X-14")
def test_every_refusal_has_a_text_in_russian() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in SERVICE.rglob("*.py"))
    refusals = set(re.findall(r'(?:Invalid|IllegalStep|RateLimited|_refusal)\(\s*"(\w+)"', code))
    refusals |= {f"guardian_is_{status}" for status in GuardianStatus}
    refusals |= {f"match_is_{status}" for status in MatchStatus}
    refusals |= {f"story_is_{status}" for status in StoryStatus}
    refusals |= {f"candidate_{rule}" for rule in Rule}

    assert refusals - set(TEXTS) == set()
    for name in refusals:
        assert re.search("[а-яё]", TEXTS[name]["title"])
        assert re.search("[а-яё]", TEXTS[name]["detail"])


# Refusals that several roles read; a command in them would be one that some of them cannot obey.
READ_BY_MANY = {
    "families_not_settled", "proposals_not_settled", "checks_missing", "agreement_not_drafted",
    "case_is_closed",
    *(f"guardian_is_{each}" for each in GuardianStatus),
    *(f"match_is_{each}" for each in MatchStatus),
    *(f"story_is_{each}" for each in StoryStatus),
    *(f"task_is_{each}" for each in TaskStatus),
}  # fmt: skip
# What every reader can do: to look, and a volunteer's part, which the coordinator may do as well.
OF_ALL = {"Посмотрите", "отметьте", "откажитесь"}


def test_who_reads_a_refusal_is_not_told_to_do_what_only_another_role_does() -> None:
    told = {
        name: {*re.findall(r"\w+[йиь]те(?:сь)?\b", TEXTS[name]["detail"])} - OF_ALL
        for name in READ_BY_MANY & {*TEXTS}
    }

    assert {name: commands for name, commands in told.items() if commands} == {}


def test_every_next_step_has_a_label() -> None:
    tables = (Guardian.STEPS, Match.STEPS, Story.STEPS)
    steps = {step for table in tables for verbs in table.values() for step in verbs}

    assert steps <= {*shipped()["matching_step"].codes}
