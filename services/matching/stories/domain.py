"""A guardian's story about its help; without the family's consent it stays inside."""

from datetime import datetime
from typing import ClassVar, Self

from services.matching.stories.values import (
    FAMILY_ASKED,
    STEPS,
    StoryConsent,
    StoryMedia,
    StoryStatus,
)
from shared.domain import StatefulAggregate
from shared.errors import Invalid


class Story(StatefulAggregate):
    """A story with its files; its text is sealed in the vault."""

    STEPS: ClassVar = STEPS
    REFUSAL: ClassVar = "story_is_{status}"

    story_id: str
    match_id: str
    case_id: str
    family_id: str
    guardian_id: str
    region: str
    programme: str
    media: tuple[StoryMedia, ...] = ()
    consent: StoryConsent | None = None
    void_papers: tuple[str, ...] = ()
    status: StoryStatus = StoryStatus.SUBMITTED
    decision_reason: str | None = None
    submitted_at: datetime

    @property
    def rests_on_consent(self) -> bool:
        """Whether there is a consent that can be taken back."""
        return self.consent is not None and "withdraw_story_consent" in self.legal_steps

    @property
    def may_be_cleared(self) -> bool:
        """Whether the family has agreed and nothing is decided yet."""
        return self.consent is not None and self.status is StoryStatus.SUBMITTED

    def shows(self, media_id: str) -> bool:
        """Return whether this photo or video belongs to the story."""
        return any(each.media_id == media_id for each in self.media)

    def record_consent(self, consent: StoryConsent) -> Self:
        """Record the family's consent to publication; what it has taken back proves nothing."""
        self._require("record_story_consent")
        if consent.paper_ref in self.void_papers:
            raise Invalid("consent_taken_back", "/consent_ref")
        return self._with(consent=consent)

    def withdraw_consent(self, paper_ref: str | None = None) -> Self:
        """Take the family's consent back; a published story is taken down."""
        self._require("withdraw_story_consent")
        if self.consent is None:
            raise self._refusal("story_without_consent")
        void = (*self.void_papers, *filter(None, (self.consent.paper_ref, paper_ref)))
        withdrawn = self._with(consent=None, void_papers=tuple(dict.fromkeys(void)))
        if self.status is StoryStatus.SUBMITTED:
            return withdrawn
        return withdrawn._with(status=StoryStatus.TAKEN_DOWN, decision_reason=FAMILY_ASKED)

    def forget_family(self) -> Self:
        """Hide the story of a family that is forgotten, or decide that it is not published."""
        left = self.withdraw_consent() if self.rests_on_consent else self
        return left.decline(FAMILY_ASKED) if left.status is StoryStatus.SUBMITTED else left

    def clear(self) -> Self:
        """Clear the story for publication."""
        self._require("clear_story")
        if self.consent is None:
            raise self._refusal("story_without_consent")
        return self._with(status=StoryStatus.CLEARED)

    def decline(self, reason: str) -> Self:
        """Decide that the story is not published."""
        self._require("decline_story")
        return self._with(status=StoryStatus.DECLINED, decision_reason=reason)

    def take_down(self, reason: str) -> Self:
        """Take a published story back, for instance because the consent was withdrawn."""
        self._require("take_down_story")
        return self._with(status=StoryStatus.TAKEN_DOWN, decision_reason=reason)
