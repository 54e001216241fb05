"""What a questionnaire consists of."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field

from shared.domain import Code, ValueObject

QuestionCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")]
Answer = bool | int | str
LEAST, MOST, LONGEST = 1, 5, 2000


class QuestionKind(StrEnum):
    """How a question is answered."""

    SCALE = "scale"  # 1 to 5
    CHOICE = "choice"  # a code of a list
    YES_NO = "yes_no"
    WORDS = "words"  # in the person's own words, which are sealed


class Question(ValueObject, extra="forbid"):
    """One question; `choices` names the list of codes of a choice."""

    code: QuestionCode
    kind: QuestionKind
    text: str
    required: bool = True
    choices: Code | None = None


class Fault(NamedTuple):
    """Why an answer does not fit its question, with what would be right."""

    question: str
    code: str
    known: tuple[str, ...] = ()


class Given(NamedTuple):
    """Answers that fit: numbers and codes, and what is in the person's own words."""

    answers: Mapping[str, Answer]
    words: Mapping[str, str]
