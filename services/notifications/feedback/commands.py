"""What comes in about feedback forms."""

from typing import Annotated

from pydantic import ConfigDict, Field, RootModel

from services.notifications.questionnaires.values import Answer, QuestionCode
from shared import ids

FormId = Annotated[str, Field(pattern=ids.pattern("fbk"))]


class AnswerForm(RootModel[dict[QuestionCode, Answer]]):
    """What a person answers, by question; the questionnaire says what fits."""

    model_config = ConfigDict(defer_build=True, frozen=True, hide_input_in_errors=True)
