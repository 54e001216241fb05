"""A small region simulated: the promises of a simulation, not the figures of one."""

import io
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from demo import __main__ as demo
from demo.simulation import command
from demo.simulation.figures import figures
from demo.simulation.people import People
from demo.simulation.policies import POLICIES
from demo.simulation.rules import PLACES, changed
from demo.simulation.run import START, play_all
from demo.simulation.scenario import InvalidScenario, Scenario, read
from services.matching.ranking import region
from services.matching.ranking.judging import rules

NOWHERE = "\n".join(f"D{number:02} = 0.0" for number in range(1, 13))
SMALL = """
[region]
days = 12
warm_up_days = 2
[families]
at_start = 10
a_day = 4.0
[guardians]
at_start = 14
"""


@pytest.fixture
def small(tmp_path: Path) -> Scenario:
    """A region of twelve days."""
    file = tmp_path / "small.toml"
    file.write_text(SMALL, "utf-8")
    return read(file)


def test_all_policies_have_the_same_people_and_break_no_rule(small: Scenario) -> None:
    first, again = (play_all(small, POLICIES, [1]) for _ in range(2))

    came = {name: [story.family for story in runs[0]] for name, runs in first.items()}
    assert came["first_come"] == came["greedy"] == came["ours"]
    assert len(came["ours"]) > 40
    guardians = {each.guardian_id: each for _, each in People(small, 1, START).guardians()}
    places = sum(each.capacity_families for each in guardians.values())
    for name, (stories,) in first.items():
        assert stories == again[name][0], "a seed is a seed"
        met = [(story, story.introduced) for story in stories if story.introduced is not None]
        assert 0 < len(met) < len(stories)
        for story, introduced in met:
            assert story.came < story.proposed[0] <= story.proposed[-1] < introduced
            assert set(story.kinds) <= set(story.family.open_categories)
        running = [story for story in stories if story.proposed and story.introduced is None]
        assert len(running) <= places
    found = {name: figures(runs, small) for name, runs in first.items()}
    assert found["ours"].need_covered > found["first_come"].need_covered


def test_rules_are_changed_for_the_simulation_alone(small: Scenario, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(
        SMALL + '[rules]\nwithout = ["no_needed_category", "no_room_for_category"]\nfloor = 0\n',
        "utf-8",
    )
    before, floor = rules.RULES, region.FLOOR

    def helped(scenario: Scenario) -> int:
        (stories,) = play_all(scenario, {"first_come": POLICIES["first_come"]}, [1])["first_come"]
        return sum(len(story.kinds) for story in stories)

    assert helped(read(file)) != helped(small), "guardians come that can do nothing"
    assert (before, floor) == (rules.RULES, region.FLOOR)


@pytest.mark.parametrize("name", PLACES)
def test_a_weight_of_the_file_reaches_its_place_and_no_other(small: Scenario, name: str) -> None:
    def weights() -> dict[str, object]:
        return {each: getattr(*place) for each, place in PLACES.items()}

    told: object = (1, 2) if name == "floor_share" else 7
    kept: object = timedelta(days=7) if name == "rest_days" else told
    before = weights()
    with changed(small.rules.model_copy(update={name: told})):
        assert weights() == before | {name: kept}
    assert weights() == before


def test_a_page_and_a_table_are_written(
    small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.simulation.pictures.find_spec", lambda _: None)
    said = io.StringIO()

    command.simulate(small, 1, tmp_path / "out", Console(file=said, width=120))

    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    for words in ("Весь регион сразу", "Закрыто нужд", "ни один район"):
        assert words in said.getvalue()
        assert words in page
    assert "достигнута" in said.getvalue()
    assert "Рисунков нет" in said.getvalue()
    assert '"a_day": 4.0' in page.replace("&quot;", '"')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rules]\nwithout = ['no_such_rule']", "rules.without"),
        ("[families]\na_days = 3", "families.a_days"),
        ("[families", "Expected"),
        ("[region]\ndays = 0", "region.days"),
        ("[region]\ncode = 'QQ'", "toml: region: the stage local has no region QQ"),
        ("[region]\nstage = 'nowhere'", "the stage nowhere has no region"),
        ("[families.weight_of_district]\nD99 = 2.0", "D99 are no districts"),
        ("[rules]\nwithout = ['no_free_capacity']", "holds in every office"),
        ("[rules]\nfloor_share = [2, 0]", "rules.floor_share"),
        (f"[families.weight_of_district]\n{NOWHERE}", "no family lives anywhere"),
    ],
)
def test_a_file_that_says_something_else_is_refused_by_its_place(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(text, "utf-8")

    with pytest.raises(InvalidScenario, match=said):
        read(file)

    monkeypatch.setattr(sys, "argv", ["demo", "simulate", "--rules", str(file)])
    with pytest.raises(SystemExit, match=said):
        demo.main()
