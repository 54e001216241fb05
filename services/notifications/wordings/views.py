"""What operations see of templates and of their wordings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from services.notifications import settings
from services.notifications.channels.sms.segments import segments
from services.notifications.codes import StepCode
from services.notifications.templates import plain_language, rehearsal, wording
from services.notifications.templates.domain import Template
from services.notifications.templates.plain_language import Remark, RemarkCode
from services.notifications.templates.values import Audience, Phrases
from services.notifications.wordings.domain import Wording
from services.notifications.wordings.values import WordingStatus
from shared.api.models import View


class SmsView(View):
    """What a text is as an SMS: how many parts are paid, and their price where it is known."""

    parts: int
    kopecks: int | None


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
    sms: Mapping[str, SmsView]

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
            sms=_sms(worded, phrases),
        )


class WordingRow(View):
    """A wording as a line."""

    id: str
    version: int
    template: str
    subject: str
    based_on: str | None
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
    """A wording with what is hard to read or dear in it, and as people would read it."""

    texts: Mapping[str, str]
    remarks: tuple[Remark, ...]
    previews: Mapping[str, str]
    sms: Mapping[str, SmsView]
    next_steps: tuple[StepCode, ...]

    @classmethod
    def with_previews(cls, found: Wording, template: Template, phrases: Phrases) -> Self:
        """Show a wording; one that a release has outdated has no previews."""
        return cls.of(found, id=found.wording_id, **_looked_at(found, template, phrases))


class DraftedWording(View):
    """A wording that was just written: how it reads, what is hard in it, and what it costs."""

    id: str
    remarks: tuple[Remark, ...]
    previews: Mapping[str, str]
    sms: Mapping[str, SmsView]

    @classmethod
    def of_draft(cls, found: Wording, template: Template, phrases: Phrases) -> Self:
        """Show a new wording to who has written it."""
        return cls(id=found.wording_id, **_looked_at(found, template, phrases))


def _looked_at(found: Wording, template: Template, phrases: Phrases) -> dict[str, Any]:
    outdated = wording.fault(template, found.subject, found.texts) is not None
    worded = template.with_words(found.subject, found.texts, found.wording_id)
    sms = {} if outdated else _sms(worded, phrases)
    dear = (
        Remark(variant=variant, code=RemarkCode.LONG_SMS, words=str(each.parts))
        for variant, each in sms.items()
        if each.parts > phrases.plain.most_sms_parts
    )
    return {
        "remarks": (*plain_language.remarks(worded, phrases.plain), *dear),
        "previews": {} if outdated else wording.previews(worded, phrases),
        "sms": sms,
    }


def _sms(worded: Template, phrases: Phrases) -> dict[str, SmsView]:
    """Return the parts of each variant as an SMS; the staff gets none."""
    if worded.audience.owner is None:
        return {}
    price = settings.sms_part_kopecks()
    counted = {each: segments(text) for each, text in rehearsal.sms_texts(worded, phrases).items()}
    return {
        variant: SmsView(parts=parts, kopecks=parts * int(price) if price else None)
        for variant, parts in counted.items()
    }
