"""What a match shows: everything of it to the headquarters, its own part to each side."""

from datetime import date, datetime
from typing import Self

from services.matching.follow_ups.domain import FollowUp
from services.matching.matches.domain import Match
from services.matching.matches.values import (
    NEXT_STEPS,
    CareAgreement,
    Ending,
    Introduction,
    MatchStatus,
    Need,
    Notice,
)
from services.matching.stories.domain import (
    STORY_STEPS,
    CareVisit,
    Media,
    Report,
    Story,
    StoryStatus,
)
from shared.api.models import View
from shared.principal import Principal

HQ_ROLE = "regional_hq"
HQ_STEPS = frozenset({"hold_introduction", "cancel", "record_call", "end"})


class MatchView(View):
    """A match; no note, no contact, and follow-up calls for the headquarters only."""

    match_id: str
    case_id: str
    guardian_id: str
    programme: str
    region: str
    district: str
    status: MatchStatus
    proposed_at: datetime
    introduction_due_at: datetime
    overdue: bool
    needs: tuple[Need, ...]
    uncovered: tuple[str, ...]
    override_reason: str | None
    introduction: Introduction | None
    contacts_released: bool
    agreement: CareAgreement | None
    agreed_at: datetime | None
    started_on: date | None
    visits: int
    last_visit_on: date | None
    follow_ups: tuple[FollowUp, ...]
    notices: tuple[Notice, ...]
    ending: Ending | None
    over_by: str | None
    over_reason: str | None
    over_at: datetime | None
    next_steps: tuple[str, ...]
    version: int

    @classmethod
    def of(cls, match: Match, caller: Principal) -> Self:
        """The match as that caller may see it."""
        full = caller.role == HQ_ROLE
        steps = NEXT_STEPS[match.status]
        same = {name: getattr(match, name) for name in cls.model_fields if name != "next_steps"}
        hidden = {} if full else {"follow_ups": (), "override_reason": None}
        return cls(
            **(same | hidden),
            next_steps=tuple(step for step in steps if full or step not in HQ_STEPS),
        )


class VisitView(View):
    """A help given."""

    visit_id: str
    match_id: str
    need_id: str
    category: str
    given_on: date
    confirmed_at: datetime | None
    version: int

    @classmethod
    def of(cls, visit: CareVisit) -> Self:
        """The record without who wrote it."""
        return cls(**{name: getattr(visit, name) for name in cls.model_fields})


class ReportView(View):
    """A guardian's report with its words."""

    report_id: str
    period: str
    resources_ok: bool
    reported_at: datetime
    done: str
    difficulties: str | None

    @classmethod
    def of(cls, report: Report, words: dict[str, str] | None) -> Self:
        """The report and what the vault keeps of it."""
        opened = words or {}
        return cls(
            report_id=report.report_id,
            period=report.period,
            resources_ok=report.resources_ok,
            reported_at=report.reported_at,
            done=opened.get("done", ""),
            difficulties=opened.get("difficulties"),
        )


class ReportsView(View):
    """The reports of one match, newest first."""

    items: list[ReportView]


class StoryView(View):
    """A story; its text is there for whoever may read it."""

    story_id: str
    match_id: str
    guardian_id: str
    region: str
    status: StoryStatus
    media: tuple[Media, ...]
    consent_ref: str | None
    decision_reason: str | None
    submitted_at: datetime
    next_steps: tuple[str, ...]
    text: str | None = None
    version: int

    @classmethod
    def of(cls, story: Story, text: str | None = None) -> Self:
        """The story, with its text where the caller may read it."""
        shown = set(cls.model_fields) - {"next_steps", "text"}
        same = {name: getattr(story, name) for name in shown}
        return cls(**same, next_steps=STORY_STEPS[story.status], text=text)


class NoteView(View):
    """A note of the headquarters."""

    record: str
    note: str


class NotesView(View):
    """All notes on one match."""

    items: list[NoteView]


class SigningLink(View):
    """A link with which the family signs; it is for the family alone."""

    link: str
    expires_in_hours: int
