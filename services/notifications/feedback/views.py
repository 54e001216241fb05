"""What goes out about feedback forms."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from services.notifications.feedback.domain import FeedbackForm
from services.notifications.questionnaires.domain import Questionnaire
from services.notifications.questionnaires.values import Answer
from services.notifications.questionnaires.views import QuestionView, questions_of
from shared.api.models import View
from shared.domain import CodeOf


class FormView(View):
    """The questions, ready to be shown; no field says whose form it is."""

    form: str
    occasion: Annotated[str, CodeOf("feedback_occasion")]
    expires_at: datetime
    title: str
    intro: str
    questions: tuple[QuestionView, ...]

    @classmethod
    def of_form(cls, form: FeedbackForm, asked: Questionnaire) -> Self:
        """Show the questions of a form."""
        return cls.of(form, title=asked.title, intro=asked.intro, questions=questions_of(asked))


class AnswerView(View):
    """An answer as headquarters reads it; the words only where one form is opened.

    Who belongs to the guardian sees in a list that there is an answer, and no marks.
    """

    form_id: str
    form: str
    questionnaire_version: int
    occasion: Annotated[str, CodeOf("feedback_occasion")]
    case_id: str | None
    match_id: str | None
    guardian_id: str | None
    score: int | None
    answers: Mapping[str, Answer]
    commented: bool
    in_call: bool
    answered_at: datetime
    words: Mapping[str, str]

    @classmethod
    def of_form(
        cls, form: FeedbackForm, words: Mapping[str, str] | None = None, *, own: bool = False
    ) -> Self:
        """Show the answer of a form; of the reader's own organisation without the marks."""
        hidden: Mapping[str, Any] = {"score": None, "answers": {}} if own else {}
        return cls.of(form, words=words or {}, **hidden)
