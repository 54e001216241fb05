"""A story is decided once, and published with the family's consent only."""

from collections.abc import Callable

import pytest

from services.matching.stories.domain import Story
from services.matching.stories.values import StoryConsent, StoryStatus
from shared.errors import IllegalStep
from tests.matching.builders import START, leads_to

CONSENT = StoryConsent(at=START)


def story(
    status: StoryStatus = StoryStatus.SUBMITTED, consent: StoryConsent | None = CONSENT
) -> Story:
    return Story(
        story_id="sto_1",
        match_id="mat_1",
        case_id="cas_1",
        family_id="fam_1",
        guardian_id="gua_1",
        region="ZR",
        programme="service_member_care",
        status=status,
        consent=consent,
        submitted_at=START,
    )


STEPS: dict[str, Callable[[Story], Story]] = {
    "record_story_consent": lambda s: s.record_consent(CONSENT),
    "withdraw_story_consent": lambda s: s.withdraw_consent(),
    "clear_story": lambda s: s.clear(),
    "decline_story": lambda s: s.decline("unclear"),
    "take_down_story": lambda s: s.take_down("consent_withdrawn"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", StoryStatus)
def test_a_story_is_decided_once(status: StoryStatus, step: str) -> None:
    if step in Story.STEPS[status]:
        assert STEPS[step](story(status)).status in leads_to(Story.STEPS[status][step], status)
    else:
        with pytest.raises(IllegalStep, match=f"story_is_{status}"):
            STEPS[step](story(status))


def test_a_story_without_consent_stays_inside() -> None:
    with pytest.raises(IllegalStep, match="story_without_consent"):
        story(consent=None).clear()
    with pytest.raises(IllegalStep, match="story_without_consent"):
        story(consent=None).withdraw_consent()
    assert not story(consent=None).may_be_cleared and story().may_be_cleared


@pytest.mark.parametrize(
    ("status", "consent", "left"),
    [
        (StoryStatus.SUBMITTED, None, StoryStatus.DECLINED),
        (StoryStatus.SUBMITTED, CONSENT, StoryStatus.DECLINED),
        (StoryStatus.CLEARED, CONSENT, StoryStatus.TAKEN_DOWN),
        (StoryStatus.DECLINED, CONSENT, StoryStatus.DECLINED),
        (StoryStatus.TAKEN_DOWN, CONSENT, StoryStatus.TAKEN_DOWN),
    ],
)
def test_of_a_forgotten_family_no_story_is_published_whatever_was_decided(
    status: StoryStatus, consent: StoryConsent | None, left: StoryStatus
) -> None:
    forgotten = story(status, consent).forget_family()

    assert forgotten.status is left
    assert not forgotten.may_be_cleared and not forgotten.rests_on_consent
