"""A questionnaire: what is asked about one topic, in one version."""

from collections.abc import Iterator, Mapping

from services.notifications.questionnaires.values import (
    LEAST,
    LONGEST,
    MOST,
    Answer,
    Fault,
    Given,
    Question,
    QuestionKind,
)
from shared.domain import Code, ValueObject


class Questionnaire(ValueObject, extra="forbid"):
    """What a form asks; a changed question is a new version, and old forms keep theirs.

    Who has not answered is reminded once after `remind_after_days`, where that is said.
    """

    code: Code
    version: int
    topic: str
    title: str
    intro: str
    thanks: str
    remind_after_days: int | None = None
    questions: tuple[Question, ...]

    def faults(
        self, given: Mapping[str, Answer], codes: Mapping[str, tuple[str, ...]]
    ) -> tuple[Fault, ...]:
        """Return why answers do not fit; `codes` are those of each list that is asked from."""
        known = {question.code for question in self.questions}
        strange = (Fault(each, "question_unknown") for each in given if each not in known)
        found = (each for question in self.questions for each in _fault(question, given, codes))
        return (*strange, *found)

    def given(self, answers: Mapping[str, Answer]) -> Given:
        """Part answers that fit into codes and a person's own words."""
        kinds = {question.code: question.kind for question in self.questions}
        words = {code: str(said) for code, said in answers.items() if _in_words(kinds[code])}
        said = {code: value for code, value in answers.items() if not _in_words(kinds[code])}
        unasked = {
            question.code: False
            for question in self.questions
            if question.kind is QuestionKind.YES_NO and question.code not in answers
        }
        return Given({**unasked, **said}, words)


def _in_words(kind: QuestionKind) -> bool:
    return kind is QuestionKind.WORDS


def _fault(
    question: Question, given: Mapping[str, Answer], codes: Mapping[str, tuple[str, ...]]
) -> Iterator[Fault]:
    if question.code not in given:
        if question.required:
            yield Fault(question.code, "answer_missing")
        return
    answer = given[question.code]
    match question.kind:
        case QuestionKind.SCALE:
            if type(answer) is not int or not LEAST <= answer <= MOST:  # True is 1
                yield Fault(question.code, "mark_expected")
        case QuestionKind.CHOICE:
            known = codes[question.choices or ""]
            if answer not in known:
                yield Fault(question.code, "answer_not_listed", known)
        case QuestionKind.YES_NO:
            if not isinstance(answer, bool):
                yield Fault(question.code, "yes_or_no_expected")
        case QuestionKind.WORDS:
            if not isinstance(answer, str) or not answer.strip():
                yield Fault(question.code, "words_expected")
            elif len(answer) > LONGEST:
                yield Fault(question.code, "words_too_long")
