"""What comes in about feedback forms."""

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, RootModel

from services.notifications.questionnaires.values import Answer, QuestionCode
from shared import ids
from shared.identity import signed_links

FormId = Annotated[str, Field(pattern=ids.pattern("fbk"))]


def _alone(link: object) -> object:
    """Return a link without the sign of its sentence, which some phones take for a part of it."""
    return link.rstrip(AFTER_A_LINK) if isinstance(link, str) else link


AFTER_A_LINK = ".,;:!?)>\"'\u00bb\u2026"
LinkText = Annotated[
    str,
    BeforeValidator(_alone),
    Field(min_length=16, max_length=signed_links.LONGEST, pattern=r"^[A-Za-z0-9_.-]+$"),
]


class AnswerForm(RootModel[dict[QuestionCode, Answer]]):
    """What a person answers, by question; the questionnaire says what fits."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
