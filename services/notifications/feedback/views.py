"""What goes out about feedback forms."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from services.notifications.feedback.domain import FeedbackForm
from services.notifications.feedback.values import NeedsMet
from services.notifications.templates.values import FormPhrases
from shared.api.models import View


class FormView(View):
    """The questions, ready to be shown; no field says whose form it is."""

    form: str
    occasion: str
    expires_at: datetime
    title: str
    intro: str
    questions: Mapping[str, str]
    needs_met_choices: Mapping[str, str]

    @classmethod
    def of_form(cls, form: FeedbackForm, phrases: FormPhrases, choices: Mapping[str, str]) -> Self:
        """Show the questions of a form."""
        return cls.of(
            form,
            title=phrases.title,
            intro=phrases.intro,
            questions=phrases.questions,
            needs_met_choices=choices,
        )


class AnswerView(View):
    """An answer as headquarters reads it; the comment only where one form is opened."""

    form_id: str
    form: str
    occasion: str
    case_id: str
    match_id: str
    score: int
    needs_met: NeedsMet
    wants_call: bool
    commented: bool
    answered_at: datetime
    comment: str | None = None

    @classmethod
    def of_form(cls, form: FeedbackForm, comment: str | None = None) -> Self:
        """Show the answer of a form."""
        return cls.of(form, comment=comment)
