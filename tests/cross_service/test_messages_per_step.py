"""Who is told what at each step of the main job: the table of notifications' README, played."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.notifications import app
from shared.events import cards
from tests.cross_service.region import API_URL, FEDERAL, HQ, LEADER, OPERATIONS, RegionClient
from tests.cross_service.story import STEPS, Story, title
from tests.support.world import at

README = Path(app.__file__).parent / "README.md"
COLUMNS = ("family", "guardian_rep", "regional_hq")
NOBODY = "–"


def line(name: str, told: list[tuple[str, str]]) -> str:
    """A row of the table."""
    cells = [
        "; ".join(text for reader, text in told if reader == column) or NOBODY for column in COLUMNS
    ]
    others = [f"{reader}: {text}" for reader, text in told if reader not in COLUMNS]
    return f"| {' | '.join((name, *cells, '; '.join(others) or NOBODY))} |"


def documented() -> Iterator[str]:
    """The rows of the README's table."""
    _, _, rest = README.read_text(encoding="utf-8").partition("| Step |")
    yield from rest.partition("\n\n")[0].splitlines()[2:]


@dataclass(frozen=True)
class Played:
    """What the story left when each event came so many times: nothing here changes any more."""

    told: dict[str, list[tuple[str, str]]]
    carried: set[int]
    opened: dict[str, int]
    left: dict[str, list[str]]
    done: list[Any]


@pytest.fixture(scope="module", params=[1, 3])
def played(request: pytest.FixtureRequest) -> Played:
    with (
        pytest.MonkeyPatch.context() as patch,
        RegionClient.staffed_at(at("2026-09-14 10:00"), patch) as client,
    ):
        client.world.copies = request.param
        story = Story(client)
        inbox = "/notifications/inbox"
        return Played(
            told={title(step): story.play(step) for step in STEPS},
            carried=set(client.gateway.carried.values()),
            opened=story.opened,
            left={
                who.role: [item["kind"] for item in client.get(who, inbox)["items"]]
                for who in (HQ, FEDERAL, OPERATIONS, LEADER)
            },
            done=client.get(HQ, inbox, done=True, limit=100)["items"],
        )


@pytest.mark.requirement("X-02", "X-14", "S4-44", "S4-28")
def test_each_step_tells_whom_the_readme_says_and_nobody_else(played: Played) -> None:
    assert list(documented()) == [line(*step) for step in played.told.items()]
    assert played.carried == {1}


def test_each_link_that_is_sent_opens_its_page(played: Played) -> None:
    pages = {url.removeprefix(API_URL).split("/")[3] for url in played.opened}

    assert pages == {"forms", "preferences"}
    assert {url: status for url, status in played.opened.items() if status != 200} == {}


def test_a_family_is_told_one_thing_at_a_time(played: Played) -> None:
    ends = {"Headquarters ends care and all is done"}  # the help is over, then the case is closed

    for step, told in played.told.items():
        texts = [text for reader, text in told if reader == "family"]
        assert len(texts) <= (2 if step in ends else 1), step


def test_a_check_at_a_till_is_told_to_nobody() -> None:
    assert not {cards.CardChecked, cards.CardCheckRefused} & set(app.SUBSCRIPTIONS.reactions)


def test_the_work_ends_with_the_deed_and_what_is_left_is_a_persons_to_close(
    played: Played,
) -> None:
    # Copies of a story are taken down elsewhere. A redirection asks for a call that nobody records
    # anywhere else, and so does the family that gave a low score; the case whose marker was lifted
    # waits for a decision.
    assert played.left == {
        "federal_hq": ["take_story_down"],
        "regional_hq": ["call_back", "review_request", "explain_decision"],
        "operations": [],
        "community_leader": [],
    }
    assert {item["done_by"] for item in played.done} == {"system:notifications"}
    assert len({item["kind"] for item in played.done}) == 14
