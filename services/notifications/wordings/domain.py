"""A wording: words of a template that one person has written and another one publishes."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self

from services.notifications.wordings.values import WordingStatus
from shared.domain import Aggregate, StatefulAggregate

BASED_ON_OLDER = "wording_based_on_older"


class Wording(StatefulAggregate):
    """One version of a template's words; `texts` by variant.

    `based_on` is what was in force when it was written; it is published over nothing else.
    """

    STEPS: ClassVar = {
        WordingStatus.DRAFT: {
            "publish_wording": WordingStatus.PUBLISHED,
            "discard_wording": WordingStatus.DISCARDED,
        },
        WordingStatus.PUBLISHED: {"replace": WordingStatus.REPLACED},
        WordingStatus.REPLACED: {},
        WordingStatus.DISCARDED: {},
    }
    REFUSAL: ClassVar = "wording_{status}"

    wording_id: str
    template: str
    subject: str
    texts: Mapping[str, str]
    based_on: str | None = None
    status: WordingStatus = WordingStatus.DRAFT
    drafted_by: str
    drafted_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None

    def publish(self, by: str, now: datetime, instead_of: str | None) -> Self:
        """Put the words in force instead of those they are based on; who wrote them cannot."""
        self._require("publish_wording")
        if self.based_on != instead_of:
            raise self.shown_over(instead_of)._refusal(BASED_ON_OLDER)
        if by == self.drafted_by:
            raise self._refusal("second_person_needed")
        return self._with(status=WordingStatus.PUBLISHED, decided_by=by, decided_at=now)

    def shown_over(self, in_force: str | None) -> Self:
        """Return the same where other words are in force: it offers no publishing over newer."""
        steps = self.next_steps
        newer = self.based_on != in_force
        return self.shown_to(
            lambda step: step in steps and not (newer and step == "publish_wording")
        )

    def discard(self, by: str, now: datetime) -> Self:
        """Drop a draft."""
        self._require("discard_wording")
        return self._with(status=WordingStatus.DISCARDED, decided_by=by, decided_at=now)

    def replace(self) -> Self:
        """Give way to other words."""
        self._require("replace")
        return self._with(status=WordingStatus.REPLACED)


class WordingInForce(Aggregate):
    """Which words of a template are in force: an edited wording, or those of the release."""

    template: str
    wording_id: str | None = None
    subject: str = ""
    texts: Mapping[str, str] = {}

    def use(self, wording: Wording) -> Self:
        """Put a wording in force."""
        return self._with(
            wording_id=wording.wording_id, subject=wording.subject, texts=wording.texts
        )

    def use_shipped(self) -> Self:
        """Put the words of the release in force again."""
        return self._with(wording_id=None, subject="", texts={})
