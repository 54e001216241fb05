"""What operations see of templates and of their wordings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from services.notifications.templates import plain_language, wording
from services.notifications.templates.domain import Template
from services.notifications.templates.plain_language import Remark
from services.notifications.templates.values import Audience, Phrases
from services.notifications.wordings.domain import Wording
from services.notifications.wordings.values import WordingStatus
from shared.api.models import View


class TemplateRow(View):
    """A template as a line."""

    name: str
    event_type: str
    audience: Audience
    subject: str
    wording_id: str | None

    @classmethod
    def of_template(cls, template: Template) -> Self:
        """Show a template."""
        return cls.of(template)


class TemplatesView(View):
    """All templates of the release."""

    items: tuple[TemplateRow, ...]


class TemplateView(View):
    """A template: the words in force and those of the release; the values that it may name."""

    name: str
    event_type: str
    audience: Audience
    urgent: bool
    wording_id: str | None
    subject: str
    texts: Mapping[str, str]
    shipped_subject: str
    shipped_texts: Mapping[str, str]
    values: tuple[str, ...]
    previews: Mapping[str, str]

    @classmethod
    def of_template(cls, shipped: Template, worded: Template, phrases: Phrases) -> Self:
        """Show a template."""
        return cls.of(
            shipped,
            wording_id=worded.wording_id,
            subject=worded.subject,
            texts=worded.wordings,
            shipped_subject=shipped.subject,
            shipped_texts=shipped.wordings,
            values=tuple(sorted(wording.known_values(shipped))),
            previews=wording.previews(worded, phrases),
        )


class WordingRow(View):
    """A wording as a line."""

    id: str
    version: int
    template: str
    subject: str
    status: WordingStatus
    drafted_by: str
    drafted_at: datetime
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of_wording(cls, found: Wording) -> Self:
        """Show a wording as a line."""
        return cls.of(found, id=found.wording_id)


class WordingView(WordingRow):
    """A wording with what is hard to read in it, and as people would read it."""

    texts: Mapping[str, str]
    remarks: tuple[Remark, ...]
    previews: Mapping[str, str]
    next_steps: tuple[str, ...]

    @classmethod
    def with_previews(cls, found: Wording, template: Template, phrases: Phrases) -> Self:
        """Show a wording; one that a release has outdated has no previews."""
        outdated = wording.fault(template, found.subject, found.texts) is not None
        worded = template.with_words(found.subject, found.texts, found.wording_id)
        return cls.of(
            found,
            id=found.wording_id,
            remarks=plain_language.remarks(worded, phrases.plain),
            previews={} if outdated else wording.previews(worded, phrases),
        )
