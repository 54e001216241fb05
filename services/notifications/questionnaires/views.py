"""What goes out about questionnaires."""

from collections.abc import Mapping
from typing import Self

from services.notifications.questionnaires.domain import Questionnaire
from services.notifications.questionnaires.values import Question, QuestionKind
from shared.api.models import View
from shared.reference import code_lists


class QuestionView(View):
    """A question, ready to be shown; a choice has the words of its codes."""

    code: str
    kind: QuestionKind
    text: str
    required: bool
    choices: Mapping[str, str] | None

    @classmethod
    def of_question(cls, question: Question) -> Self:
        """Show a question."""
        choices = code_lists.choices(question.choices) if question.choices else None
        return cls.of(question, choices=choices)


class QuestionnaireView(View):
    """A questionnaire as it is sent now."""

    code: str
    version: int
    topic: str
    title: str
    intro: str
    questions: tuple[QuestionView, ...]

    @classmethod
    def of_questionnaire(cls, found: Questionnaire) -> Self:
        """Show a questionnaire."""
        return cls.of(found, questions=questions_of(found))


class QuestionnairesView(View):
    """The registry of forms."""

    items: tuple[QuestionnaireView, ...]


def questions_of(found: Questionnaire) -> tuple[QuestionView, ...]:
    """Show the questions of a questionnaire."""
    return tuple(QuestionView.of_question(each) for each in found.questions)
